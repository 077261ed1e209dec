"""What the generator of tests/interop leaves out because its judge, the Node SDK, is another than Go's there."""


def _flag(key, **more):
    return {"key": key, "version": 7, "on": True, "salt": "salt", "variations": [True, False, None], "offVariation": 1,
            "fallthrough": {"variation": 1}, "targets": [], "rules": [], "prerequisites": [], **more}


def _clause(attribute, op, values, negate=False, kind="user"):
    clause = {"attribute": attribute, "op": op, "values": values, "negate": negate}
    return clause | ({"contextKind": kind} if kind else {})


def _rule(*clauses, **more):
    return {"id": "r", "clauses": list(clauses), "variation": 0, **more}


_DATES = [
    "2024-01-01t00:00:00z", "2024-01-01T00:00:00+02", "2024-01-01T24:00:00Z", "2024-06-30T23:59:60Z", "2024-02-30T00:00:00Z",
    "2024-01-01T00:00:00.123456789Z", "2024-01-01T00:00:00,5Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00+24:00",
    "2024-01-01T00:00:00-00:00", " 2024-01-01T00:00:00Z", 1704067200000.5, -1.5, True, None, [1704067200000], "1704067200000",
]
_VERSIONS = [" 2.0.0", "=2.0.0", "2.0.0 ", "2.0.0-béta", "2.0.0-", "2.0.0+", "2.0.0+a+b", "2.0.0-a..b", "2.0-rc.1", "2+build", "00.1.2", 2, 2.5]
_PATTERNS = ["(?i)GOLD", "\\Agold\\z", "\\pL+", "[[:alpha:]]+", "\\Qa.b\\E", "(?=x)", "(a)\\1", "^.$", "\\s", "a{1001}", "\\C", "(?P<x>g)", "(?<x>g)", ""]
_REFERENCES = ["", "/", "//", "/a/", "/a//b", "a/b", "/literal", "~", "/~", "/~1literal", "kind", "/kind", "/key", "key", "anonymous",
               "/anonymous", "name", "/name", "/address", "address", "/groups/0", "/address/geo/tags/0", "user", "_meta", "custom"]


def flags(rng):
    made = {}

    def add(key, **more):
        made["odd-" + key] = _flag("odd-" + key, **more)

    for i, date in enumerate(_DATES):
        add(f"before-{i}", rules=[_rule(_clause("signup", "before", [date], i % 3 == 0))])
        add(f"after-{i}", rules=[_rule(_clause("odd", "after", [date], i % 3 == 1))])
    for i, version in enumerate(_VERSIONS):
        for op in ("semVerEqual", "semVerLessThan", "semVerGreaterThan"):
            add(f"{op}-{i}", rules=[_rule(_clause(rng.choice(["appVersion", "odd"]), op, [version], i % 4 == 0))])
    for i, pattern in enumerate(_PATTERNS):
        add(f"matches-{i}", rules=[_rule(_clause(rng.choice(["plan", "name", "odd"]), "matches", [pattern], i % 4 == 0))])
    for i, reference in enumerate(_REFERENCES):
        for kind in ("user", "org", None, ""):
            add(f"reference-{i}-{kind}", rules=[_rule(_clause(reference, rng.choice(["in", "contains", "startsWith"]),
                                                              rng.choice([["gold"], [True], [False], ["user"], ["o", ""]]), rng.random() < 0.4, kind))])
            add(f"bucket-{i}-{kind}", fallthrough={"rollout": {
                **({} if kind is None else {"contextKind": kind}), "bucketBy": reference, "kind": rng.choice(["rollout", "experiment", "other", ""]),
                "variations": [{"variation": 0, "weight": 50000}, {"variation": 1, "weight": 50000, "untracked": rng.random() < 0.3}]}})
    for i, values in enumerate([[{}], [{"lat": 1}], [[]], [["gold"]], [None], [1e308], [9007199254740993], []]):
        add(f"in-{i}", rules=[_rule(_clause(rng.choice(["address", "groups", "mixed", "odd", "age"]), "in", values, i % 2 == 0))])
    add("segment-values", rules=[_rule(_clause("", "segmentMatch", [5, None, True, {"a": 1}, "odd-users"], kind=None))])
    add("segment-negated", rules=[_rule(_clause("", "segmentMatch", ["odd-orgs"], True, None))])
    add("segment-percent", rules=[_rule(_clause("", "segmentMatch", ["odd-percent"]))])
    add("segment-percent-org", rules=[_rule(_clause("", "segmentMatch", ["odd-percent-org"]))])
    add("no-attribute", rules=[_rule({"op": "in", "values": ["gold"], "contextKind": "user"})])
    add("no-op", rules=[_rule({"attribute": "plan", "values": ["gold"]})])
    add("no-values", rules=[_rule({"attribute": "plan", "op": "in", "negate": True})])
    add("seed-0", fallthrough={"rollout": {"seed": 0, "variations": [{"variation": 0, "weight": 50000}, {"variation": 1, "weight": 50000}]}})
    add("seed-negative", fallthrough={"rollout": {"seed": -5, "kind": "experiment", "variations": [{"variation": 0, "weight": 50000}, {"variation": 1, "weight": 50000}]}})
    add("weights-0", fallthrough={"rollout": {"kind": "experiment", "variations": [{"variation": 0, "weight": 0}, {"variation": 1, "weight": 0}]}})
    add("weights-negative", fallthrough={"rollout": {"variations": [{"variation": 0, "weight": -1}, {"variation": 1, "weight": 100000}]}})
    add("weights-over", fallthrough={"rollout": {"variations": [{"variation": 0, "weight": 40000}, {"variation": 1, "weight": 900000}]}})
    add("same-ids", rules=[_rule(_clause("plan", "in", ["gold"])), _rule(_clause("plan", "in", ["silver"]), variation=2), _rule()])
    add("no-ids", rules=[{"clauses": [_clause("plan", "in", ["gold"])], "variation": 2}, {"clauses": [], "variation": 0, "trackEvents": True}])
    add("user-targets", targets=[{"variation": 0, "values": ["bob"]}], contextTargets=[{"contextKind": "user", "variation": 2, "values": ["alice", "bob"]}])
    add("empty-kind-targets", contextTargets=[{"contextKind": "", "variation": 2, "values": ["alice"]}, {"variation": 0, "values": ["bob"]}])
    add("variation-and-rollout", fallthrough={"variation": 0, "rollout": {"variations": [{"variation": 1, "weight": 100000}]}})
    add("off-prerequisite", on=False)
    add("prerequisites", prerequisites=[{"key": "odd-seed-0", "variation": 0}, {"key": "odd-off-prerequisite", "variation": 1}])
    add("prerequisite-missing", prerequisites=[{"key": "odd-nothing", "variation": 0}], trackEvents=True)
    add("prerequisite-twice", prerequisites=[{"key": "odd-same-ids", "variation": 0}] * 2, trackEvents=True)
    made["odd-no-salt"] = {name: value for name, value in _flag("odd-no-salt", fallthrough={"rollout": {"variations": [
        {"variation": 0, "weight": 50000}, {"variation": 1, "weight": 50000}]}}).items() if name != "salt"}
    made["odd-no-version"] = {name: value for name, value in _flag("odd-no-version", trackEvents=True).items() if name != "version"}
    made["odd-version-0"] = _flag("odd-version-0", trackEvents=True) | {"version": 0}
    return made


def segments():
    base = {"version": 3, "salt": "s", "included": [], "excluded": [], "rules": []}
    return {
        "odd-users": base | {"key": "odd-users", "includedContexts": [{"contextKind": "user", "values": ["bob"]}],
                             "excludedContexts": [{"contextKind": "", "values": ["alice"]}], "included": ["alice"]},
        "odd-orgs": base | {"key": "odd-orgs", "excluded": ["bob"], "includedContexts": [{"contextKind": "org", "values": ["acme"]}],
                            "excludedContexts": [{"contextKind": "org", "values": ["acme", "org-1"]}]},
        "odd-percent": base | {"key": "odd-percent", "rules": [{"clauses": [], "weight": 50000}]},
        "odd-percent-org": base | {"key": "odd-percent-org", "rules": [
            {"clauses": [], "weight": 50000, "rolloutContextKind": "org", "bucketBy": "/address/city"},
            {"clauses": [], "weight": 30000, "rolloutContextKind": "org", "bucketBy": "//"}]},
    }


def contexts(rng, references):
    made = []

    def private():
        return {"_meta": {"privateAttributes": rng.sample(references, rng.randint(1, 6))}}

    for i in range(25):
        made.append({"kind": "user", "key": f"odd-{i}", "name": "gold", "email": "bob@example.com", "anonymous": i % 3 == 0, "plan": "gold",
                     "address": {"city": "de", "zip": None, "a/b": "x", "geo": {"lat": 1, "tags": ["a", "b"]}}, "groups": ["gold", "de"],
                     "odd": rng.choice(_DATES + _VERSIONS + [{"lat": 1}, {}, "Gold", "é", "a\nb", 9e12]), **private()})
    for i in range(15):
        made.append({"kind": "multi", "user": {"key": f"odd-{i}", "plan": "gold", "anonymous": i % 2 == 0, **private()},
                     "org": {"key": f"acme-{i % 4}", "anonymous": i % 4 == 0, "name": "de", "address": {"city": "de"}, **private()}})
    made += [
        {"kind": "multi"}, {"kind": "multi", "user": {"key": "x"}, "multi": {"key": "y"}}, {"kind": "multi", "user": "x"},
        {"kind": "multi", "user": {"key": "x", "kind": "org"}}, {"kind": "multi", "user": None, "org": {"key": "x"}},
        {"kind": "multi", "Org": {"key": "x"}, "org": {"key": "x"}},
        {"kind": "user", "key": "x", "name": 5}, {"kind": "user", "key": "x", "name": None}, {"kind": "user", "key": "x", "anonymous": "yes"},
        {"kind": "user", "key": "x", "anonymous": None}, {"kind": "user", "key": "x", "user": {"a": 1}, "custom": {"a": 1}, "secondary": "s"},
        {"kind": "user", "key": "x", "_meta": None}, {"kind": "user", "key": "x", "_meta": {"privateAttributes": None}},
        {"kind": "user", "key": "x", "_meta": {"secondary": "s", "privateAttributes": []}}, {"kind": "user", "key": "x", "_meta": 5},
        {"kind": "user", "key": "x", "_meta": {"privateAttributes": [5]}}, {"kind": "user", "key": "x", "": "empty name"},
        {"kind": "user", "key": "%:x"}, {"kind": "org", "key": "%:x", "age": 9223372036854775807}, {"kind": "user", "key": "x", "age": 1e300},
        {"key": "x", "custom": None}, {"key": "x", "custom": {"name": "y", "key": "z", "kind": "k", "plan": "gold", "anonymous": True}},
        {"key": "x", "anonymous": None, "privateAttributeNames": None, "secondary": "s", "avatar": "a", "lastName": "l", "firstName": "f"},
        {"key": "x", "name": 5}, {"key": "x", "custom": 5}, {"key": "x", "anonymous": 1}, {"key": None}, {"key": 5}, {"key": "x", "privateAttributeNames": ["/a", "email"], "email": "e"},
        {"key": "x", "unknown": 5}, {}, [], "x", None, 5,
    ]
    return made

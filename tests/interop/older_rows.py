"""Rows as the older Go package (mlafeldt/launchdarkly-dynamodb) wrote them.

It marshalled the Go SDK 4's structs FeatureFlag and Segment with aws-sdk-go's dynamodbattribute: an attribute per
property, zero values of a struct's fields included; empty strings, empty and nil slices, and empty structs and maps as
NULL; fields tagged omitempty left out when they are nil.
"""
import random
from decimal import Decimal


def attribute(value):
    """dynamodbattribute.Marshal of a JSON value."""
    if value is None or value == "" or value == [] or value == {}:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, (int, float)):
        return {"N": format(Decimal(repr(value)), "f")}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, list):
        return {"L": [attribute(element) for element in value]}
    return {"M": {name: attribute(element) for name, element in value.items()}}


def variation_or_rollout(source):
    out = {name: source[name] for name in ("variation",) if name in source}
    if "rollout" in source:
        rollout = source["rollout"]
        out["rollout"] = {"variations": rollout["variations"]}
        if "bucketBy" in rollout:
            out["rollout"]["bucketBy"] = rollout["bucketBy"]
    return out


def clause(source):
    return {"attribute": source.get("attribute", ""), "op": source["op"], "values": source["values"],
            "negate": source.get("negate", False)}


def flag_struct(source):
    return {
        "key": source["key"], "version": source["version"], "on": source.get("on", False),
        "trackEvents": source.get("trackEvents", False), "trackEventsFallthrough": False,
        "deleted": source.get("deleted", False), "prerequisites": source.get("prerequisites"),
        "salt": source.get("salt", ""), "sel": "", "targets": source.get("targets"),
        "rules": [{"id": rule["id"], **variation_or_rollout(rule),
                   "clauses": [clause(one) for one in rule["clauses"]], "trackEvents": False}
                  for rule in source.get("rules", [])],
        "fallthrough": variation_or_rollout(source.get("fallthrough", {})),
        "offVariation": source.get("offVariation"), "variations": source.get("variations"),
        "debugEventsUntilDate": None, "clientSide": False,
    }


def segment_struct(source):
    rules = []
    for rule in source.get("rules", []):
        one = {"id": rule["id"], "clauses": [clause(c) for c in rule["clauses"]]}
        one.update({name: rule[name] for name in ("weight", "bucketBy") if name in rule})
        rules.append(one)
    return {"key": source["key"], "version": source["version"], "included": source.get("included"),
            "excluded": source.get("excluded"), "salt": source.get("salt", ""), "rules": rules,
            "deleted": source.get("deleted", False)}


def row(namespace, struct):
    return {"namespace": {"S": namespace}, **{name: attribute(value) for name, value in struct.items()}}


# Data ----------------------------------------------------------------------------------------

NAMES = ["ann", "bob", "cyd", "dov", "eve", "fay"]
DOMAINS = ["example.com", "example.org"]
POOLS = [[True, False], ["", "red", "blue"], [0, 1, 2.5], [{"a": [1, None]}, {}, ["x", ""]], [None, "x"]]


def weights(rnd, count):
    cuts = sorted(rnd.randint(0, 100000) for _ in range(count - 1)) + [100000]
    return [{"variation": i, "weight": cut - (cuts[i - 1] if i else 0)} for i, cut in enumerate(cuts)]


def make_clause(rnd, segments):
    kind = rnd.randrange(6)
    negate = rnd.random() < 0.2
    if kind == 0 and segments:
        return {"op": "segmentMatch", "values": rnd.sample(segments, min(2, len(segments))), "negate": negate}
    if kind == 1:
        return {"attribute": "email", "op": rnd.choice(["endsWith", "contains", "matches"]),
                "values": [rnd.choice(DOMAINS)], "negate": negate}
    if kind == 2:
        return {"attribute": "age", "op": rnd.choice(["lessThan", "greaterThanOrEqual"]),
                "values": [rnd.randint(10, 60)], "negate": negate}
    if kind == 3:
        return {"attribute": "groups", "op": "in", "values": [rnd.choice("abc"), ""], "negate": negate}
    if kind == 4:
        return {"attribute": "version", "op": "semVerGreaterThan", "values": ["1.2.0"], "negate": negate}
    return {"attribute": "key", "op": rnd.choice(["in", "startsWith"]), "values": rnd.sample(NAMES, 2),
            "negate": negate}


def make_result(rnd, count):
    if rnd.random() < 0.6:
        return {"variation": rnd.randrange(count)}
    rollout = {"variations": weights(rnd, count)}
    if rnd.random() < 0.3:
        rollout["bucketBy"] = "age"
    return {"rollout": rollout}


def make_data(seed, flag_count=80, segment_count=10):
    """@returns (flags, segments) as JSON, deleted ones included."""
    rnd = random.Random(seed)
    segments = []
    for i in range(segment_count):
        rules = [{"id": f"sr{n}", "clauses": [make_clause(rnd, [])],
                  **({"weight": rnd.randint(0, 100000)} if rnd.random() < 0.4 else {})}
                 for n in range(rnd.randrange(3))]
        segments.append({"key": f"segment-{i}", "version": rnd.randint(1, 99), "salt": rnd.choice(["", f"s{i}"]),
                         "included": rnd.sample(NAMES, rnd.randrange(3)), "excluded": rnd.sample(NAMES, rnd.randrange(2)),
                         "rules": rules})
    segment_keys = [segment["key"] for segment in segments]
    flags = []
    for i in range(flag_count):
        variations = rnd.choice(POOLS)
        count = len(variations)
        one = {"key": f"flag-{i}", "version": rnd.randint(1, 99), "on": rnd.random() < 0.85, "salt": f"salt{i}",
               "variations": variations, "fallthrough": make_result(rnd, count),
               "targets": [{"values": rnd.sample(NAMES, rnd.randrange(3)), "variation": rnd.randrange(count)}
                           for _ in range(rnd.randrange(2))],
               "rules": [{"id": f"r{n}", "clauses": [make_clause(rnd, segment_keys)
                                                     for _ in range(rnd.randint(1, 2))],
                          **make_result(rnd, count)} for n in range(rnd.randrange(3))]}
        if rnd.random() < 0.8:
            one["offVariation"] = rnd.randrange(count)
        if i and rnd.random() < 0.3:
            one["prerequisites"] = [{"key": f"flag-{rnd.randrange(i)}", "variation": 0}]
        flags.append(one)
    flags.append({"key": "gone", "version": 7, "deleted": True})
    segments.append({"key": "gone", "version": 8, "deleted": True})
    return flags, segments


def make_contexts(seed, count=12):
    rnd = random.Random(seed)
    contexts = []
    for i in range(count):
        one = {"kind": "user", "key": rnd.choice(NAMES) if i % 2 else f"user-{i}"}
        if rnd.random() < 0.7:
            one["email"] = f"{one['key']}@{rnd.choice(DOMAINS)}"
        if rnd.random() < 0.7:
            one["age"] = rnd.randint(5, 70)
        if rnd.random() < 0.5:
            one["groups"] = rnd.sample("abc", 2)
        if rnd.random() < 0.5:
            one["version"] = rnd.choice(["1.0.0", "1.2.1", "no version"])
        contexts.append(one)
    return contexts

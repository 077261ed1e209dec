"""Random cases. Flags, segments and contexts are those of tests/interop, whose judge is the Node SDK; what is
left out there because Node and Go differ is added here (see oddities.py), and so is all that events are about.

A case is a dict of
  flags, segments   as LaunchDarkly's /sdk/latest-all has them
  contexts          JSON of each
  options           of the event processor; paceMicroseconds: how long Go waits after each operation
  serverTime        Date of the sink's answers, in Unix seconds; None: now
  operations        each with `op` and mostly `context`, an index:
    variation       flag, type (bool, int, double, string, json), detail, default
    migration       flag, default, migration: what is measured, or None
    allFlags        withReasons, clientSideOnly, detailsOnlyForTrackedFlags
    identify
    track           key, data, metric
    flush
"""
import json
import pathlib
import random
import subprocess
import tempfile

import oddities

_INTEROP = pathlib.Path(__file__).resolve().parent.parent / "interop" / "generate.mjs"

STAGES = ["off", "dualwrite", "shadow", "live", "rampdown", "complete"]
PAST, SOON_PAST_FOR_SERVER, FUTURE = 1500000000000, 2600000000000, 4102444800000
SERVER_OF_2060 = 2840140800

_PRIVATE = ["name", "email", "/email", "plan", "country", "groups", "bag", "/a~1b", "a/b", "/m~0n", "anonymous", "key", "kind",
            "/address/zip", "/address/geo/tags", "/address/geo/tags/0", "/address/geo/lat", "/address/a~1b", "/nothing",
            "/", "//", "/a~2", "", "größe", "with space", "/address/geo/lat/deeper", "address/city", "/address/city", "address"]


def _interop(node, seed):
    with tempfile.TemporaryDirectory() as directory:
        data, contexts = pathlib.Path(directory, "data.json"), pathlib.Path(directory, "contexts.jsonl")
        subprocess.run(
            [node, str(_INTEROP), "--seed", str(seed), "--flags", "420", "--segments", "50", "--contexts", "110",
             "--data", str(data), "--contexts-file", str(contexts)],
            check=True, stderr=subprocess.DEVNULL)
        made = json.loads(data.read_text())
        # To Go's file source an item marked as deleted is one like any other, to ours it is none.
        made = {name: {key: item for key, item in items.items() if not item.get("deleted")} for name, items in made.items()}
        return made["flags"], made["segments"], [json.loads(line) for line in contexts.read_text().splitlines()]


def _with_events(rng, flag):
    """What the flag wants to be told of it."""
    out = dict(flag)
    if rng.random() < 0.3:
        out["trackEvents"] = rng.random() < 0.7
    if rng.random() < 0.3:
        out["trackEventsFallthrough"] = rng.random() < 0.7
    if rng.random() < 0.3:
        out["debugEventsUntilDate"] = rng.choice([PAST, SOON_PAST_FOR_SERVER, FUTURE, FUTURE, 0])
    if rng.random() < 0.3:
        # Others than none and all are a matter of chance; one in 10^15 is none.
        out["samplingRatio"] = rng.choice([0, 0, 1, 1, -1, 10**15])
    if rng.random() < 0.2:
        out["excludeFromSummaries"] = rng.random() < 0.7
    if rng.random() < 0.1:
        out["migration"] = rng.choice([{}, {"checkRatio": 0}, {"checkRatio": 1}])
    if rng.random() < 0.1:
        out["clientSideAvailability"] = {"usingMobileKey": rng.random() < 0.5, "usingEnvironmentId": rng.random() < 0.5}
    for rule in out.get("rules") or []:
        if rng.random() < 0.2:
            rule["trackEvents"] = True
    return out


def _migration_flags(rng):
    flags = {}
    for i in range(8):
        key = f"migration-{i}"
        variations = rng.sample(STAGES, rng.randint(2, 6)) + rng.choice([[], ["no-stage"], [True], ["OFF"]])
        shares = [rng.randint(1, 10) for _ in variations]
        weights = [100000 * share // sum(shares) for share in shares]
        flags[key] = _with_events(rng, {
            "key": key, "version": rng.randint(1, 99), "on": rng.random() < 0.8, "salt": f"s{i}", "variations": variations,
            "offVariation": rng.randrange(len(variations)), "targets": [], "rules": [], "prerequisites": [],
            "migration": rng.choice([{}, {"checkRatio": 1}, {"checkRatio": 0}]),
            "fallthrough": {"rollout": {"variations": [
                {"variation": n, "weight": weight} for n, weight in enumerate(weights)]}},
        })
    return flags


def _options(rng):
    # With few places the SDK may drop what it has no time for, so Go goes slowly then.
    small = rng.random() < 0.15
    # By depth: the Go SDK forgets a reference that comes after one to something inside of it.
    references = sorted(rng.sample(_PRIVATE, rng.choice([0, 0, 1, 3, 8])), key=lambda one: one.count("/"))
    return {
        "allAttributesPrivate": rng.random() < 0.1,
        "privateAttributes": references,
        "omitAnonymousContexts": rng.random() < 0.3,
        "capacity": rng.choice([20, 50]) if small else 10000,
        "contextKeysCapacity": 1000,
        "paceMicroseconds": 1000 if small else 0,
    }


def _default(rng, kind):
    return rng.choice({
        "bool": [True, False], "int": [0, 1, -7, 42, 2**40], "double": [0.0, 0.5, -2.25, 1e21], "string": ["", "default", "ü"],
        "json": [None, {}, {"a": [1, None]}, [], "text", 3, False],
    }[kind])


def _type_of(rng, flag):
    first = (flag.get("variations") or [None])[0]
    if rng.random() < 0.35:
        return rng.choice(["bool", "int", "double", "string", "json"])
    if isinstance(first, bool):
        return "bool"
    if isinstance(first, (int, float)):
        return rng.choice(["int", "double"])
    return "string" if isinstance(first, str) else "json"


def _measured(rng):
    sides = ["old", "new"]
    invoked = rng.choice([[], ["old"], ["new"], sides, sides])
    some = sides if rng.random() < 0.05 else invoked
    return {
        "operation": rng.choice(["read", "write", "read", "write", ""]),
        "invoked": invoked,
        "errors": [side for side in some if rng.random() < 0.3],
        "latencies": {side: rng.choice([0, 1, 25, 1.75, 60000]) for side in some if rng.random() < 0.5},
        "consistent": rng.choice([None, None, True, False]) if len(invoked) == 2 or rng.random() < 0.05 else None,
    }


def _operation(rng, case, flag_keys, migration_keys):
    dice = rng.random()
    operation = {"context": rng.randrange(len(case["contexts"]))}
    if dice < 0.80:
        flag = rng.choice(flag_keys) if rng.random() > 0.01 else "no-such-flag"
        kind = _type_of(rng, case["flags"].get(flag, {}))
        operation |= {"op": "variation", "flag": flag, "type": kind, "detail": rng.random() < 0.75, "default": _default(rng, kind)}
    elif dice < 0.88:
        flag = rng.choice(migration_keys if rng.random() < 0.9 else flag_keys)
        operation |= {"op": "migration", "flag": flag, "default": rng.choice(STAGES),
                      "migration": _measured(rng) if rng.random() < 0.8 else None}
    elif dice < 0.95:
        operation |= {"op": "identify"}
    else:
        operation |= {"op": "track", "key": rng.choice(["clicked", "", "ünï", "bought it"]),
                      "data": rng.choice([None, None, 1, "x", {"a": None}, [], False]),
                      "metric": rng.choice([None, None, 0, 1.5, -1e21])}
    return operation


def make_case(node, seed, operations):
    rng = random.Random(seed)
    flags, segments, contexts = _interop(node, seed % 2**31)
    flags = {key: _with_events(rng, flag) for key, flag in flags.items()}
    for key, flag in oddities.flags(rng).items():
        flags[key] = _with_events(rng, flag)
    migrations = _migration_flags(rng)
    flags |= migrations
    segments |= oddities.segments()
    case = {
        "flags": flags, "segments": segments, "contexts": contexts + oddities.contexts(rng, _PRIVATE), "options": _options(rng),
        "serverTime": rng.choice([None, None, SERVER_OF_2060]), "operations": [],
    }
    flag_keys, migration_keys = sorted(flags), sorted(migrations)
    # A few operations find out whether a context was told already; many, how things add up.
    for _ in range(rng.choice([operations // 20, operations // 4, operations, operations])):
        case["operations"].append(_operation(rng, case, flag_keys, migration_keys))
        if rng.random() < 1 / 400:
            case["operations"].append({"op": "flush"})
    for _ in range(2):
        case["operations"].append({
            "op": "allFlags", "context": rng.randrange(len(case["contexts"])), "withReasons": rng.random() < 0.5,
            "clientSideOnly": rng.random() < 0.3, "detailsOnlyForTrackedFlags": rng.random() < 0.5})
    case["operations"].append({"op": "flush"})
    return case

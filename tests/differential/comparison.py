"""What of both sides' answers and events must be equal.

Everything, but for what is listed here: times, orders that mean nothing, and where lddynamo is
knowingly another than the Go SDK.
"""
import json

_INT64_MIN, _INT64_MAX = float(-(2**63)), float(2**63 - 1)


def text(value):
    """One text for equal values. Unlike Python's ==, it tells 1 from True."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _sorted(items):
    return sorted(items, key=text)


def answer(operation, theirs, ours):
    """Both answers to an operation (None: of a context), as they are to be compared."""
    for name in ("refused", "invalid"):  # the words are each one's own
        if name in theirs and name in ours:
            return {}, {}
    theirs, ours = _plain_context(theirs), _plain_context(ours)
    if operation and operation.get("type") == "int" and operation["op"] == "variation":
        # A number beyond 64 bits: Go's conversion is undefined, ours is clamped (client.hpp).
        if theirs.get("value") in (_INT64_MIN, _INT64_MAX) and abs(ours.get("value", 0)) == 2.0**63:
            theirs = {**theirs, "value": ours["value"]}
    return theirs, ours


def _plain_context(line):
    context = line.get("context")
    if not isinstance(context, dict):
        return line
    return {**line, "context": _with_sorted_lists(context)}


def _with_sorted_lists(context):
    """A context with its lists of references in one order."""
    if context.get("kind") == "multi":
        return {kind: one if kind == "kind" else _with_sorted_lists(one) for kind, one in context.items()}
    meta = context.get("_meta")
    if meta is None:
        return context
    return {**context, "_meta": {name: _sorted(value) for name, value in meta.items()}}


def _event(event):
    out = dict(event)
    for name in ("creationDate", "startDate", "endDate"):
        if name in out:
            assert isinstance(out[name], float) and out[name] > 1.7e12, out
            out[name] = 0
    if "context" in out:
        out["context"] = _with_sorted_lists(out["context"])
    if out["kind"] in ("feature", "debug") and out.get("default") is None:
        # A prerequisite has no default: Go writes null, we leave it out.
        out.pop("default", None)
    if out["kind"] == "debug":
        # LaunchDarkly's test harness knows no prereqOf in debug events; Go writes it.
        out.pop("prereqOf", None)
    if out["kind"] == "migration_op":
        out["measurements"] = _sorted(out["measurements"])
    return out


def _feature(theirs, ours):
    """A flag's part of both summaries. What was first a prerequisite has no default in Go; we take the
    first one that there is."""
    if theirs.get("default") is None:
        theirs = {name: value for name, value in theirs.items() if name != "default"}
        ours = {name: value for name, value in ours.items() if name != "default"}
    return tuple(
        {**one, "counters": _sorted(one["counters"]), "contextKinds": _sorted(one["contextKinds"])}
        for one in (theirs, ours)
    )


def _batch(theirs, ours):
    sides = ([], [])
    summaries = ({}, {})
    for side, summary, batch in zip(sides, summaries, (theirs, ours)):
        for event in batch["events"]:
            event = _event(event)
            if event["kind"] == "summary":
                summary.update(event.pop("features"))
            side.append(event)
    for key in set(summaries[0]) | set(summaries[1]):
        pair = [summary.get(key) for summary in summaries]
        if None not in pair:
            pair = _feature(*pair)
        for side, feature in zip(sides, pair):
            if feature is not None:
                side.append({"kind": "summary of a flag", "key": key, **feature})
    return sides


def batches(theirs, ours):
    """@return (how many events were compared, [(only theirs, only ours) of each batch that differs])."""
    count = 0
    different = []
    for i in range(max(len(theirs), len(ours))):
        if i >= len(theirs) or i >= len(ours):
            different.append(([f"batch {i}"] if i < len(theirs) else [], [f"batch {i}"] if i < len(ours) else []))
            continue
        their_events, our_events = _batch(theirs[i], ours[i])
        count += len(their_events)
        only = _only(their_events, our_events)
        for name in ("path", "schema", "type", "authorization"):
            if theirs[i][name] != ours[i][name]:
                only[0].append(f"{name}: {theirs[i][name]}")
                only[1].append(f"{name}: {ours[i][name]}")
        if only[0] or only[1]:
            different.append(only)
    return count, different


def _only(theirs, ours):
    rest = [text(event) for event in ours]
    missing = []
    counts = {}
    for line in rest:
        counts[line] = counts.get(line, 0) + 1
    for line in map(text, theirs):
        if counts.get(line, 0) > 0:
            counts[line] -= 1
        else:
            missing.append(line)
    return missing, [line for line, count in counts.items() for _ in range(count)]

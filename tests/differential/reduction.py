"""Makes a case that shows a difference smaller, for as long as it still shows one."""
import copy

_BUDGET = 250


class _Attempts:
    def __init__(self, differs):
        self._differs = differs
        self._left = _BUDGET

    def still(self, case):
        if self._left == 0:
            return False
        self._left -= 1
        try:
            return bool(self._differs(case))
        except (KeyError, RuntimeError):
            return False


def _shorter(items, accept):
    """Leaves out items, halves first and then smaller pieces, where accept(rest) says so."""
    size = max(1, len(items) // 2)
    while True:
        start = 0
        while start < len(items):
            rest = items[:start] + items[start + size:]
            if accept(rest):
                items = rest
            else:
                start += size
        if size == 1:
            return items
        size //= 2


def _without_unused_contexts(case):
    used = sorted({one["context"] for one in case["operations"] if "context" in one})
    if not used:
        return case
    operations = [one | {"context": used.index(one["context"])} if "context" in one else one for one in case["operations"]]
    return case | {"contexts": [case["contexts"][i] for i in used], "operations": operations}


def _simpler_flags(case, attempts):
    for key in list(case["flags"]):
        for field in ("rules", "targets", "contextTargets", "prerequisites"):
            if not case["flags"][key].get(field):
                continue
            tried = copy.deepcopy(case)
            tried["flags"][key][field] = []
            if attempts.still(tried):
                case = tried
    return case


def reduce(case, differs):
    """@param differs: tells of a case whether it shows a difference."""
    attempts = _Attempts(differs)

    def accept(changed):
        nonlocal case
        tried = case | changed
        if not attempts.still(tried):
            return False
        case = tried
        return True

    def keep(name, keys):
        return {name: {key: case[name][key] for key in keys}}

    _shorter(case["operations"], lambda rest: accept({"operations": rest}))
    pruned = _without_unused_contexts(case)
    if attempts.still(pruned):
        case = pruned
    elif not any("context" in one for one in case["operations"]):
        _shorter(case["contexts"], lambda rest: accept({"contexts": rest}))
    for name in ("flags", "segments"):
        _shorter(list(case[name]), lambda rest, name=name: accept(keep(name, rest)))
    return _simpler_flags(case, attempts)

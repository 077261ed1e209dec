#!/usr/bin/env python3
"""Prints what run_evaluation.sh measured as a Markdown table with ratios.

evaluation_table.py OURS PEERS: Google Benchmark's JSON, and one JSON object per line from the peers.
"""
import json
import sys

# Our benchmark, the peers' case, the title.
CASES = [
    ("PlainBool/Ttl", "plain-flag", "plain flag"),
    ("FiveRulesAndRollout", "rules-flag", "5 rules and a rollout"),
    ("AllFlagsOf1000", "all-flags", "all flags of 1000"),
]
NANOSECONDS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}


def read_ours(path):
    with open(path, encoding="utf-8") as file:
        runs = json.load(file)["benchmarks"]
    return {run["name"]: (run["real_time"] * NANOSECONDS[run["time_unit"]], run.get("allocations")) for run in runs}


def read_peers(path):
    """Peer's title to its case to nanoseconds; the answers of all peers must be the same."""
    peers, answers = {}, {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            run = json.loads(line)
            title = f"{run['peer'].capitalize()} SDK {run['version']}"
            peers.setdefault(title, {})[run["case"]] = run["ns"]
            if answers.setdefault(run["case"], run["value"]) != run["value"]:
                sys.exit(f"{title} says {run['value']} for {run['case']}, another peer {answers[run['case']]}")
    return peers


def shown(case, nanoseconds):
    if case == "all-flags":
        return f"{nanoseconds / 1e6:.3f} ms"
    return f"{1e3 / nanoseconds:.2f} million/s"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    ours, peers = read_ours(sys.argv[1]), read_peers(sys.argv[2])
    print("| | lddynamo | allocations | " + "".join(f"{title} | lddynamo is faster by | " for title in peers).rstrip())
    print("|---|--:|--:|" + "--:|--:|" * len(peers))
    for name, case, title in CASES:
        if name not in ours:
            sys.exit(f"no benchmark {name} among {', '.join(ours)}")
        nanoseconds, allocations = ours[name]
        cells = [title, shown(case, nanoseconds), "" if allocations is None else f"{allocations:.0f}"]
        for results in peers.values():
            cells += [shown(case, results[case]), f"{results[case] / nanoseconds:.1f} x"]
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Random operations on `lddynamo local`, dynalite and moto must have the same answers and end in the same tables.

    LDDYNAMO_PROGRAM=build/dev/apps/lddynamo/lddynamo build/python/bin/python3 tests/peers/differential_test.py \\
        [--operations N] [--seed S]

Every known difference is a rule in differential/rules.py, with its reason; any other fails the test.
"""
import argparse
import os
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from differential import servers  # noqa: E402
from differential.run import Run  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--operations", type=int, default=2500)
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("--outcomes", action="store_true", help="how often each operation ended how")
    parser.add_argument("--print", type=int, default=20, help="how many differences to make small and print")
    options = parser.parse_args()
    program = os.environ.get("LDDYNAMO_PROGRAM")
    if not program:
        parser.error("LDDYNAMO_PROGRAM must name the program under test")
    started, running = time.monotonic(), []
    try:
        running.append(servers.start_ours(program))
        running.append(servers.start_dynalite(HERE.parent / "interop"))
        running.append(servers.start_moto(sys.executable))
        run = Run(running[0], running[1:], options.seed, options.print)
        wrong = run.go(options.operations)
    except servers.with_server.CannotStart as reason:
        print(f"differential_test.py: {reason}", file=sys.stderr)
        return 1
    finally:
        for server in running:
            server.stop()
    print(run.summary())
    if options.outcomes:
        for name, count in sorted(run.outcomes.items()):
            print(f"  {count:6} {name}")
    for text in run.reports + wrong:
        print(f"\nDIFFERS {text}")
    if run.unexplained:
        print("\nunexplained differences:")
        for signature, count in run.unexplained.most_common(60):
            print(f"  {count} {signature}")
    print(f"{time.monotonic() - started:.1f} s")
    return 1 if run.unexplained or wrong else 0


if __name__ == "__main__":
    sys.exit(main())

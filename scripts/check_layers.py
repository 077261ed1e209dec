#!/usr/bin/env python3
"""Fails on an include that points up: rooms may include only rooms on lower floors (ARCHITECTURE.md).

A source file's room is its folder under src/ or apps/; a public header's room is its "Layer:" line.
Also fails on getenv outside base/environment.cpp and on third-party headers in public ones.
"""
import pathlib
import re
import sys

FLOOR = {
    "base": 0, "json": 1, "http": 1, "model": 2, "aws": 2, "evaluation": 3, "dynamodb": 3,
    "store": 4, "datasource": 5, "events": 5, "client": 6, "lddynamo": 7, "lambda": 7,
}
ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
LAYER = re.compile(r"^/// .*?Layer: ([a-z]+)", re.M)
STANDARD = re.compile(r"^[a-z_0-9]+$")  # <vector>, <string_view>, ...


def main() -> int:
    problems = []
    public = {}
    for header in sorted((ROOT / "include").rglob("*.hpp")):
        name = header.relative_to(ROOT / "include").as_posix()
        match = LAYER.search(header.read_text(encoding="utf-8"))
        if not match or match.group(1) not in FLOOR:
            problems.append(f"{name}: no known '/// Layer: room' line")
            continue
        public[name] = match.group(1)

    def room_of(path: pathlib.Path) -> str:
        relative = path.relative_to(ROOT)
        if relative.parts[0] == "include":
            return public.get(path.relative_to(ROOT / "include").as_posix(), "")
        return relative.parts[1]

    files = [f for d in ("include", "src", "apps") for f in sorted((ROOT / d).rglob("*.[ch]pp"))]
    for path in files:
        room = room_of(path)
        text = path.read_text(encoding="utf-8")
        where = path.relative_to(ROOT).as_posix()
        if room not in FLOOR:
            problems.append(f"{where}: unknown room '{room}'")
            continue
        if re.search(r"\b(secure_)?getenv\s*\(", text) and where != "src/base/environment.cpp":
            problems.append(f"{where}: getenv outside src/base/environment.cpp")
        for match in INCLUDE.finditer(text):
            bracket, target = match.groups()
            line = text.count("\n", 0, match.start()) + 1
            first = target.split("/")[0]
            if bracket == "<" and target in public:
                other = public[target]
            elif bracket == "<" and target.startswith("lddynamo/"):
                problems.append(f"{where}:{line}: no public header <{target}>")
                continue
            elif bracket == '"' and first in FLOOR:
                other = first
            else:
                if where.startswith("include/") and not STANDARD.match(target) and first != "tl":
                    problems.append(f"{where}:{line}: third-party header <{target}> in a public one")
                continue
            if other != room and FLOOR[other] >= FLOOR[room]:
                problems.append(f"{where}:{line}: {room} (floor {FLOOR[room]}) includes "
                                f"{target} of {other} (floor {FLOOR[other]})")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"layers: {len(files)} files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

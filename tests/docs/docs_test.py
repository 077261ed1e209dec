"""The docs tell the truth: examples run, C++ blocks are the examples, commands and names exist."""
import base64
import hashlib
import json
import os
import pathlib
import re
import subprocess
import unittest

from support import ROOT, USER, LocalServer, flag, run

DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "ARCHITECTURE.md",
        ROOT / "CONTRIBUTING.md"]
EXAMPLES = pathlib.Path(os.environ["LDDYNAMO_EXAMPLES"])


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


class ExamplesTest(LocalServer):
    def example(self, name):
        # What the library reads: AWS's own variables, not the program's.
        env = {**self.env, "AWS_ENDPOINT_URL_DYNAMODB": self.url}
        done = subprocess.run([EXAMPLES / f"example_{name}"], env=env, capture_output=True, timeout=30,
                              check=False)
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""))
        return done.stdout.decode()

    def test_daemon_mode(self):
        self.table = self.env["LDDYNAMO_TABLE"] = "some-table"
        self.filled([flag("new-checkout")])
        self.assertEqual(self.example("daemon_mode"), "new-checkout is on\n")

    def test_preload(self):
        self.table = self.env["LDDYNAMO_TABLE"] = "some-table"
        self.filled([flag("a", 4)])
        state = json.loads(self.example("preload"))
        self.assertEqual((state["a"], state["$valid"]), (True, True))
        self.assertEqual(state["$flagsState"]["a"]["version"], 4)

    def test_big_segments(self):
        self.table = self.env["LDDYNAMO_TABLE"] = "some-table"
        if not self.wire("ListTables")["TableNames"]:
            self.done("table", "create")
        bob = base64.b64encode(hashlib.sha256(b"bob").digest()).decode()
        self.assertEqual(self.example("big_segments"), "bob is not mentioned in beta-testers\n")
        self.put_row("big_segments_user", bob, included={"SS": ["beta-testers.g1"]})
        self.assertEqual(self.example("big_segments"), "bob is included in beta-testers\n")
        self.put_row("big_segments_user", bob, excluded={"SS": ["beta-testers.g1"]})
        self.assertEqual(self.example("big_segments"), "bob is excluded from beta-testers\n")

    def test_own_client(self):
        self.assertEqual(self.example("own_client"), 'hello {"kind":"FALLTHROUGH"}\n')


class TextTest(unittest.TestCase):
    def test_every_cpp_block_is_part_of_an_example(self):
        sources = [squeeze(p.read_text(encoding="utf-8"))
                   for d in ("examples", "tests/consumer/project") for p in (ROOT / d).glob("*.cpp")]
        blocks = 0
        for doc in DOCS:
            for block in re.findall(r"```cpp\n(.*?)```", doc.read_text(encoding="utf-8"), re.S):
                blocks += 1
                self.assertTrue(any(squeeze(block) in source for source in sources),
                                f"{doc.name}: no example has\n{block}")
        self.assertGreater(blocks, 0)

    def test_every_command_and_option_of_the_docs_exists(self):
        seen = 0
        for doc in DOCS:
            text = doc.read_text(encoding="utf-8")
            for line in re.findall(r"^\$? ?(lddynamo [a-z][^\n]*)$", text, re.M):
                words = line.split()
                command = [w for w in words[1:3] if re.fullmatch(r"[a-z]+", w)]
                help_text = ""
                while command and not help_text:
                    outcome = run(*command, "--help")
                    help_text = outcome.out if outcome.code == 0 else ""
                    command.pop()
                self.assertTrue(help_text, f"{doc.name}: {line}")
                everything = help_text + run("--help").out
                for option in re.findall(r"(?<=\s)--[a-z-]+", line):
                    self.assertIn(option, everything, f"{doc.name}: {line}")
                seen += 1
        self.assertGreater(seen, 5)

    def test_every_file_named_exists(self):
        for doc in DOCS:
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", doc.read_text(encoding="utf-8")):
                self.assertTrue((doc.parent / target).exists(), f"{doc.name} links {target}")

    def test_every_error_code_is_documented(self):
        header = (ROOT / "include/lddynamo/result.hpp").read_text(encoding="utf-8")
        errors = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
        codes = re.findall(r"^    (k[A-Z]\w+),", header, re.M)
        self.assertGreater(len(codes), 10)
        for code in codes:
            self.assertIn(f"`{code}`", errors)

    def test_every_variable_is_documented(self):
        read = set()
        for path in [*ROOT.glob("src/**/*.cpp"), *ROOT.glob("apps/**/*.cpp")]:
            read |= set(re.findall(r'"((?:AWS|LDDYNAMO|SSL)_[A-Z0-9_]+)"', path.read_text(encoding="utf-8")))
        documented = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
        self.assertEqual([name for name in sorted(read) if name not in documented], [])


if __name__ == "__main__":
    unittest.main()

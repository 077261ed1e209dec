"""The docs tell the truth: C++ blocks are parts of the examples, commands, options and names exist."""
import re
import unittest

from support import ROOT, run

DOCS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


def without_code(doc):
    return re.sub(r"```.*?```", "", doc.read_text(encoding="utf-8"), flags=re.S)


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

    def test_every_link_leads_somewhere(self):
        anchors = 0
        for doc in DOCS:
            for target, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", without_code(doc)):
                path = doc.parent / target if target else doc
                self.assertTrue(path.exists(), f"{doc.name} links {target}")
                if anchor:
                    headings = re.findall(r"^#+ (.*)$", without_code(path), re.M)
                    slugs = [re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings]
                    self.assertIn(anchor, slugs, f"{doc.name} links {target}#{anchor}")
                    anchors += 1
        self.assertGreater(anchors, 5)

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

    def test_the_capabilities_are_those_of_the_service(self):
        text = (ROOT / "tests/contract/service/capabilities.cpp").read_text(encoding="utf-8")
        declared = re.findall(r'"([a-z0-9:-]+)"', text)
        table = (ROOT / "docs/conformance.md").read_text(encoding="utf-8")
        ours = [name for names, has in re.findall(r"^\| (`[^|]+) \| ([^|]+) \|", table, re.M) if has != "-"
                for name in re.findall(r"`([^`]+)`", names)]
        self.assertEqual(sorted(ours), sorted(declared))

    def test_every_option_of_a_client_is_documented(self):
        configuration = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
        documented = {word for name in re.findall(r"`([\w.]+)`", configuration) for word in name.split(".")}
        options = []
        for header in ("client_options", "event_options", "file_data"):
            text = (ROOT / f"include/lddynamo/{header}.hpp").read_text(encoding="utf-8")
            for struct in re.findall(r"^struct (?:\w+Options|\w+Endpoints|\w+Info) {\n(.*?)^};", text, re.M | re.S):
                options += re.findall(r"^    [\w:<>, *&()]+ \*?(\w+)(?:{.*}| = .*);", struct, re.M)
        self.assertGreater(len(options), 40)
        self.assertEqual([name for name in options if name not in documented], [])


if __name__ == "__main__":
    unittest.main()

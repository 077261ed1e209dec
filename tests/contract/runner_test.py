"""What ./run counts and says, with a program in the harness's place."""
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import unittest

from service_case import SERVICE, clean_environment

HARNESS = """#!{python}
import sys, urllib.request
arguments = sys.argv[1:]
urllib.request.urlopen(arguments[arguments.index("-url") + 1]).close()
open({told!r}, "w").write(" ".join(arguments))
junit = {junit!r}
if junit:
    open(arguments[arguments.index("-junit") + 1], "w").write("<testsuites><testsuite>" + junit + "</testsuite></testsuites>")
sys.exit({code})
"""
PASSED = '<testcase name="{}"></testcase>'
FAILED = '<testcase name="{}"><failure message="no"></failure></testcase>'
SKIPPED = '<testcase name="{}"><skipped message="no"></skipped></testcase>'


class RunnerTest(unittest.TestCase):
    def judge(self, cases, code=0, options=()):
        """Exit code and output of a run whose harness reports these cases."""
        folder = pathlib.Path(self.enter(tempfile.TemporaryDirectory()))
        self.told = folder / "told"
        harness = folder / "harness"
        junit = "".join(template.format(name) for template, name in cases)
        harness.write_text(HARNESS.format(python=sys.executable, told=str(self.told), junit=junit, code=code))
        harness.chmod(0o755)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "run", "--build", pathlib.Path(SERVICE).parents[3], "--logs", folder, "--harness",
             harness, "--dynamodb", "none", "--port", str(port), *options],
            capture_output=True, env=clean_environment(), timeout=60, check=False, text=True)
        return done.returncode, re.sub(r", [0-9.]+ s\n", "\n", done.stdout)

    def enter(self, manager):
        self.addCleanup(manager.__exit__, None, None, None)
        return manager.__enter__()

    def test_counts_leaves(self):
        code, said = self.judge([(PASSED, "a"), (PASSED, "a/b"), (PASSED, "a/b/c"), (SKIPPED, "a/b/d"),
                                 (SKIPPED, "a/e"), (PASSED, "a/e/f"), (PASSED, "ab")])
        self.assertEqual((code, said), (0, "run 1: 3 leaves run, 3 passed, 0 failed, "
                                           "0 failed without being critical, 1 skipped\n"))

    def test_fails_with_a_test(self):
        code, said = self.judge([(PASSED, "a"), (FAILED, "a/b"), (PASSED, "c")], code=1)
        self.assertEqual(code, 1)
        self.assertIn("2 leaves run, 1 passed, 1 failed,", said)
        self.assertIn("  failed: a/b\n", said)
        # Of the failure alone, too, and where it is no leaf.
        code, said = self.judge([(FAILED, "a"), (PASSED, "a/b")])
        self.assertEqual(code, 1)
        self.assertIn("  failed: a\n", said)

    def test_does_not_fail_with_what_is_not_critical(self):
        code, said = self.judge([(PASSED, "a"), (FAILED, "b (non-critical)")])
        self.assertEqual(code, 0)
        self.assertIn("2 leaves run, 1 passed, 0 failed, 1 failed without being critical", said)
        self.assertIn("  not critical: b\n", said)

    def test_fails_with_the_harness(self):
        self.assertEqual(self.judge([(PASSED, "a")], code=1)[0], 1)
        code, said = self.judge([], code=1)
        self.assertEqual(code, 1)
        self.assertIn("the harness ended with 1", said)

    def test_repeats(self):
        code, said = self.judge([(PASSED, "a")], options=("--repeat", "2"))
        self.assertEqual(code, 0)
        self.assertIn("run 2: 1 leaves run", said)
        self.assertIn("2 of 2 runs without a failure", said)

    def test_hands_on_what_is_for_the_harness(self):
        self.judge([(PASSED, "a")], options=("-run", "x y", "-skip", "z", "--retry-conformance", "--", "-debug"))
        told = self.told.read_text()
        self.assertIn("-enable-long-running-tests -run x y -skip z -debug", told)
        self.assertNotIn("-enable-persistence-tests", told)


if __name__ == "__main__":
    unittest.main()

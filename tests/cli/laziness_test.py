"""A daemon-mode evaluation with the environment's credentials opens one connection and looks nothing else up.

strace shows it: needs the right to trace one's own children (ptrace).
"""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from support import PROGRAM, USER, LocalServer, flag

# What the dynamic linker and the C library read before main.
LINKER = re.compile(r"^/etc/ld\.so\.(cache|preload)$|/lib[^/]*\.so[.0-9]*$")
CALLS = "connect,socket,openat,open,clone,clone3,fork,vfork,execve"


class LazinessTest(LocalServer):
    def traced(self, *arguments):
        """@returns (stdout, [(call, the rest of the line)]) of the program under strace."""
        self.assertIsNotNone(shutil.which("strace"), "strace is missing: apt-get install strace")
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "trace")
            done = subprocess.run(["strace", "-f", "-qq", "-o", log, "-e", f"trace={CALLS}", PROGRAM, *arguments],
                                  capture_output=True, env=self.env, timeout=60, check=False)
            err = done.stderr.decode()
            self.assertNotIn("ptrace", err, "this machine does not permit ptrace (PTRACE_TRACEME), which strace needs; "
                             "in a container run it with --cap-add=SYS_PTRACE")
            self.assertEqual((done.returncode, err), (0, ""), done.stdout)
            with open(log, encoding="utf-8") as lines:
                found = [re.match(r"^\d+\s+(\w+)\((.*)$", line) for line in lines]
        return done.stdout.decode(), [match.groups() for match in found if match]

    def check(self, *arguments):
        out, calls = self.traced("eval", *arguments, "--context", USER)
        # The trace must show something, or this test could not fail.
        self.assertEqual([call for call, _ in calls].count("execve"), 1, calls)
        connects = [rest for call, rest in calls if call == "connect"]
        port = self.url.rsplit(":", 1)[1]
        self.assertEqual(len(connects), 1, connects)
        self.assertIn(f"sin_port=htons({port})", connects[0])
        self.assertIn('inet_addr("127.0.0.1")', connects[0])
        self.assertEqual(len([rest for call, rest in calls if call == "socket"]), 1, calls)
        opened = [re.search(r'"([^"]*)"', rest).group(1) for call, rest in calls if call in ("open", "openat")]
        self.assertEqual([path for path in opened if not LINKER.search(path)], [], "files that were looked up")
        started = [call for call, _ in calls if call in ("clone", "clone3", "fork", "vfork")]
        self.assertEqual(started, [], "threads or processes")
        return out

    def test_one_flag(self):
        self.filled([flag("a")])
        self.assertEqual(self.check("a"), "true\n")

    def test_flag_with_prerequisite_and_segment(self):
        self.filled([flag("base"), flag("a", prerequisites=[{"key": "base", "variation": 0}], rules=[
            {"id": "r", "variation": 1, "clauses": [{"op": "segmentMatch", "values": ["s"]}]}])],
                    [{"key": "s", "version": 1, "included": ["bob"]}])
        self.assertEqual(self.check("a"), "false\n")

    def test_the_trace_would_show_a_look_up(self):
        self.filled([flag("a")])
        with tempfile.TemporaryDirectory() as home:
            os.mkdir(os.path.join(home, ".aws"))
            with open(os.path.join(home, ".aws", "credentials"), "w", encoding="utf-8") as file:
                file.write("[dev]\naws_access_key_id = AK\naws_secret_access_key = SK\n")
            self.env["HOME"] = home
            _, calls = self.traced("eval", "a", "--context", USER, "--profile", "dev")
        self.assertTrue(any("/.aws/credentials" in rest for _, rest in calls), calls)


if __name__ == "__main__":
    unittest.main()

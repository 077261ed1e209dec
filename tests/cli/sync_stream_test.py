"""`lddynamo sync` against a small LaunchDarkly of ours that streams, and `lddynamo local`."""
import array
import fcntl
import json
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unittest

from fake_launchdarkly import KEY, data
from fake_stream import FakeStream
from running_sync import SyncCase
from support import PROGRAM, USER, flag


def buffered(pipe):
    """How many bytes nobody has read yet."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


class SyncStreamTest(SyncCase):
    def make_launchdarkly(self, document):
        return FakeStream(document)

    def versions(self):
        outcome = self.run_("export")
        if outcome.code == 3:
            return {}  # not filled yet
        self.assertEqual(outcome.code, 0, outcome)
        exported = outcome.json()
        return {key: item["version"] for key, item in exported["flags"].items()}

    def wait_for_versions(self, wanted):
        deadline = time.monotonic() + 30
        while self.versions() != wanted:
            self.assertLess(time.monotonic(), deadline, (self.versions(), wanted))
            time.sleep(0.02)

    # Once.

    def test_once(self):
        outcome = self.once("--filter", "my-Filter.1")
        self.assertEqual(outcome.code, 0, outcome)
        self.assertIn("synced: 2 flags and 1 segments: 3 written, 0 unchanged, 0 deleted",
                      outcome.err)
        path, headers, _ = self.ld.requests[0]
        self.assertEqual(path, "/all?filter=my-Filter.1")
        self.assertEqual(headers["Accept"], "text/event-stream")
        self.assertRegex(headers["User-Agent"], r"^lddynamo/\d")
        self.assertEqual(self.done("eval", "a", "--context", USER).out, "true\n")
        again = self.once("--output", "json")
        self.assertEqual(again.json(), {"written": 0, "unchanged": 3, "deleted": 0, "kept": 0,
                                        "oversize": [], "leftOut": []})

    def test_a_refused_key(self):
        outcome = self.once(LDDYNAMO_SDK_KEY="sdk-another-secret")
        self.assertEqual(outcome.code, 4, outcome)
        self.assertNotIn("sdk-another-secret", outcome.err)
        self.assertEqual(self.rows(), [])

    def test_failures(self):
        self.ld.status = 500
        outcome = self.once()
        self.assertEqual(outcome.code, 1, outcome)
        self.assertIn("HTTP 500", outcome.err)
        self.ld.status = 200
        for raw in (b"event: put\ndata: {\n\n", b"event: put\ndata: {\"data\":{\"flags\":true}}\n\n"):
            self.ld.raw = raw
            outcome = self.once()
            self.assertEqual(outcome.code, 1, outcome)
            self.assertIn("put event", outcome.err)
        self.assertEqual(self.rows(), [])

    def test_an_oversize_item_fails_alone(self):
        self.ld.document = data([flag("a"), flag("big", 1, note="x" * 400_000)])
        outcome = self.once()
        self.assertEqual(outcome.code, 1, outcome)
        self.assertIn("not written: features: big", outcome.err)
        self.assertEqual(self.versions(), {"a": 1})

    def test_an_item_that_no_table_takes_is_left_out(self):
        self.ld.document = data([flag("a"), flag("", 0)])
        self.check_left_out()
        self.assertEqual(self.versions(), {"a": 1})

    def test_a_change_that_no_table_takes_is_left_out(self):
        running = self.start("--output", "json")
        self.ld.wait_for(lambda: len(self.ld.open) == 1)
        self.ld.patch(flag("k" * 1025))
        self.ld.send("delete", {"path": "/flags/", "version": 2})
        running.wait_line("left out: features: '" + "k" * 64 + "': a key of 1025 bytes")
        running.wait_line("left out: features: '': an empty key")
        # Not of what comes next.
        self.ld.document = data([flag("a", 2)])
        self.ld.put()
        self.wait_for_versions({"a": 2})
        self.assertEqual(running.stop(), 0)
        self.assertEqual([json.loads(line)["leftOut"] for line in running.out.splitlines()],
                         [[], []])

    def test_data_that_do_not_come(self):
        for raw in (b":\n", b"event: put\ndata: {"):
            self.ld.raw = raw
            outcome = self.once("--timeout", "1")
            self.assertEqual(outcome.code, 1, outcome)
            self.assertIn("not filled within 1 s: LaunchDarkly has not sent all data", outcome.err)
            self.ld.wait_for(lambda: not self.ld.open)
        self.assertEqual(self.rows(), [])

    def test_data_that_the_table_does_not_take_in_time(self):
        self.faults({"drop": 1, "operations": ["Query"]})
        outcome = self.once("--timeout", "1")
        self.assertEqual(outcome.code, 1, outcome)
        self.assertIn("not filled within 1 s: the table has not taken all data", outcome.err)
        self.ld.wait_for(lambda: not self.ld.open)

    def test_a_table_that_does_not_answer_in_time(self):
        self.faults({"drop": 1})
        outcome = self.once("--timeout", "1", AWS_MAX_ATTEMPTS="1")
        self.assertEqual(outcome.code, 1, outcome)
        self.assertIn(self.table, outcome.err)
        self.assertEqual(self.ld.requests, [])

    def test_no_time_limit(self):
        self.assertEqual(self.once("--timeout", "0").code, 0)

    def test_no_aws_credentials(self):
        outcome = self.once(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
        self.assertEqual(outcome.code, 4, outcome)

    # For ever.

    def test_ends_where_its_configuration_cannot_be_acted_on(self):
        no_keys = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
        for extra, code, part in (({"AWS_REGION": ""}, 2, "no region"),
                                  ({"AWS_REGION": "x/y"}, 2, "the region"),
                                  ({"AWS_SECRET_ACCESS_KEY": ""}, 4, "AWS_SECRET_ACCESS_KEY"),
                                  ({**no_keys, "AWS_PROFILE": "nope"}, 4, "nope"),
                                  (no_keys, 4, "no AWS credentials")):
            outcome = self.run_("sync", "--base-uri", self.ld.url, **extra)
            self.assertEqual(outcome.code, code, outcome)
            self.assertIn(part, outcome.err)
        self.assertEqual(self.ld.requests, [])

    def test_waits_for_what_may_come(self):
        """What a table is asked before LaunchDarkly is asked ends nothing that may pass."""
        self.table += "-late"
        running = self.start(LDDYNAMO_TABLE=self.table)
        running.wait_line("not-found")
        self.env["LDDYNAMO_TABLE"] = self.table
        self.done("table", "create")
        running.wait_line("synced:")
        self.assertEqual(running.stop(), 0)

    def test_follows_changes_and_stops(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            self.ld.document = data([flag("a", 1), flag("b", 1)])
            running = self.start()
            running.wait_line("synced:")
            self.ld.patch(flag("a", 2))
            self.ld.patch(flag("c", 1))
            self.ld.patch(flag("a", 1))
            self.ld.send("delete", {"path": "/flags/b", "version": 9})
            self.wait_for_versions({"a": 2, "c": 1})
            self.assertEqual(running.stop(number), 0)
            self.assertIn("stopped", running.lines[-1])
            self.done("wipe", "--yes")
        self.assertNotIn(KEY, "".join(running.lines))

    def test_changes_as_json(self):
        running = self.start("--output", "json")
        self.ld.wait_for(lambda: len(self.ld.open) == 1)
        self.wait_for_versions({"a": 1, "b": 1})
        self.ld.patch(flag("a", 3))
        self.ld.patch(flag("a", 2))
        self.ld.patch(flag("z", 7))
        self.wait_for_versions({"a": 3, "b": 1, "z": 7})
        self.assertEqual(running.stop(), 0)
        lines = [json.loads(line) for line in running.out.splitlines()]
        self.assertEqual(lines[0]["written"], 3)
        change = {"kind": "features", "key": "a", "version": 3, "deleted": False,
                  "outcome": "written"}
        self.assertEqual(lines[1:], [change, {**change, "version": 2, "outcome": "stale"},
                                     {**change, "key": "z", "version": 7}])

    def test_stops_while_nobody_reads_what_it_writes(self):
        for output in ("stdout", "stderr"):
            there, here = os.pipe()
            self.addCleanup(os.close, there)
            fcntl.fcntl(here, fcntl.F_SETPIPE_SZ, 4096)
            self.ld.document = data([flag("a", 1)])
            # On stderr, each change of a flag that no table takes is a line.
            arguments = ("--output", "json") if output == "stdout" else ()
            process = subprocess.Popen(
                [PROGRAM, "sync", "--base-uri", self.ld.url, *arguments], env=self.env,
                **{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, output: here})
            os.close(here)
            try:
                self.ld.wait_for(lambda: len(self.ld.open) == 1)
                for version in range(2, 80):
                    note = "x" * (400_000 if output == "stderr" else 1)
                    self.ld.patch(flag("a", version, note=note))
                deadline = time.monotonic() + 30
                while buffered(there) < 3900:
                    self.assertLess(time.monotonic(), deadline, buffered(there))
                    time.sleep(0.02)
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(timeout=30), 0, output)
            finally:
                process.kill()
                process.wait(timeout=30)
            self.ld.wait_for(lambda: not self.ld.open)
            self.done("wipe", "--yes")

    def states_on_terminal(self, columns, key):
        """What the terminal's last line was, each time it was written."""
        there, here = os.openpty()
        self.addCleanup(os.close, there)
        fcntl.ioctl(here, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = subprocess.Popen([PROGRAM, "sync", "--base-uri", self.ld.url], env=self.env,
                                   stdout=subprocess.DEVNULL, stderr=here)
        os.close(here)
        try:
            self.ld.wait_for(lambda: len(self.ld.open) == 1)
            self.ld.patch(flag(key, 2))
            written = b""
            while not re.search(rb"1 changes[^\r]*\x1b\[K", written):
                self.assertTrue(select.select([there], [], [], 30)[0], written)
                written += os.read(there, 65536)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(timeout=30), 0)
        finally:
            process.kill()
            process.wait(timeout=30)
        self.ld.wait_for(lambda: not self.ld.open)
        return [part.split("\x1b[K")[0] for part in written.decode().split("\r")
                if "changes" in part]

    def test_the_line_of_a_terminal_is_not_wider(self):
        key = "caf\u00e9" * 40
        for columns, room in ((40, 39), (45, 44), (0, 79)):
            states = self.states_on_terminal(columns, key)
            whole = f"following: 1 changes, last: features {key} version 2"
            self.assertIn(whole[:room], states)
            self.assertEqual([s for s in states if len(s) > room], [])
        # These take two columns each.
        states = self.states_on_terminal(45, "\u65d7" * 20)
        self.assertIn("following: 1 changes, last: features \u65d7\u65d7\u65d7", states)
        states = self.states_on_terminal(200, key[:8])
        self.assertIn(f"following: 1 changes, last: features {key[:8]} version 2", states)

    def test_a_terminal_has_nothing_but_the_error(self):
        there, here = os.openpty()
        self.addCleanup(os.close, there)
        done = subprocess.run([PROGRAM, "sync"], env={**self.env, "LDDYNAMO_SDK_KEY": ""},
                              stdout=subprocess.DEVNULL, stderr=here, timeout=30, check=False)
        os.close(here)
        self.assertEqual(done.returncode, 2)
        self.assertTrue(os.read(there, 65536).startswith(b"lddynamo: invalid-argument: no SDK key"))

    def test_opens_another_stream_when_one_ends(self):
        running = self.start()
        running.wait_line("synced:")
        self.ld.document = data([flag("a", 5)])
        self.ld.end()
        running.wait_line("synced:", 2)
        running.wait_line("recovered")
        self.assertEqual(self.versions(), {"a": 5})
        self.assertEqual(running.stop(), 0)

    def test_ends_when_the_key_is_refused(self):
        running = self.start()
        running.wait_line("synced:")
        self.ld.status = 401
        self.ld.end()
        self.assertEqual(running.wait(), 4)
        self.assertEqual(self.versions(), {"a": 1, "b": 1})

    def test_what_an_outage_of_dynamodb_lost_is_written_later(self):
        running = self.start()
        running.wait_line("synced:")
        self.faults({"reset": 1})
        changed = flag("a", 2)
        self.ld.document = data([changed, flag("b", 1)], [{"key": "s", "version": 1}])
        self.ld.patch(changed)
        running.wait_line("connection")
        self.faults({})
        running.wait_line("recovered")
        self.assertEqual(self.versions(), {"a": 2, "b": 1})
        self.assertEqual(running.stop(), 0)

    def lose_a_change(self):
        """A sync of which the table did not take version 2 of `a`."""
        running = self.start()
        running.wait_line("synced:")
        self.faults({"reset": 1})
        self.ld.document = data([flag("a", 2), flag("b", 1)], [{"key": "s", "version": 1}])
        self.ld.patch(flag("a", 2))
        running.wait_line("connection")
        return running

    def test_what_was_lost_is_asked_for_once(self):
        running = self.lose_a_change()
        self.ld.silent = True
        self.faults({})
        self.ld.wait_for(lambda: len(self.ld.requests) == 2)
        # Data that take longer to come than the pauses between two looks at the table.
        time.sleep(2.5)
        self.ld.put()
        running.wait_line("recovered")
        self.assertEqual(self.versions(), {"a": 2, "b": 1})
        self.assertEqual(len(self.ld.requests), 2)
        self.assertEqual(running.stop(), 0)

    def test_what_is_written_for_long_is_not_asked_for_again(self):
        running = self.lose_a_change()
        wanted = {"a": 2, **{f"f{i}": 1 for i in range(100)}}
        self.ld.document = data(flag(key, version) for key, version in wanted.items())
        # Longer than the pauses between two looks at the table.
        self.faults({"delay": "500ms", "operations": ["PutItem"]})
        running.wait_line("recovered")
        self.faults({})
        self.ld.patch(flag("c", 1))
        self.wait_for_versions({**wanted, "c": 1})
        self.assertEqual(len(self.ld.requests), 2)
        self.assertEqual(running.stop(), 0)

    def test_a_stream_that_begins_anew_by_itself_makes_up_for_what_was_lost(self):
        running = self.lose_a_change()
        self.ld.silent = True
        self.faults({})
        self.ld.wait_for(lambda: len(self.ld.requests) == 2)
        self.ld.silent = False
        self.ld.end()
        running.wait_line("recovered")
        self.wait_for_versions({"a": 2, "b": 1})
        self.assertEqual(len(self.ld.requests), 3)
        self.assertEqual(running.stop(), 0)

    def test_what_is_lost_again_is_asked_for_again(self):
        running = self.lose_a_change()
        self.faults({"reset": 1, "operations": ["Query"]})  # answers, and takes nothing
        self.ld.wait_for(lambda: len(self.ld.requests) == 3)
        self.faults({})
        running.wait_line("recovered")
        self.assertEqual(self.versions(), {"a": 2, "b": 1})
        self.assertEqual(running.stop(), 0)

    def test_stops_while_dynamodb_is_silent(self):
        self.faults({"drop": 1})
        running = self.start(AWS_MAX_ATTEMPTS="1")
        self.ld.wait_for(lambda: len(self.ld.open) == 1)
        self.assertEqual(running.stop(), 0)
        self.faults({})

    def test_killed_half_way_and_started_again(self):
        flags = [flag(f"f{i}", 1) for i in range(60)]
        self.ld.document = data(flags)
        self.faults({"delay": "20ms", "operations": ["PutItem"]})
        running = self.start()
        while not self.rows():
            time.sleep(0.01)
        running.process.kill()
        self.assertEqual(running.wait(), -signal.SIGKILL)
        self.faults({})
        # What changed meanwhile must come too.
        self.ld.document = data([flag("f0", 2)] + flags[1:59])
        again = self.start()
        again.wait_line("synced:")
        self.assertEqual(self.versions(), {"f0": 2, **{f"f{i}": 1 for i in range(1, 59)}})
        self.assertEqual(again.stop(), 0)


if __name__ == "__main__":
    unittest.main()

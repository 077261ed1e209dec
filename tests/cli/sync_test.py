"""`lddynamo sync --poll` against a small LaunchDarkly of ours and `lddynamo local`."""
import json
import pathlib
import signal
import tempfile
import time
import unittest

from fake_launchdarkly import KEY, FakeLaunchDarkly, data
from running_sync import SyncCase
from support import USER, flag


class SyncTest(SyncCase):
    mode = ("--poll",)

    def make_launchdarkly(self, document):
        return FakeLaunchDarkly(document)

    def start(self, *arguments, **extra):
        return super().start("--interval", "1", *arguments, **extra)

    def versions(self):
        exported = self.done("export").json()
        return {key: item["version"] for key, item in exported["flags"].items()}

    # Once.

    def test_once(self):
        outcome = self.once()
        self.assertEqual(outcome.code, 0, outcome)
        self.assertEqual(outcome.out, "")
        self.assertIn("synced: 2 flags and 1 segments: 3 written, 0 unchanged, 0 deleted",
                      outcome.err)
        path, headers, _ = self.ld.requests[0]
        self.assertEqual(path, "/sdk/latest-all")
        self.assertEqual(headers["Authorization"], KEY)
        self.assertEqual(headers["Accept-Encoding"], "gzip")
        self.assertRegex(headers["User-Agent"], r"^lddynamo/\d")
        self.assertEqual(self.done("eval", "a", "--context", USER).out, "true\n")
        self.assertEqual(self.done("get", "flag", "a").out.strip(), json.dumps(flag("a", 1)))

    def test_once_again_writes_only_what_differs(self):
        self.once()
        self.ld.serve(data([flag("a", 2), flag("c", 1)], [{"key": "s", "version": 1}]))
        outcome = self.once("--output", "json")
        self.assertEqual(outcome.code, 0, outcome)
        self.assertEqual(outcome.json(), {"written": 2, "unchanged": 1, "deleted": 1, "kept": 0,
                                          "oversize": [], "leftOut": []})
        self.assertEqual(self.versions(), {"a": 2, "c": 1})

    def test_gzip_filter_and_key_file(self):
        self.ld.gzip = True
        with tempfile.TemporaryDirectory() as folder:
            key_file = pathlib.Path(folder, "key")
            key_file.write_text(KEY + "\n", encoding="ascii")
            outcome = self.once("--sdk-key-file", str(key_file), "--filter", "my-Filter.1",
                                LDDYNAMO_SDK_KEY="wrong")
        self.assertEqual(outcome.code, 0, outcome)
        self.assertEqual(self.ld.requests[0][0], "/sdk/latest-all?filter=my-Filter.1")
        self.assertEqual(self.versions(), {"a": 1, "b": 1})

    def test_the_second_variable(self):
        self.assertEqual(self.once(LDDYNAMO_SDK_KEY="", LAUNCHDARKLY_SDK_KEY=KEY).code, 0)

    def test_a_refused_key(self):
        outcome = self.once(LDDYNAMO_SDK_KEY="sdk-another-secret")
        self.assertEqual(outcome.code, 4, outcome)
        self.assertIn("SDK key", outcome.err)
        self.assertNotIn("sdk-another-secret", outcome.err)
        self.assertEqual(self.rows(), [])

    def test_the_key_is_in_no_log(self):
        outcome = self.once("--log-level", "trace")
        self.assertEqual(outcome.code, 0)
        self.assertIn("GET", outcome.err)

    def test_no_aws_credentials(self):
        outcome = self.once(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
        self.assertEqual(outcome.code, 4, outcome)

    def test_failures(self):
        for status in (500, 429, 404):
            self.ld.serve(status=status)
            outcome = self.once()
            self.assertEqual(outcome.code, 3 if status == 404 else 1, outcome)
            self.assertIn(f"HTTP {status}", outcome.err)
        for raw in (b"{", b"true", b"{}", b'{"flags":true}', b'{"flags":{"a":{"key":1}}}'):
            self.ld.serve(raw=raw)
            outcome = self.once()
            self.assertEqual(outcome.code, 1, outcome)
            self.assertIn("LaunchDarkly's answer", outcome.err)
        self.assertEqual(self.rows(), [])

    def test_an_item_that_no_table_takes_is_left_out(self):
        self.ld.serve(data([flag("a"), flag("", 0)]))
        self.check_left_out()
        self.assertEqual(self.versions(), {"a": 1})

    def test_an_oversize_item_fails_alone(self):
        self.ld.serve(data([flag("a"), flag("big", 1, note="x" * 400_000)]))
        outcome = self.once()
        self.assertEqual(outcome.code, 1, outcome)
        self.assertIn("not written: features: big", outcome.err)
        self.assertEqual(self.versions(), {"a": 1})

    def test_an_answer_that_does_not_come(self):
        self.ld.hold = True
        outcome = self.once("--timeout", "1")
        self.assertEqual(outcome.code, 1, outcome)
        self.assertIn("not filled within 1 s: LaunchDarkly has not sent all data", outcome.err)

    def test_usage(self):
        base = ("--base-uri", self.ld.url)
        for arguments, extra, part in (
                (("--interval", "30", *base), {}, "--poll"),
                (("--timeout", "30", *base), {}, "--once"),
                (("--once", "--timeout", "-1", *base), {}, "--timeout"),
                (("--poll", "--interval", "5"), {}, "every 30 seconds"),
                (("--poll", "--interval", "0", *base), {}, "--interval"),
                (("--poll", "--filter", "a b", *base), {}, "filter"),
                (("--poll", "--base-uri", "ftp://x"), {}, "base URI"),
                (("--base-uri", ""), {}, "--base-uri: an empty URI"),
                (("--poll", "--base-uri="), {}, "--base-uri"),
                (("--endpoint-url", "", *base), {}, "--endpoint-url: an empty URI"),
                (("--poll", *base), {"LDDYNAMO_SDK_KEY": ""}, "no SDK key"),
                (("--once", "--sdk-key-file", "/nonexistent/key", *base), {}, "/nonexistent/key"),
                (("--poll", *base), {"LDDYNAMO_SDK_KEY": KEY + " x"}, "SDK key")):
            outcome = self.run_("sync", *arguments, **extra)
            self.assertEqual(outcome.code, 2, outcome)
            self.assertIn(part, outcome.err)
            self.assertNotIn(KEY, outcome.err)
        self.assertEqual(self.ld.requests, [])

    # For ever.

    def test_follows_changes_and_stops(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            self.ld.serve(data([flag("a", 1)]))
            running = self.start()
            running.wait_line("synced:")
            self.ld.serve(data([flag("a", 2), flag("d", 1)]))
            running.wait_line("synced:", 2)
            self.assertEqual(self.versions(), {"a": 2, "d": 1})
            self.assertEqual(running.stop(number), 0)
            self.assertIn("stopped", running.lines[-1])
            self.assertEqual(len(running.lines), 3, running.lines)
        self.assertNotIn(KEY, "".join(running.lines))

    def test_nothing_is_said_or_written_without_a_change(self):
        running = self.start()
        self.ld.wait_for(2, status=304)
        self.assertEqual(running.stop(), 0)
        self.assertEqual(self.ld.statuses()[:3], [200, 304, 304])
        self.assertEqual(sum("synced:" in line for line in running.lines), 1)

    def test_stops_while_launchdarkly_is_silent(self):
        self.ld.hold = True
        running = self.start()
        self.ld.wait_for(1)
        begin = time.monotonic()
        self.assertEqual(running.stop(), 0)
        # The exchange alone would have lasted 30 s.
        self.assertLess(time.monotonic() - begin, 20)

    def test_stops_while_dynamodb_is_silent(self):
        self.faults({"drop": 1})
        running = self.start(AWS_MAX_ATTEMPTS="1")
        self.ld.wait_for(1, status=200)
        self.assertEqual(running.stop(), 0)
        self.faults({})

    def test_recovers_from_failures_of_launchdarkly(self):
        self.ld.serve(status=500)
        running = self.start()
        self.ld.wait_for(2, status=500)
        self.ld.serve(raw=b"{}")
        running.wait_line("LaunchDarkly's answer")
        self.ld.serve(data([flag("a", 5)]))
        running.wait_line("recovered")
        running.wait_line("synced:")
        self.assertEqual(self.versions(), {"a": 5})
        self.assertEqual(running.stop(), 0)
        self.assertEqual(sum("HTTP 500" in line for line in running.lines), 1, running.lines)

    def test_ends_when_the_key_is_refused(self):
        running = self.start()
        running.wait_line("synced:")
        self.ld.serve(status=401)
        self.assertEqual(running.wait(), 4)
        self.assertEqual(self.versions(), {"a": 1, "b": 1})

    def test_what_an_outage_of_dynamodb_lost_is_written_later(self):
        running = self.start()
        running.wait_line("synced:")
        # A table that is only busy would be asked again until the Init's time is over.
        self.faults({"reset": 1})
        self.ld.serve(data([flag("a", 2), flag("b", 2)]))
        running.wait_line("connection")
        self.faults({})
        running.wait_line("synced:", 2)
        running.wait_line("recovered")
        self.assertEqual(self.versions(), {"a": 2, "b": 2})
        self.assertEqual(running.stop(), 0)

    def test_killed_half_way_and_started_again(self):
        flags = [flag(f"f{i}", 1) for i in range(60)]
        self.ld.serve(data(flags))
        self.faults({"delay": "20ms", "operations": ["PutItem"]})
        running = self.start()
        self.ld.wait_for(1, status=200)
        while not self.rows():
            time.sleep(0.01)
        running.process.kill()
        self.assertEqual(running.wait(), -signal.SIGKILL)
        self.faults({})
        # What changed meanwhile must come too.
        self.ld.serve(data([flag("f0", 2)] + flags[1:59]))
        again = self.start()
        again.wait_line("synced:")
        self.assertEqual(self.versions(), {"f0": 2, **{f"f{i}": 1 for i in range(1, 59)}})
        self.assertEqual(again.stop(), 0)
        self.assertEqual(self.done("eval", "f0", "--context", USER).out, "true\n")


if __name__ == "__main__":
    unittest.main()

"""The examples do what the docs say of them."""
import base64
import hashlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import time
import unittest

from mock_launchdarkly import LIMIT, MockLaunchDarkly
from support import ROOT, LocalServer, flag

EXAMPLES = pathlib.Path(os.environ["LDDYNAMO_EXAMPLES"])
KEY = "sdk-0123-secret"


class RefusingLaunchDarkly(MockLaunchDarkly):
    def get(self, handler):
        self.note(handler)
        self.answer(handler, 401)


class Running:
    """An example that answers each line of its stdin by a line."""

    def __init__(self, name, *arguments, env):
        self.process = subprocess.Popen([EXAMPLES / f"example_{name}", *arguments], env=env, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.limit = threading.Timer(2 * LIMIT, self.process.kill)

    def __enter__(self):
        self.limit.start()
        return self

    def __exit__(self, *_):
        self.limit.cancel()
        self.process.kill()
        self.process.communicate()

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().rstrip("\n")

    def ask_until(self, line, answer):
        deadline = time.monotonic() + LIMIT
        while (got := self.ask(line)) != answer:
            if time.monotonic() > deadline:
                raise AssertionError(f"{line}: {got}, not {answer}")
            time.sleep(0.02)

    def end(self):
        """Its exit code and stderr."""
        _, err = self.process.communicate(timeout=LIMIT)
        return self.process.returncode, err


class ExamplesTest(LocalServer):
    def setUp(self):
        super().setUp()
        self.table = self.env["LDDYNAMO_TABLE"] = "some-table"
        # What the library reads: AWS's own variables, not the program's.
        self.env["AWS_ENDPOINT_URL_DYNAMODB"] = self.url

    def tearDown(self):
        if self.table in self.wire("ListTables")["TableNames"]:
            self.wire("DeleteTable", TableName=self.table)

    def example(self, name, *arguments, code=0, err="", **env):
        done = subprocess.run([EXAMPLES / f"example_{name}", *arguments], env={**self.env, **env},
                              capture_output=True, text=True, timeout=2 * LIMIT, check=False)
        self.assertEqual((done.returncode, done.stderr), (code, err))
        return done.stdout

    def running(self, name, *arguments, **env):
        return Running(name, *arguments, env={**self.env, **env})

    def test_daemon_mode(self):
        self.filled([flag("new-checkout")])
        self.assertEqual(self.example("daemon_mode"), "new-checkout is on\n")

    def test_examples_say_what_failed(self):
        for name in ("daemon_mode", "preload", "big_segment_membership"):
            for env, reason in (({"AWS_REGION": ""}, "no region"), ({}, "some-table")):
                done = subprocess.run([EXAMPLES / f"example_{name}"], env={**self.env, **env}, capture_output=True,
                                      text=True, timeout=2 * LIMIT, check=False)
                self.assertEqual((done.returncode, done.stdout), (1, ""), done)
                self.assertIn(reason, done.stderr)
        with RefusingLaunchDarkly() as mock:
            for name in ("events", "network"):
                done = subprocess.run([EXAMPLES / f"example_{name}", mock.url], capture_output=True, text=True,
                                      env={**self.env, "LAUNCHDARKLY_SDK_KEY": KEY}, timeout=2 * LIMIT, check=False)
                self.assertEqual((done.returncode, done.stdout), (1, ""), done)
                self.assertIn("401", done.stderr)
        for name in ("events", "network", "read_write", "streaming"):
            self.assertIn("LAUNCHDARKLY_SDK_KEY", subprocess.run(
                [EXAMPLES / f"example_{name}"], env=self.env, capture_output=True, text=True, timeout=2 * LIMIT,
                check=False).stderr)

    def test_preload(self):
        self.filled([flag("a", 4)])
        state = json.loads(self.example("preload"))
        self.assertEqual((state["a"], state["$valid"]), (True, True))
        self.assertEqual(state["$flagsState"]["a"]["version"], 4)

    def test_own_client(self):
        self.assertEqual(self.example("own_client"), 'hello {"kind":"FALLTHROUGH"}\n')

    def put_bob(self, **lists):
        bob = base64.b64encode(hashlib.sha256(b"bob").digest()).decode()
        self.put_row("big_segments_user", bob, **{name: {"SS": refs} for name, refs in lists.items()})

    def test_big_segment_membership(self):
        self.done("table", "create")
        self.assertEqual(self.example("big_segment_membership"), "bob is not mentioned in beta-testers\n")
        self.put_bob(included=["beta-testers.g1"])
        self.assertEqual(self.example("big_segment_membership"), "bob is included in beta-testers\n")
        self.put_bob(excluded=["beta-testers.g1"])
        self.assertEqual(self.example("big_segment_membership"), "bob is excluded from beta-testers\n")

    def test_big_segments(self):
        clause = {"attribute": "", "op": "segmentMatch", "values": ["beta-testers"]}
        rule = {"id": "r", "clauses": [clause], "variation": 0}
        self.filled([flag("new-checkout", rules=[rule], fallthrough={"variation": 1})],
                    [{"key": "beta-testers", "version": 1, "unbounded": True, "generation": 1}])
        now = str(int(time.time() * 1000))
        self.put_row("big_segments_metadata", "big_segments_metadata", synchronizedOn={"N": now})
        self.assertEqual(self.example("big_segments"),
                         'off {"kind":"FALLTHROUGH","bigSegmentsStatus":"HEALTHY"}\n')
        self.put_bob(included=["beta-testers.g1"])
        self.assertEqual(
            self.example("big_segments"),
            'on {"kind":"RULE_MATCH","ruleIndex":0,"ruleId":"r","bigSegmentsStatus":"HEALTHY"}\n')

    def test_read_write(self):
        self.filled([flag("gone")])
        with MockLaunchDarkly([flag("new-checkout", 7)]) as mock:
            out = self.example("read_write", mock.url, LAUNCHDARKLY_SDK_KEY=KEY)
            _, headers = mock.request("GET", "/all")
        self.assertEqual((out, headers["Authorization"]), ("new-checkout is on\n", KEY))
        rows = {(row["namespace"]["S"], row["key"]["S"]): row.get("version", {}).get("N") for row in self.rows()}
        self.assertEqual(rows, {("features", "new-checkout"): "7", ("$inited", "$inited"): None})

    def test_streaming(self):
        with (MockLaunchDarkly([flag("banner", variations=["hello", "bye"])]) as mock,
              self.running("streaming", mock.url, LAUNCHDARKLY_SDK_KEY=KEY) as example):
            self.assertEqual(example.ask("bob"), "hello")
            mock.patch("/flags/banner", flag("banner", 2, variations=["news", "bye"]))
            example.ask_until("bob", "news")
            self.assertEqual(example.end(), (0, "VALID\n"))

    def test_streaming_with_a_key_that_is_refused(self):
        with (RefusingLaunchDarkly() as mock,
              self.running("streaming", mock.url, LAUNCHDARKLY_SDK_KEY=KEY) as example):
            code, err = example.end()
            self.assertEqual([path for method, path, _ in mock.requests if method == "GET"], ["/all"])
        self.assertEqual(code, 1)
        self.assertRegex(err, r"^OFF: .*401.*\n$")
        self.assertNotIn(KEY, err)

    def test_from_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path, other = pathlib.Path(folder, "flags.yaml"), pathlib.Path(folder, "more.json")
            path.write_text("flagValues:\n  banner: hello\n", encoding="utf-8")
            other.write_text('{"flags":{"b":{"version":2}}}', encoding="utf-8")
            with self.running("from_files", path, other) as example:
                self.assertEqual(example.ask("bob"), "hello")
                path.write_text("flagValues:\n  banner: bye\n", encoding="utf-8")
                example.ask_until("bob", "bye")
                self.assertEqual(example.end(), (0, ""))

    def test_files_that_the_docs_show(self):
        text = (ROOT / "docs/guides/files.md").read_text(encoding="utf-8")
        blocks = re.findall(r"```(?:yaml|json)\n(.*?)```", text, re.S)
        self.assertEqual(len(blocks), 2)
        for block in blocks:
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder, "flags")
                path.write_text(block, encoding="utf-8")
                with self.running("from_files", path) as example:
                    self.assertEqual((example.ask("alice"), example.ask("bob")), ("hello", "hello, bob"))

    def test_lambda_handler(self):
        self.filled([flag("new-checkout")])
        with self.running("lambda_handler") as example:
            self.assertEqual(example.ask('{"kind":"user","key":"bob"}'), '{"newCheckout":true,"told":true}')
            self.assertEqual(example.ask("nobody"), '{"error":"no context"}')
            self.assertEqual(example.end(), (0, ""))

    def test_lambda_handler_has_told_when_it_answers(self):
        self.filled([flag("new-checkout")])
        with (MockLaunchDarkly() as mock,
              self.running("lambda_handler", mock.url, LAUNCHDARKLY_SDK_KEY=KEY) as example):
            # On a busy machine half a second may be too short; then the next answer has it.
            example.ask_until('{"kind":"user","key":"bob"}', '{"newCheckout":true,"told":true}')
            self.assertIn("summary", [e["kind"] for payload in mock.payloads for e in payload])
            self.assertEqual([path for method, path, _ in mock.requests if method == "GET"], [])

    def test_events(self):
        with MockLaunchDarkly([flag("new-checkout")]) as mock:
            self.assertEqual(self.example("events", mock.url, LAUNCHDARKLY_SDK_KEY=KEY), "LaunchDarkly knows\n")
            identify, = mock.events("identify")
            custom, = mock.events("custom")
            summary, = mock.events("summary")
            _, headers = mock.request("POST", "/bulk")
        self.assertEqual(identify["context"], {
            "kind": "user", "key": "bob", "address": {"city": "Springfield"},
            "_meta": {"redactedAttributes": identify["context"]["_meta"]["redactedAttributes"]}})
        self.assertEqual(sorted(identify["context"]["_meta"]["redactedAttributes"]),
                         ["/address/street", "email", "salary"])
        self.assertEqual((custom["key"], custom["data"], custom["metricValue"]), ("purchase", {"items": 3}, 59.9))
        self.assertEqual(summary["features"]["new-checkout"]["counters"][0]["count"], 1)
        self.assertEqual(headers["Content-Encoding"], "gzip")

    def test_hooks(self):
        self.assertRegex(self.example("hooks"),
                         r'^StringVariation of banner gave "hello" in \d+ us\ntracked shown\n$')

    def test_migration(self):
        self.assertEqual(self.example("migration"), "new database: 3 apples\n")

    def test_network(self):
        with MockLaunchDarkly([flag("a")]) as mock:
            out = self.example("network", "http://launchdarkly.invalid", mock.url, LAUNCHDARKLY_SDK_KEY=KEY)
            _, headers = mock.request("GET", "http://launchdarkly.invalid/sdk/latest-all")
        self.assertEqual(out, '{"a":true}\n')
        self.assertEqual(headers["X-LaunchDarkly-Tags"], "application-id/shop application-version/1.4.2")

    def test_every_example_is_tested(self):
        tests = pathlib.Path(__file__).read_text(encoding="utf-8")
        for path in (ROOT / "examples").glob("*.cpp"):
            self.assertRegex(tests, rf'(example|running)\("{path.stem}"')


if __name__ == "__main__":
    unittest.main()

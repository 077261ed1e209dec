"""Bad input of every kind: a clear error on stderr, the right exit code, and nothing lost."""
import json
import os
import tempfile
import time
import unittest

from support import USER, BadServer, LocalServer, clean_environment, flag, run

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "verysecretkey"}


class UsageTest(unittest.TestCase):
    def check(self, *arguments, expect, code=2, **env):
        outcome = run(*arguments, env=clean_environment(**env))
        self.assertEqual((outcome.code, outcome.out), (code, ""), outcome)
        self.assertIn(expect, outcome.err)
        return outcome

    def test_no_command(self):
        self.check(expect="subcommand")
        self.check("table", expect="table: a subcommand")
        self.check("get", "frobnicate", "a", expect="frobnicate")

    def test_unknown_command_and_option(self):
        self.check("frobnicate", expect="frobnicate")
        self.check("flags", "--frobnicate", expect="--frobnicate")

    def test_no_table(self):
        self.check("flags", expect="LDDYNAMO_TABLE")

    def test_unknown_output_and_level(self):
        self.check("flags", "--table", "t", "--output", "yaml", expect="--output: 'yaml'")
        self.check("flags", "--table", "t", expect="LDDYNAMO_OUTPUT: 'xml'", LDDYNAMO_OUTPUT="xml")
        self.check("flags", "--table", "t", "--log-level", "loud", expect="'loud'")

    def test_eval_without_flag_or_with_both(self):
        self.check("eval", "--table", "t", "--context", USER, expect="either FLAG or --all")
        self.check("eval", "a", "--all", "--table", "t", "--context", USER, expect="either FLAG or --all")
        self.check("eval", "a", "--table", "t", expect="--context")

    def test_bad_context(self):
        self.check("eval", "a", "--table", "t", "--context", "{", expect="--context: line 1, column 2")
        self.check("eval", "a", "--table", "t", "--context", '{"kind":"user"}', expect="key")
        self.check("eval", "a", "--table", "t", "--context", '{"kind":"us er","key":"x"}', expect="kind")

    def test_bad_default(self):
        self.check("eval", "a", "--table", "t", "--context", USER, "--default", "nope",
                   expect="--default: line 1, column")

    def test_bad_port(self):
        self.check("local", "--port", "70000", expect="port")

    def test_empty_data_file(self):
        self.check("local", "--port", "0", "--data", "", expect="--data: an empty file name")

    def test_prefix_with_dollar_or_colon(self):
        for prefix in ("a$b", "$", "a:b"):
            self.check("flags", "--table", "t", "--prefix", prefix, expect="prefix", AWS_REGION="eu-west-1",
                       **CREDENTIALS)

    def test_no_region(self):
        self.check("flags", "--table", "t", expect="region", **CREDENTIALS)

    def test_bad_region(self):
        self.check("flags", "--table", "t", "--region", "evil.example/", expect="region", **CREDENTIALS)

    def test_bad_endpoint(self):
        for url in ("ftp://127.0.0.1", "127.0.0.1:8000", "http://", "http://127.0.0.1:99999"):
            self.check("flags", "--table", "t", "--endpoint-url", url, "--region", "eu-west-1",
                       expect="endpoint", **CREDENTIALS)

    def test_no_credentials(self):
        outcome = self.check("flags", "--table", "t", "--region", "eu-west-1", expect="credentials",
                             code=4)
        for tried in ("environment", "profile"):
            self.assertIn(tried, outcome.err)

    def test_half_of_the_credentials(self):
        self.check("flags", "--table", "t", "--region", "eu-west-1", expect="AWS_SECRET_ACCESS_KEY",
                   code=4, AWS_ACCESS_KEY_ID="AKIDEXAMPLE")

    def test_missing_profile(self):
        self.check("flags", "--table", "t", "--region", "eu-west-1", "--profile", "nobody",
                   expect="nobody", code=4)

    def test_missing_file(self):
        for command in ("import", "diff"):
            self.check(command, "/nonexistent/flags.json", "--table", "t", "--region", "eu-west-1",
                       expect="/nonexistent/flags.json", code=2, **CREDENTIALS)
        self.check("import", "/", "--table", "t", "--region", "eu-west-1", expect="/", code=1,
                   **CREDENTIALS)


class BadDataTest(LocalServer):
    def check(self, text, expect):
        """The import fails, says why, and the table stays as it was."""
        self.filled([flag("kept")])
        before = sorted(map(str, self.rows()))
        outcome = self.run_("import", "-", stdin=text)
        self.assertEqual((outcome.code, outcome.out), (1, ""), outcome)
        self.assertIn(expect, outcome.err)
        self.assertEqual(sorted(map(str, self.rows())), before)

    def test_broken_json(self):
        self.check('{"flags": {\n  "a": {"key": "a",, }\n}}', "stdin: line 2, column ")

    def test_truncated_json(self):
        self.check('{"flags": {"a": {"key"', "line 1, column ")

    def test_empty_input(self):
        self.check("", "line 1, column 1")

    def test_no_object(self):
        self.check("[]", "stdin")

    def test_neither_flags_nor_segments(self):
        self.check('{"flag":{}}', "neither 'flags' nor 'segments'")

    def test_flags_of_the_wrong_type(self):
        self.check('{"flags":[]}', "'flags' must be an object")

    def test_key_that_differs(self):
        self.check('{"flags":{"a":{"key":"b","version":1}}}', "flags: 'a'")

    def test_version_of_the_wrong_type(self):
        self.check('{"flags":{"a":{"key":"a","version":"1"}}}', "version")

    def test_flag_that_no_sdk_can_read(self):
        self.check('{"flags":{"a":{"key":"a","version":1,"on":"yes"}}}', "on")

    def test_key_twice(self):
        self.check('{"flags":{"a":{"key":"a","version":1},"a":{"key":"a","version":2}}}', "twice")

    def test_long_key(self):
        key = "k" * 1025
        self.check(json.dumps({"flags": {key: {"key": key, "version": 1}}}), "1025 bytes")

    def test_empty_key(self):
        self.check('{"flags":{"":{"key":"","version":1}}}', "empty key")

    def test_deep_nesting(self):
        self.check('{"flags":{"a":' + "[" * 100000, "line 1, column ")


class OversizeTest(LocalServer):
    def test_flag_over_the_limit_is_named_and_the_rest_written(self):
        self.filled([flag("big", 1), flag("small", 1)])
        data = {"flags": {"big": flag("big", 2, description="x" * 400_000), "small": flag("small", 2)}}
        outcome = self.run_("import", "-", "--output", "json", stdin=json.dumps(data))
        self.assertEqual(outcome.code, 1, outcome)
        report = outcome.json()
        self.assertEqual((report["written"], report["deleted"]), (1, 0))
        self.assertEqual([(o["kind"], o["key"]) for o in report["oversize"]], [("features", "big")])
        self.assertIn("not written: features: big", outcome.err)
        flags = self.run_("export").json()["flags"]
        self.assertEqual((flags["big"]["version"], flags["small"]["version"]), (1, 2))

    def test_chunked_when_asked_to_up_to_a_limit_that_is_named(self):
        self.filled([flag("big", 1), flag("small", 1)])
        data = {"flags": {"big": flag("big", 2, description="x" * 400_000), "small": flag("small", 1),
                          "huge": flag("huge", 1, description="x" * 16_000_000)}}
        outcome = self.run_("import", "-", "--output", "json", stdin=json.dumps(data),
                            LDDYNAMO_CHUNK_OVERSIZE="true")
        self.assertEqual(outcome.code, 1, outcome)
        self.assertEqual(outcome.json()["written"], 1)
        self.assertIn("not written: features: huge: its text has", outcome.err)
        self.assertIn("limit of 16000000", outcome.err)
        del data["flags"]["huge"]
        outcome = self.run_("export", "--chunk-oversize")
        self.assertEqual((outcome.code, outcome.json()["flags"]), (0, data["flags"]), outcome.err)
        self.assertEqual(self.run_("get", "flag", "big", "--chunk-oversize").json()["version"], 2)
        self.assertEqual(self.run_("get", "flag", "big").json()["version"], 1)
        outcome = self.run_("flags", LDDYNAMO_CHUNK_OVERSIZE="yes")
        self.assertEqual(outcome.code, 2)
        self.assertIn("LDDYNAMO_CHUNK_OVERSIZE: 'yes' is neither true nor false", outcome.err)
        outcome = self.run_("flags", LDDYNAMO_REGION_FROM_INSTANCE="yes")
        self.assertEqual(outcome.code, 2)
        self.assertIn("LDDYNAMO_REGION_FROM_INSTANCE: 'yes' is neither true nor false", outcome.err)

    def test_a_flag_wins_over_its_variable(self):
        big = flag("big", 1, description="x" * 400_000)
        self.done("table", "create")
        self.done("import", "-", "--chunk-oversize", stdin=json.dumps({"flags": {"big": big}}))
        for option, variable, code in (("--chunk-oversize", "false", 0), ("--chunk-oversize", "banana", 0),
                                       ("--chunk-oversize=true", "false", 0),
                                       ("--chunk-oversize=false", "true", 3),
                                       ("--chunk-oversize=false", "banana", 3)):
            outcome = self.run_("get", "flag", "big", option, LDDYNAMO_CHUNK_OVERSIZE=variable)
            self.assertEqual(outcome.code, code, (option, variable, outcome))
        # With no region anywhere, the instance metadata service would be asked.
        no_region = {"AWS_REGION": "", "AWS_EC2_METADATA_DISABLED": "false",
                     "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9", "LDDYNAMO_ENDPOINT_URL": ""}
        for option, variable, asked in (("--region-from-instance=false", "true", False),
                                        ("--region-from-instance=false", "banana", False),
                                        ("--region-from-instance", "false", True)):
            outcome = self.run_("flags", option, LDDYNAMO_REGION_FROM_INSTANCE=variable, **no_region)
            self.assertEqual("127.0.0.1:9" in outcome.err, asked, (option, variable, outcome))


class BadTableTest(LocalServer):
    def test_missing_table(self):
        for arguments in (("flags",), ("export",), ("get", "flag", "a"), ("import", "-"),
                          ("eval", "a", "--context", USER), ("eval", "--all", "--context", USER)):
            outcome = self.run_(*arguments, stdin='{"flags":{}}')
            self.assertEqual(outcome.code, 3, (arguments, outcome))
            self.assertIn(self.table, outcome.err)

    def test_other_keys(self):
        self.wire("CreateTable", TableName=self.table, BillingMode="PAY_PER_REQUEST",
                  KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                  AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
        outcome = self.run_("table", "create")
        self.assertEqual((outcome.code, outcome.out), (1, ""), outcome)
        self.assertIn("id", outcome.err)
        self.assertIn("namespace", outcome.err)
        outcome = self.run_("import", "-", stdin='{"flags":{"a":{"key":"a","version":1}}}')
        self.assertEqual((outcome.code, outcome.out), (1, ""), outcome)
        self.assertIn(self.table, outcome.err)
        self.assertEqual(self.rows(), [])

    def test_rows_of_the_wrong_type_do_not_hide_the_others(self):
        self.filled([flag("good")])
        self.put_row("features", "number", version={"N": "1"}, item={"N": "5"})
        self.put_row("features", "text", version={"S": "one"}, item={"S": "{}"})
        self.put_row("features", "broken", version={"N": "1"}, item={"S": "{"})
        outcome = self.run_("eval", "--all", "--context", USER)
        self.assertEqual(outcome.code, 0, outcome)
        self.assertIs(outcome.json()["good"], True)
        outcome = self.run_("get", "flag", "number")
        self.assertEqual((outcome.code, outcome.out), (1, ""), outcome)
        self.assertIn("number", outcome.err)


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return
        data += chunk


class BadServerTest(unittest.TestCase):
    def check(self, serve, expect, attempts="1"):
        with BadServer(serve) as server:
            env = clean_environment(AWS_REGION="eu-west-1", AWS_MAX_ATTEMPTS=attempts, **CREDENTIALS)
            started = time.monotonic()
            outcome = run("flags", "--table", "t", "--endpoint-url", server.url, env=env, timeout=30)
            elapsed = time.monotonic() - started
        self.assertEqual((outcome.code, outcome.out), (1, ""), outcome)
        self.assertIn(expect, outcome.err)
        self.assertNotIn("verysecretkey", outcome.err)
        self.assertLess(elapsed, 15, "the program must not hang")
        return server, outcome

    def test_down(self):
        with BadServer(lambda *_: None) as server:
            url = server.url
        env = clean_environment(AWS_REGION="eu-west-1", AWS_MAX_ATTEMPTS="2", **CREDENTIALS)
        outcome = run("flags", "--table", "t", "--endpoint-url", url, env=env)
        self.assertEqual((outcome.code, outcome.out), (1, ""), outcome)
        self.assertIn(url.split("//")[1], outcome.err)

    def test_hangs(self):
        self.check(lambda connection, stopped: stopped.wait(30), "timeout")

    def test_drips_a_byte_a_second(self):
        def serve(connection, stopped):
            read_request(connection)
            for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n":
                connection.sendall(bytes([byte]))
                if stopped.wait(1):
                    return
        self.check(serve, "timeout")

    def test_closes_mid_answer(self):
        def serve(connection, _):
            read_request(connection)
            connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"Items"')
        server, _ = self.check(serve, "connection", attempts="3")
        self.assertGreaterEqual(len(server.connections), 3, "it is a failure that is retried")

    def test_answers_html(self):
        def serve(connection, _):
            read_request(connection)
            body = b"<html><body>a captive portal</body></html>"
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: "
                               + str(len(body)).encode() + b"\r\n\r\n" + body)
        self.check(serve, "JSON")

    def test_answers_html_with_an_error_status(self):
        def serve(connection, _):
            read_request(connection)
            connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>")
        self.check(serve, "502")

    def test_is_no_http_server(self):
        def serve(connection, _):
            read_request(connection)
            connection.sendall(b"220 smtp.example ESMTP\r\n")
        self.check(serve, "HTTP")


class SecretsTest(LocalServer):
    def test_trace_log_has_no_secret(self):
        self.filled([flag("a")])
        outcome = self.run_("flags", "--log-level", "trace", AWS_SESSION_TOKEN="verysecrettoken")
        self.assertEqual(outcome.code, 0, outcome)
        self.assertNotIn("verysecrettoken", outcome.err)
        self.assertNotIn("Signature=", outcome.err)


class ProfileTest(LocalServer):
    def test_profile_gives_keys_and_region(self):
        with tempfile.TemporaryDirectory() as home:
            os.mkdir(os.path.join(home, ".aws"))
            with open(os.path.join(home, ".aws", "config"), "w", encoding="utf-8") as config:
                config.write("[profile dev]\nregion = eu-central-1\n")
            with open(os.path.join(home, ".aws", "credentials"), "w", encoding="utf-8") as credentials:
                credentials.write("[dev]\naws_access_key_id = AK\naws_secret_access_key = SK\n")
            env = clean_environment(HOME=home, LDDYNAMO_ENDPOINT_URL=self.url)
            outcome = run("table", "create", "--table", self.table, "--profile", "dev", env=env)
            self.assertEqual(outcome.code, 0, outcome)
            outcome = run("table", "describe", "--table", self.table,
                          env={**env, "AWS_PROFILE": "dev"})
            self.assertEqual(outcome.code, 0, outcome)


if __name__ == "__main__":
    unittest.main()

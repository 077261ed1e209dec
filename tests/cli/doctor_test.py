"""`lddynamo doctor`: what it finds, what it says, and that it neither writes nor hangs."""
import json
import socket
import time
import unittest

from support import BadServer, LocalServer, clean_environment, flag, run

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE1234", "AWS_SECRET_ACCESS_KEY": "verysecretkey"}
SETUP = ["region", "endpoint", "retry", "credentials", "connection", "clock"]
ROWS = ["marker", "rows", "layout", "size", "malformed", "references", "bigSegments", "foreign"]


def by_name(outcome):
    return {check["name"]: check for check in outcome.json()["checks"]}


class DoctorTest(LocalServer):
    def examine(self, code, *arguments, **extra):
        before = None
        try:
            before = sorted(map(str, self.rows()))
        except OSError:
            pass
        outcome = self.run_("doctor", "--output", "json", *arguments, **extra)
        self.assertEqual((outcome.code, outcome.err), (code, ""), outcome)
        if before is not None:
            self.assertEqual(sorted(map(str, self.rows())), before, "it only reads")
        text = self.run_("doctor", *arguments, **extra)
        self.assertEqual((text.code, text.err), (code, ""), text)
        checks = by_name(outcome)
        self.assertEqual(list(checks), SETUP + ["table"] + ROWS)
        for check in checks.values():
            self.assertIn(check["status"], ("ok", "warn", "fail", "skip"))
            self.assertTrue(check["summary"])
            if check["status"] == "fail":
                self.assertTrue(check["remedy"], check)
        return checks

    def failed(self, checks):
        return [name for name, check in checks.items() if check["status"] == "fail"]

    def test_healthy_table(self):
        self.filled([flag("a"), flag("b", prerequisites=[{"key": "a", "variation": 0}])], [{"key": "s", "version": 1}])
        checks = self.examine(0)
        self.assertEqual({check["status"] for check in checks.values()}, {"ok"})
        self.assertEqual(checks["region"]["details"], {"region": "eu-west-1", "source": "AWS_REGION"})
        self.assertEqual(checks["endpoint"]["details"]["source"], "LDDYNAMO_ENDPOINT_URL")
        self.assertEqual(checks["endpoint"]["details"]["url"].rstrip("/"), self.url)
        self.assertEqual(checks["credentials"]["details"],
                         {"source": "environment", "accessKeyId": "****", "expiresInSeconds": None,
                          "sessionToken": False})
        self.assertGreater(checks["connection"]["details"]["firstMs"], 0)
        self.assertEqual(checks["table"]["details"]["billingMode"], "PAY_PER_REQUEST")
        self.assertEqual(checks["marker"]["details"], {"initialized": True})
        self.assertEqual(checks["rows"]["details"],
                         {"flags": 2, "flagTombstones": 0, "segments": 1, "segmentTombstones": 0, "read": 3,
                          "cut": False})
        self.assertEqual(checks["layout"]["details"]["layout"], "official")

    def test_key_id_is_masked(self):
        self.filled([flag("a")])
        checks = self.examine(0, AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE", AWS_SESSION_TOKEN="verysecrettoken",
                              AWS_CREDENTIAL_EXPIRATION="2099-01-01T00:00:00Z")
        details = checks["credentials"]["details"]
        self.assertEqual((details["accessKeyId"], details["sessionToken"]), ("****MPLE", True))
        self.assertGreater(details["expiresInSeconds"], 1e9)
        for arguments in ((), ("--output", "json"), ("--log-level", "trace")):
            outcome = self.run_("doctor", *arguments, AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
                                AWS_SESSION_TOKEN="verysecrettoken")
            self.assertNotIn("AKIAIOSF", outcome.out)
            self.assertNotIn("verysecrettoken", outcome.out + outcome.err)

    def test_sources(self):
        self.filled([flag("a")])
        checks = self.examine(0, "--region", "eu-north-1")
        self.assertEqual(checks["region"]["details"], {"region": "eu-north-1", "source": "--region"})
        checks = self.examine(0, LDDYNAMO_ENDPOINT_URL="", AWS_ENDPOINT_URL=self.url, AWS_REGION="",
                              AWS_DEFAULT_REGION="eu-west-3")
        self.assertEqual(checks["region"]["details"]["source"], "AWS_DEFAULT_REGION")
        self.assertEqual(checks["endpoint"]["details"]["source"], "AWS_ENDPOINT_URL")

    def test_missing_table(self):
        checks = self.examine(1)
        self.assertEqual(self.failed(checks), ["table"])
        self.assertIn("table create", checks["table"]["remedy"])
        self.assertEqual({checks[name]["status"] for name in ROWS}, {"skip"})

    def test_no_table_is_named(self):
        checks = self.examine(1, LDDYNAMO_TABLE="")
        self.assertEqual(self.failed(checks), ["table"])
        self.assertIn("LDDYNAMO_TABLE", checks["table"]["remedy"])
        self.assertEqual({checks[name]["status"] for name in SETUP}, {"ok"})
        self.assertEqual({checks[name]["status"] for name in ROWS}, {"skip"})

    def test_table_with_other_keys(self):
        self.wire("CreateTable", TableName=self.table, BillingMode="PAY_PER_REQUEST",
                  KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                  AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
        checks = self.examine(1)
        self.assertEqual(self.failed(checks), ["table"])
        self.assertIn("namespace", checks["table"]["remedy"])
        self.assertIs(checks["table"]["details"]["rightKeys"], False)

    def test_not_initialized(self):
        self.done("table", "create")
        checks = self.examine(3)
        self.assertEqual(self.failed(checks), ["marker"])
        self.assertEqual(checks["layout"]["details"]["layout"], "empty")
        self.put_row("features", "bad", version={"N": "1"}, item={"S": "{"})
        self.assertEqual(self.failed(self.examine(1)), ["marker", "malformed"])

    def test_rows_that_need_care(self):
        self.filled([flag("a", prerequisites=[{"key": "none", "variation": 0}])])
        self.put_row("features", "o", version={"N": "1"}, on={"BOOL": True})
        self.put_row("features", "gone", version={"N": "4"}, item={"S": "null"})
        self.put_row("features", "stuck", item={"S": '{"key":"stuck","version":1}'})
        self.put_row("features", "big", version={"N": "1"},
                     item={"S": '{"key":"big","version":1,"x":"' + "x" * 310_000 + '"}'})
        checks = self.examine(0)
        layout = checks["layout"]["details"]
        self.assertEqual((layout["layout"], layout["older"], layout["withoutVersion"], layout["nullTombstones"]),
                         ("mixed", 1, 1, 1))
        self.assertEqual(checks["layout"]["status"], "warn")
        self.assertTrue(any("Java" in hint for hint in layout["writers"]))
        self.assertEqual([row["key"] for row in checks["size"]["details"]["large"]], ["big"])
        self.assertEqual(checks["references"]["details"]["missing"],
                         [{"kind": "features", "key": "a", "needsKind": "features", "needsKey": "none"}])
        self.assertEqual(checks["rows"]["details"]["flagTombstones"], 1)

    def test_malformed_rows(self):
        self.filled([flag("a")])
        self.put_row("features", "odd", version={"N": "1"}, item={"S": '{"key":"odd","version":1,"on":"yes"}'})
        self.put_row("segments", "b\x1b[31m", version={"S": "x"}, item={"S": "{}"})
        checks = self.examine(1)
        self.assertEqual(self.failed(checks), ["malformed"])
        self.assertEqual([(row["kind"], row["key"]) for row in checks["malformed"]["details"]["rows"]],
                         [("features", "odd"), ("segments", "b\x1b[31m")])
        self.assertNotIn("\x1b", self.run_("doctor").out)

    def test_foreign_rows(self):
        self.filled([flag("a")])
        self.put_row("other:features", "x")
        self.put_row("other:$inited", "other:$inited")
        self.put_row("relay", "id", item={"B": "AQID"})
        self.put_row("strange", "1")
        details = self.examine(0)["foreign"]["details"]
        self.assertEqual(details["prefixes"], [{"prefix": "other", "rows": 2}])
        self.assertEqual(details["namespaces"], [{"namespace": "relay", "what": "relayAutoConfig", "rows": 1},
                                                 {"namespace": "strange", "what": "unknown", "rows": 1}])
        self.assertEqual(details["scanned"], 6)

    def test_big_segments(self):
        self.filled([flag("a")], [{"key": "s", "version": 1, "unbounded": True, "generation": 1}])
        self.assertEqual(self.examine(0)["bigSegments"]["status"], "warn")
        now = int(time.time() * 1000)
        for age, status in ((0, "ok"), (3_600_000, "warn")):
            self.put_row("big_segments_metadata", "big_segments_metadata", synchronizedOn={"N": str(now - age)})
            self.assertEqual(self.examine(0)["bigSegments"]["status"], status)

    def test_max_rows(self):
        self.filled([flag(f"f{i}") for i in range(6)])
        checks = self.examine(0, "--max-rows", "4")
        self.assertIs(checks["rows"]["details"]["cut"], True)
        self.assertEqual(checks["rows"]["status"], "warn")
        self.assertEqual(checks["references"]["status"], "skip")
        self.assertIs(checks["foreign"]["details"]["cut"], True)
        for bad in ("0", "-1", "x"):
            outcome = self.run_("doctor", "--max-rows", bad)
            self.assertEqual((outcome.code, outcome.out), (2, ""), outcome)

    def test_no_credentials(self):
        self.filled([flag("a")])
        checks = self.examine(4, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
        self.assertEqual(self.failed(checks), ["credentials"])
        self.assertEqual(checks["connection"]["status"], "ok", "that can be found out all the same")

    def test_no_region(self):
        checks = self.examine(1, AWS_REGION="")
        self.assertEqual(self.failed(checks), ["region"])
        self.assertEqual(checks["credentials"]["status"], "ok")
        self.assertEqual(checks["connection"]["status"], "ok")

    def test_bad_prefix(self):
        outcome = self.run_("doctor", "--prefix", "a:b")
        self.assertEqual((outcome.code, outcome.out), (2, ""), outcome)


def answering(error_of):
    """A server for BadServer: an empty DynamoDB, but for the operations for which `error_of` names an error."""
    def serve(connection, _):
        stream = connection.makefile("rb")
        while True:
            lines = iter(lambda: stream.readline().rstrip(b"\r\n").decode(), "")
            head = list(lines)
            if not head:
                return
            headers = dict(line.lower().split(": ", 1) for line in head[1:])
            stream.read(int(headers.get("content-length", "0")))
            operation = next((line.rsplit(".", 1)[1] for line in head if line.lower().startswith("x-amz-target")), "")
            error = error_of(operation) if operation else ""
            body = json.dumps({"__type": f"com.amazon.coral.service#{error}", "message": "no"} if error else {}).encode()
            connection.sendall(f"HTTP/1.1 {400 if error else 200} X\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                               + body)
    return serve


class UnreachableTest(unittest.TestCase):
    def examine(self, url, code=1):
        env = clean_environment(AWS_REGION="eu-west-1", AWS_MAX_ATTEMPTS="1", **CREDENTIALS)
        outcome = run("doctor", "--table", "flags", "--endpoint-url", url, "--output", "json", env=env, timeout=60)
        self.assertEqual((outcome.code, outcome.err), (code, ""), outcome)
        return by_name(outcome)

    def test_nothing_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        checks = self.examine(f"http://127.0.0.1:{port}")
        self.assertEqual(checks["connection"]["status"], "fail")
        self.assertEqual(checks["table"]["status"], "skip")

    def test_server_that_hangs(self):
        with BadServer(lambda connection, stopped: stopped.wait(60)) as server:
            checks = self.examine(server.url)
        self.assertEqual(checks["connection"]["status"], "fail")

    def test_credentials_that_the_service_refuses(self):
        with BadServer(answering(lambda operation: "UnrecognizedClientException")) as server:
            checks = self.examine(server.url, code=4)
        self.assertEqual(checks["credentials"]["status"], "ok", "as far as this machine knows")
        self.assertEqual(checks["table"]["status"], "fail")
        self.assertIn("credentials", checks["table"]["remedy"])

    def test_permissions_that_only_doctor_needs(self):
        denied = ("DescribeTable", "Scan")
        with BadServer(answering(lambda operation: "AccessDeniedException" if operation in denied else "")) as server:
            checks = self.examine(server.url, code=3)
        self.assertEqual((checks["table"]["status"], checks["foreign"]["status"]), ("warn", "warn"))
        self.assertIn("dynamodb:DescribeTable", checks["table"]["remedy"])
        self.assertIn("dynamodb:Scan", checks["foreign"]["remedy"])
        self.assertEqual(checks["rows"]["status"], "ok")

    def test_permissions_that_every_reader_needs(self):
        with BadServer(answering(lambda operation: "" if operation == "GetItem" else "AccessDeniedException")) as server:
            checks = self.examine(server.url)
        self.assertEqual(checks["rows"]["status"], "fail", checks)
        self.assertIn("dynamodb:Query", checks["rows"]["remedy"])
        self.assertEqual(list(checks), SETUP + ["table"] + ROWS)

    def test_captive_portal_with_another_clock(self):
        def serve(connection, _):
            while connection.recv(65536):
                connection.sendall(b"HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2015 00:00:00 GMT\r\n"
                                   b"Content-Length: 6\r\n\r\n<html>")
        with BadServer(serve) as server:
            checks = self.examine(server.url)
        self.assertEqual(checks["clock"]["status"], "warn")
        self.assertLess(checks["clock"]["details"]["skewSeconds"], -1e8)
        self.assertEqual(checks["table"]["status"], "fail")


if __name__ == "__main__":
    unittest.main()

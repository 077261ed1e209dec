"""Faults that `lddynamo local` has on request, as a client sees them."""
import http.client
import json
import socket
import unittest
import urllib.error
import urllib.request
import zlib

from support import LocalServer, run


class LocalFaultsTest(LocalServer):
    arguments = ("--fault-control",)

    def setUp(self):
        super().setUp()
        self.faults({})
        self.done("table", "create")

    def tearDown(self):
        self.faults({})

    def faults(self, settings=None):
        body = None if settings is None else json.dumps(settings).encode()
        with urllib.request.urlopen(self.url + "/_lddynamo/faults", body, timeout=10) as answer:
            return json.load(answer)

    def put(self, key):
        self.put_row("flags", key)

    def keys(self):
        self.faults({})
        return {row["key"]["S"] for row in self.rows()}

    def test_throttle(self):
        self.faults({"throttle": 1})
        for _ in range(3):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                self.put("a")
            self.assertEqual(caught.exception.code, 400)
            self.assertRegex(json.load(caught.exception)["__type"],
                             "ProvisionedThroughputExceededException|ThrottlingException")
        self.assertEqual(self.faults()["done"]["throttle"], 3)
        self.assertEqual(self.keys(), set())

    def test_reset(self):
        self.faults({"reset": 1, "operations": ["PutItem"]})
        for i in range(8):
            with self.assertRaises((ConnectionResetError, urllib.error.URLError)):
                self.put(f"k{i}")
        self.assertTrue(0 < len(self.keys()) < 8)

    def test_drop(self):
        self.faults({"drop": 1})
        address = self.url.rsplit("/", 1)[-1].split(":")
        connection = http.client.HTTPConnection(address[0], int(address[1]), timeout=0.2)
        connection.request("POST", "/", "{}", {"X-Amz-Target": "DynamoDB_20120810.ListTables"})
        with self.assertRaises(socket.timeout):
            connection.getresponse()
        connection.close()

    def test_half(self):
        self.faults({"half": 1})
        with self.assertRaises((http.client.IncompleteRead, json.JSONDecodeError)):
            self.wire("ListTables")

    def test_crc(self):
        for share in (0, 1):
            self.faults({"crc": share})
            request = urllib.request.Request(
                self.url, b"{}", {"X-Amz-Target": "DynamoDB_20120810.ListTables"})
            with urllib.request.urlopen(request, timeout=10) as answer:
                same = int(answer.headers["x-amz-crc32"]) == zlib.crc32(answer.read())
            self.assertEqual(same, share == 0)

    def test_unprocessed(self):
        self.faults({"unprocessed": 1})
        writes = [{"PutRequest": {"Item": {"namespace": {"S": "n"}, "key": {"S": str(i)}}}}
                  for i in range(25)]
        rounds = 0
        while writes:
            answer = self.wire("BatchWriteItem", RequestItems={self.table: writes})
            left = answer["UnprocessedItems"].get(self.table, [])
            self.assertLess(len(left), len(writes))
            writes = left
            rounds += 1
        self.assertGreater(rounds, 1)
        self.assertEqual(len(self.keys()), 25)

    def test_bad_settings(self):
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.faults({"throttle": 2})
        self.assertEqual(caught.exception.code, 400)
        self.assertIn("throttle", json.load(caught.exception)["error"])
        outcome = run("local", "--port", "0", "--fault", "throttel=1")
        self.assertEqual(outcome.code, 2)
        self.assertIn("throttel", outcome.err)


if __name__ == "__main__":
    unittest.main()

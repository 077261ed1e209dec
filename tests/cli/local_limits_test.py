"""`lddynamo local` with clients that want too much, and at once."""
import http.client
import json
import re
import socket
import unittest

from support import LocalServer, run

LIST = (b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\n"
        b"Content-Type: application/x-amz-json-1.0\r\nContent-Length: 2\r\n\r\n{}")


class LocalLimitsTest(LocalServer):
    arguments = ("--table", "made-at-start")

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", int(self.url.rsplit(":", 1)[1])), timeout=30)
        self.addCleanup(connection.close)
        return connection

    def peak_memory(self):
        """In MB."""
        with open(f"/proc/{self.server.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) / 1024

    @staticmethod
    def read(connection, count):
        """So many answers."""
        text = b""
        while text.count(b"HTTP/1.1 ") < count or not text.endswith(b"}"):
            chunk = connection.recv(65536)
            if not chunk:
                break
            text += chunk
        return text

    def test_table_of_the_command_line(self):
        self.assertEqual(self.wire("ListTables"), {"TableNames": ["made-at-start"]})
        description = self.wire("DescribeTable", TableName="made-at-start")["Table"]
        self.assertEqual([key["AttributeName"] for key in description["KeySchema"]], ["namespace", "key"])
        outcome = run("local", "--port", "0", "--table", "a b")
        self.assertEqual(outcome.code, 2, outcome)
        self.assertIn("regular expression", outcome.err)

    def test_pipelined_requests(self):
        connection = self.connect()
        connection.sendall(LIST * 200)
        self.assertEqual(self.read(connection, 200).count(b"HTTP/1.1 200 OK"), 200)

    def test_many_connections(self):
        connections = [self.connect() for _ in range(500)]
        for connection in connections:
            connection.sendall(LIST)
        for connection in connections:
            self.assertTrue(self.read(connection, 1).startswith(b"HTTP/1.1 200"))

    def test_huge_requests(self):
        for _ in range(6):
            connection = http.client.HTTPConnection("127.0.0.1", int(self.url.rsplit(":", 1)[1]), timeout=30)
            body = b'{"TableName":"' + b"x" * (16 << 20) + b'"}'
            try:
                connection.request("POST", "/", body, {"X-Amz-Target": "DynamoDB_20120810.GetItem"})
                self.assertEqual(connection.getresponse().status, 413)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused while it was sending
            connection.close()
        self.assertIn("SerializationException", self.wire_text(b"[" * (1 << 20)))
        connection = self.connect()
        connection.sendall(b"POST / HTTP/1.1\r\nX: " + b"y" * (1 << 20))
        self.assertIn(b" 431 ", connection.recv(100))
        self.assertIn("TableNames", self.wire("ListTables"))
        self.assertLess(self.peak_memory(), 600)

    def wire_text(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", int(self.url.rsplit(":", 1)[1]), timeout=30)
        connection.request("POST", "/", body, {"X-Amz-Target": "DynamoDB_20120810.GetItem"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer["__type"]

    def test_half_bodies_of_many(self):
        """Nobody finishes; all together would be 3 GB."""
        connections = [self.connect() for _ in range(200)]
        for connection in connections:
            try:
                connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 16000000\r\n\r\n" + b" " * 4000000)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused while it was sending
        self.assertIn("TableNames", self.wire("ListTables"))
        for connection in connections:
            connection.close()
        self.assertLess(self.peak_memory(), 600)


if __name__ == "__main__":
    unittest.main()

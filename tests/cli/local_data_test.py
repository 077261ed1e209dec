"""`lddynamo local --data FILE`: nothing that was acknowledged is lost, whenever the server is killed."""
import http.client
import json
import os
import random
import resource
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from support import PROGRAM, clean_environment

ROUNDS = 12
WRITERS = 4


class Server:
    """A server that is killed, not stopped."""

    def __init__(self, data, limit=None):
        def before():
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        self.process = subprocess.Popen(
            [PROGRAM, "local", "--port", "0", "--data", data], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=clean_environment(), preexec_fn=before)
        line = self.process.stdout.readline().decode()
        if not line.startswith("listening on http://127.0.0.1:"):
            self.process.wait(timeout=10)
            raise RuntimeError(self.end())
        self.port = int(line.rsplit(":", 1)[1])
        self.clients = []

    def client(self):
        self.clients.append(Client(self.port))
        return self.clients[-1]

    def end(self):
        errors = self.process.stderr.read().decode()
        self.process.stdout.close()
        self.process.stderr.close()
        return errors

    def kill(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        self.process.wait(timeout=10)
        for client in self.clients:
            client.connection.close()
        return self.end()


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def call(self, operation, **body):
        """Status and JSON."""
        self.connection.request("POST", "/", json.dumps(body),
                                {"X-Amz-Target": f"DynamoDB_20120810.{operation}"})
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())

    def done(self, operation, **body):
        status, answer = self.call(operation, **body)
        if status != 200:
            raise AssertionError(f"{operation}: {status} {answer}")
        return answer

    def create(self):
        self.done("CreateTable", TableName="tab", BillingMode="PAY_PER_REQUEST",
                  KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                  AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])

    def number(self, key):
        item = self.done("GetItem", TableName="tab", Key={"k": {"S": key}}, ConsistentRead=True).get("Item")
        return int(item["n"]["N"]) if item else 0


def row(key, number, size=0):
    return {"k": {"S": key}, "n": {"N": str(number)}, "v": {"S": "x" * size}}


class Writer(threading.Thread):
    """Counts up three rows: one by PutItem and two by a transaction, until the server is gone."""

    def __init__(self, client, name, sent, acknowledged):
        super().__init__()
        self.client, self.key, self.sent, self.acknowledged = client, name, sent, acknowledged
        self.rounds = 0

    def run(self):
        client = self.client
        try:
            while True:
                self.sent += 1
                size = 300000 if self.sent % 2 else 100  # the file is written anew now and then
                client.done("PutItem", TableName="tab", Item=row(self.key, self.sent, size))
                client.done("TransactWriteItems", TransactItems=[
                    {"Put": {"TableName": "tab", "Item": row(f"{self.key}-{half}", self.sent, size // 3)}}
                    for half in "ab"])
                self.acknowledged = self.sent
                self.rounds += 1
        except (OSError, http.client.HTTPException):
            pass


class LocalDataTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.data = os.path.join(directory.name, "tables")

    def test_kill_at_any_moment(self):
        rng = random.Random(3)
        server = Server(self.data)
        server.client().create()
        numbers = {f"w{i}": (0, 0) for i in range(WRITERS)}  # sent, acknowledged
        kept = 0
        largest = 0
        for _ in range(ROUNDS):
            writers = [Writer(server.client(), key, *known) for key, known in numbers.items()]
            for writer in writers:
                writer.start()
            time.sleep(rng.uniform(0.02, 0.3))
            server.process.kill()
            for writer in writers:
                writer.join()
            server.kill()
            largest = max(largest, os.path.getsize(self.data))
            server = Server(self.data)
            client = server.client()
            for writer in writers:
                number = client.number(writer.key)
                self.assertIn(number, range(writer.acknowledged, writer.sent + 1))
                pair = {client.number(f"{writer.key}-{half}") for half in "ab"}
                self.assertEqual(len(pair), 1, "a transaction is kept as a whole")
                self.assertIn(min(pair), range(writer.acknowledged, writer.sent + 1))
                kept += writer.rounds
                numbers[writer.key] = (writer.sent, writer.acknowledged)
        print(f"{ROUNDS} kills, {kept} acknowledged rounds of writes, none lost; "
              f"largest file {largest} bytes")
        self.assertGreater(kept, 0)
        server.kill(signal.SIGTERM)

    def test_full_disk(self):
        server = Server(self.data, limit=3000)
        client = server.client()
        client.create()
        acknowledged = []
        for i in range(100):
            status, answer = client.call("PutItem", TableName="tab", Item=row(f"r{i}", i, 100))
            if status != 200:
                self.assertEqual(status, 500)
                self.assertIn("InternalServerError", answer["__type"])
                break
            acknowledged.append(f"r{i}")
        self.assertTrue(3 < len(acknowledged) < 100)
        rows = {item["k"]["S"] for item in client.done("Scan", TableName="tab")["Items"]}
        self.assertEqual(rows, set(acknowledged), "a refused write changes nothing")
        self.assertIn("File too large", server.kill())
        server = Server(self.data)
        client = server.client()
        rows = {item["k"]["S"] for item in client.done("Scan", TableName="tab")["Items"]}
        self.assertEqual(rows, set(acknowledged))
        client.done("PutItem", TableName="tab", Item=row("more", 1))
        server.kill()

    def test_one_process_at_a_time(self):
        server = Server(self.data)
        with self.assertRaisesRegex(RuntimeError, "another process uses this data file"):
            Server(self.data)
        server.kill()

    def test_other_file(self):
        with open(self.data, "w", encoding="ascii") as stream:
            stream.write("precious\n")
        with self.assertRaisesRegex(RuntimeError, "offset 0: not a data file of lddynamo local"):
            Server(self.data)
        with open(self.data, encoding="ascii") as stream:
            self.assertEqual(stream.read(), "precious\n")

    def test_cut_tail_is_told(self):
        server = Server(self.data)
        client = server.client()
        client.create()
        client.done("PutItem", TableName="tab", Item=row("a", 1))
        client.done("PutItem", TableName="tab", Item=row("b", 1))
        server.kill()
        os.truncate(self.data, os.path.getsize(self.data) - 3)
        server = Server(self.data)
        self.assertEqual(server.client().number("a"), 1)
        self.assertEqual(server.client().number("b"), 0)
        self.assertIn("unfinished record", server.kill())


if __name__ == "__main__":
    unittest.main()

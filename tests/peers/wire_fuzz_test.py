"""Requests that nobody should send: each must be answered, never with 5xx, and cost neither time nor memory.

LDDYNAMO_PROGRAM=build/dev/apps/lddynamo/lddynamo build/python/bin/python3 -m unittest wire_fuzz_test
WIRE_FUZZ_REQUESTS (3000) and WIRE_FUZZ_SEED change the random part.
"""
import copy
import json
import os
import random
import unittest

import botocore.loaders
from differential.generator import TABLES, Generator, create_table_body
from differential.servers import start_ours
from local_server import PROGRAM

WRONG = [None, True, False, 0, -1, 1.5, 10**30, 1e300, -0.0, "", "x", "é\x00", "\U0001F600" * 50, [], {}, [[]], [{}], [None],
         {"": None}, {"S": {}}, {"S": "x"}, {"N": "1" * 5000}, {"N": "1e" + "9" * 300}, {"N": "1e-99999999999999999999"},
         {"B": "=" * 8}, {"L": [{"L": []}] * 50}, "9" * 10000, ["x"] * 300]
MEMORY_LIMIT = 1 << 30  # far more than it takes, far less than what a request could ask for


def places(value, path=()):
    """The path of every member of some JSON."""
    if isinstance(value, dict):
        for name in value:
            yield path + (name,)
            yield from places(value[name], path + (name,))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield path + (number,)
            yield from places(one, path + (number,))


def replaced(value, path, new):
    value = copy.deepcopy(value)
    holder = value
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = new
    return value


class WireFuzz(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = start_ours(PROGRAM)
        cls.addClassCleanup(cls.server.stop)
        for table in TABLES:
            assert cls.server.send("CreateTable", create_table_body(table)).ok

    def memory(self):
        """The most memory the server has ever had, in bytes."""
        with open(f"/proc/{self.server.process.process.pid}/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))

    def send(self, operation, body, statuses=(200, 400, 413)):
        answer = self.server.send(operation, body)
        shown = body[:300] if isinstance(body, bytes) else json.dumps(body)[:1000]
        self.assertIn(answer.status, statuses, f"{operation} {shown}: {answer}")
        self.assertNotIn("unreadable", answer.body, f"{operation} {shown}")
        self.assertTrue(answer.ok or answer.type, f"{operation} {shown}: {answer}")
        return answer

    def tearDown(self):
        self.assertIsNone(self.server.process.process.poll(), "the server ended")
        self.assertTrue(self.server.send("ListTables", {}).ok)
        if "asan" not in PROGRAM:  # whose memory is another matter
            self.assertLess(self.memory(), MEMORY_LIMIT)

    def test_malformed_json(self):
        good = b'{"TableName":"plain","Key":{"h":{"S":"x"}}}'
        for text in [good[:n] for n in range(len(good))] + [
                b"", b" ", b"null", b"[]", b"1", b'"x"', b"{}{}", good + b"x", b'{"TableName":"plain",}', b"{'a':1}", b'{"a":NaN}',
                b'{"a":01}', b'{"a":1e}', b'{"\xff":1}', b'{"a":"\xc3\x28"}', b'{"a":"\\ud800"}', b'{"a":"\\u12"}', b'{"a":"\x01"}',
                b"\xef\xbb\xbf{}", good.decode().encode("utf-16"), b'{"TableName":"a","TableName":"b"}', b"\x00" * 100, b"{" * 1000]:
            answer = self.send("GetItem", text, (400,))
            self.assertIn(answer.type, ("SerializationException", "ValidationException", "ResourceNotFoundException"), text)

    def test_deep_nesting(self):
        for depth in (31, 32, 33, 100, 1000, 100_000, 1_000_000):
            for opening, inner, closing in ((b'{"L":[', b'{"S":"x"}', b"]}"), (b'{"M":{"a":', b'{"S":"x"}', b"}}"), (b"[", b"", b"]"),
                                            (b'{"a":', b"1", b"}")):
                if depth * len(opening + closing) > 12_000_000:
                    continue
                value = opening * depth + inner + closing * depth
                self.send("PutItem", b'{"TableName":"plain","Item":{"h":{"S":"deep"},"a":' + value + b"}}")
                self.send("Scan", b'{"TableName":"plain","Unknown":' + value + b"}")
        for depth in (10, 300, 1300):
            for expression in ("(" * depth + "a = a" + ")" * depth, "NOT " * depth + "attribute_exists(a)", "a" + ".a" * depth,
                               "a" + "[0]" * depth, " AND ".join(["attribute_exists(a)"] * depth), "size(" * depth + "a" + ")" * depth):
                self.send("Scan", {"TableName": "plain", "FilterExpression": expression})
                self.send("GetItem", {"TableName": "plain", "Key": {"h": {"S": "x"}}, "ProjectionExpression": expression})
            for expression in ("SET a = " + "(" * depth + "b" + ")" * depth, "SET a = " + "if_not_exists(b, " * depth + "b" + ")" * depth,
                               "SET " + ", ".join(f"a{n} = b" for n in range(depth)), "REMOVE a" + "[999999999]" * depth):
                self.send("UpdateItem", {"TableName": "plain", "Key": {"h": {"S": "x"}}, "UpdateExpression": expression})

    def test_huge(self):
        key = {"h": {"S": "huge"}}
        for number in ("1" * 100_000, "0." + "0" * 100_000 + "1", "1e" + "9" * 1000, "-1e-" + "9" * 1000, "1e9223372036854775807",
                       "1e-9223372036854775808", "0e" + "9" * 100, "0" * 100_000, "." * 10, "1" + "0" * 125, "1e125"):
            self.send("PutItem", {"TableName": "plain", "Item": {**key, "n": {"N": number}}})
            self.send("PutItem", {"TableName": "plain", "Item": {**key, "n": {"NS": [number, "1"]}}})
            self.send("UpdateItem", {"TableName": "plain", "Key": key, "UpdateExpression": "ADD n :n",
                                     "ExpressionAttributeValues": {":n": {"N": number}}})
            self.send("Scan", b'{"TableName":"plain","Limit":' + number.encode() + b"}")
            self.send("Scan", {"TableName": "plain", "FilterExpression": f"a[{number}] = a[0]"})
        self.send("PutItem", {"TableName": "plain", "Item": {**key, "b": {"B": "QUFB" * 1_000_000}}}, (400,))
        self.send("PutItem", {"TableName": "plain", "Item": {**key, "l": {"L": [{"NULL": True}] * 300_000}}}, (400,))
        self.send("PutItem", b'{"TableName":"plain","Item":{"h":{"S":"' + b"x" * (15 << 20) + b'"}}}', (400,))
        self.send("PutItem", b'{"TableName":"' + b"x" * (15 << 20) + b'"}', (400,))
        self.send("BatchGetItem", {"RequestItems": {f"table{n}": {"Keys": [key] * 100} for n in range(200)}}, (400,))
        self.send("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "plain", "Item": key}}] * 5000}, (400,))
        self.send("Scan", {"TableName": "plain", "FilterExpression": "a = :a", "ExpressionAttributeValues": {
            f":a{n}": {"S": "x"} for n in range(50_000)}}, (400,))

    def test_wrong_shapes_for_every_field(self):
        """Everything that AWS's model names, of every wrong kind."""
        loader = botocore.loaders.Loader()
        model = loader.load_service_model("dynamodb", "service-2")
        tried = 0
        for operation, description in sorted(model["operations"].items()):
            members = model["shapes"][description["input"]["shape"]].get("members", {})
            for name in members:
                for wrong in WRONG:
                    self.send(operation, {"TableName": "plain", "Key": {"h": {"S": "x"}}, name: wrong}, (200, 400))
                    tried += 1
        self.assertGreater(tried, 3000)
        self.setUpAgain()

    def setUpAgain(self):
        """Tables may have come and gone."""
        for table in self.server.send("ListTables", {}).body["TableNames"]:
            self.server.send("DeleteTable", {"TableName": table})
        for table in TABLES:
            self.send("CreateTable", create_table_body(table), (200,))

    def test_random_requests_with_something_wrong(self):
        rng = random.Random(int(os.environ.get("WIRE_FUZZ_SEED", "1")))
        generator = Generator(rng)
        for _ in range(int(os.environ.get("WIRE_FUZZ_REQUESTS", "3000"))):
            operation, body = generator.next()
            for _ in range(rng.choice([1, 1, 2, 3])):
                found = list(places(body))
                if found:
                    body = replaced(body, rng.choice(found), copy.deepcopy(rng.choice(WRONG)))
            if rng.random() < 0.2:
                text = bytearray(json.dumps(body).encode())
                for _ in range(rng.randint(1, 4)):
                    if text:
                        text[rng.randrange(len(text))] = rng.choice(b'{}[]",:\\0e-\xff\x00 a')
                body = bytes(text)
            self.send(operation, body)

    def test_targets(self):
        for target in ("", "GetItem", "DynamoDB_20120810", "DynamoDB_20120810.", "DynamoDB_20120810.Fly", "x" * 5000,
                       "DynamoDB_20111205.GetItem", "DynamoDBStreams_20120810.ListStreams", "é"):
            answer = self.server.send("ListTables", {}, {"X-Amz-Target": target.encode("latin-1")})
            self.assertEqual(answer.status, 400, target)
            self.assertEqual(answer.type, "UnknownOperationException")


if __name__ == "__main__":
    unittest.main()

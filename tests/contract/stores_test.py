"""A client with a DynamoDB: in daemon mode, and keeping the table up to date."""
import json
import unittest

from service_case import LocalServer, ServiceCase, flag

TABLE = "sdk-contract-tests"


class StoreTest(ServiceCase, LocalServer):
    flags = [flag("a", version=2, variations=["new", "x"])]

    def setUp(self):
        super().setUp()
        keys = [("namespace", "HASH"), ("key", "RANGE")]
        self.wire("CreateTable", TableName=TABLE, BillingMode="PAY_PER_REQUEST",
                  AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n, _ in keys],
                  KeySchema=[{"AttributeName": n, "KeyType": t} for n, t in keys])
        self.addCleanup(self.wire, "DeleteTable", TableName=TABLE)

    def put(self, item, prefix=""):
        self.wire("PutItem", TableName=TABLE, Item={
            "namespace": {"S": prefix + "features"}, "key": {"S": item["key"]},
            "version": {"N": str(item["version"])}, "item": {"S": json.dumps(item)}})

    def rows(self):
        """Versions by namespace and key."""
        return {(row["namespace"]["S"], row["key"]["S"]): row.get("version", {}).get("N")
                for row in self.wire("Scan", TableName=TABLE)["Items"]}

    def store(self, mode, prefix=None, ttl=None):
        return {"store": {"type": "dynamodb", "prefix": prefix, "dsn": self.url},
                "cache": {"mode": mode, "ttl": ttl}}

    def daemon(self, *store, **more):
        return self.create(streaming=None, persistentDataStore=self.store(*store, **more))

    def string(self, client, key="a"):
        return self.value(client, key, "string", "default")

    def test_daemon_mode_reads_the_table_and_calls_nobody(self):
        self.put(flag("a", variations=["stored", "x"]))
        client = self.daemon("off")
        self.assertEqual(self.string(client), "stored")
        missing = self.evaluate(client, "b", "string", "default", detail=True)
        self.assertEqual(missing["reason"], {"kind": "ERROR", "errorKind": "FLAG_NOT_FOUND"})
        self.put(flag("a", version=2, variations=["changed", "x"]))
        self.assertEqual(self.string(client), "changed")
        self.assertEqual(self.mock.requests, [])

    def test_daemon_mode_keeps_to_its_prefix(self):
        self.put(flag("a", variations=["plain", "x"]))
        self.put(flag("a", variations=["prefixed", "x"]), prefix="mine:")
        self.assertEqual(self.string(self.daemon("off", "mine")), "prefixed")

    def test_daemon_mode_caches_as_told(self):
        self.put(flag("a", variations=["old", "x"]))
        forever, briefly = self.daemon("infinite"), self.daemon("ttl", ttl=1)
        self.assertEqual((self.string(forever), self.string(briefly)), ("old", "old"))
        self.put(flag("a", version=2, variations=["new", "x"]))
        self.eventually(lambda: self.string(briefly) == "new")
        self.assertEqual(self.string(forever), "old")

    def test_keeps_the_table_up_to_date(self):
        self.put(flag("a", variations=["old", "x"]), prefix="mine:")
        self.put(flag("gone"), prefix="mine:")
        client = self.create(persistentDataStore=self.store("off", "mine"))
        self.eventually(lambda: self.rows() == {("mine:features", "a"): "2", ("mine:$inited", "mine:$inited"): None})
        self.assertEqual(self.string(client), "new")
        self.mock.patch("/flags/b", flag("b", version=7))
        self.eventually(lambda: self.rows().get(("mine:features", "b")) == "7")

    def test_a_stream_shows_through_a_cache(self):
        client = self.create(persistentDataStore=self.store("infinite"))
        self.assertEqual(self.string(client), "new")
        self.assertEqual(self.string(client, "b"), "default")
        self.mock.patch("/flags/b", flag("b", variations=["here", "x"]))
        self.eventually(lambda: self.string(client, "b") == "here")


if __name__ == "__main__":
    unittest.main()

"""LaunchDarkly's Python SDK and its DynamoDB stores share tables with us, on our server, dynalite and moto."""
import base64
import hashlib
import json
import logging
import os
import random
import shutil
import subprocess
import tempfile
import threading
import unittest

import ldclient
from ldclient import Context
from ldclient.config import Config
from ldclient.feature_store import CacheConfig
from ldclient.integrations import DynamoDB
from ldclient.versioned_data_kind import FEATURES, SEGMENTS
from local_server import ROOT, WithServer, client_options, run

INTEROP_EVAL = os.environ.get("LDDYNAMO_INTEROP_EVAL", "")
PREFIX = "python"
# Where the Python SDK differs from the Go SDK, our reference, in malformed flags: it throws inside (errorKind
# EXCEPTION) at a rollout without variations, and finds a bad attribute reference only when the context has the kind.
EXCLUDED = {"bad-rollout-without"}
ONLY_WITH_USER = {"bad-reference-double", "bad-reference-empty", "bad-reference-escape", "bad-reference-slashes",
                  "bad-reference-tilde", "bad-rollout-reference", "segment-invalid-reference"}
logging.getLogger("ldclient").setLevel(logging.CRITICAL)  # what evaluations complain about; their reasons tell


def generated(**numbers):
    """Flags, segments and contexts of the generator of tests/interop."""
    with tempfile.TemporaryDirectory() as folder:
        data, contexts = os.path.join(folder, "data.json"), os.path.join(folder, "contexts.jsonl")
        subprocess.run([shutil.which("node") or "nodejs", str(ROOT / "tests" / "interop" / "generate.mjs"),
                        "--data", data, "--contexts-file", contexts,
                        *(word for name, value in numbers.items() for word in (f"--{name}", str(value)))],
                       check=True, stderr=subprocess.DEVNULL)
        with open(data) as items, open(contexts) as lines:
            return {"data": json.load(items), "contexts": [json.loads(line) for line in lines]}


def flag(key, version=1, **more):
    return {"key": key, "version": version, "on": True, "variations": [True, False], "fallthrough": {"variation": 0},
            "offVariation": 1, "salt": "s", **more}


class Shared:
    """The tests, for each server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.made = generated(seed=20261125, flags=120, segments=25, contexts=40)

    def setUp(self):
        super().setUp()
        self.create_flags_table()

    def store(self, prefix=PREFIX, caching=CacheConfig.disabled()):
        return DynamoDB.new_feature_store(self.table, prefix=prefix, dynamodb_opts=client_options(self.url), caching=caching)

    def sdk(self, prefix=PREFIX):
        store = self.store(prefix, CacheConfig(expiration=3600, capacity=10_000))  # each item is read once
        client = ldclient.LDClient(Config("sdk-key", feature_store=store, use_ldd=True, send_events=False))
        self.addCleanup(client.close)
        return client

    def run_(self, *arguments, prefix=PREFIX, **more):
        return run(self.url, *arguments, "--table", self.table, "--prefix", prefix, "--endpoint-url", self.url, **more)

    def our_details(self, contexts, prefix=PREFIX):
        """Per context: flag key to value, variation index and reason; None where we refuse the context."""
        done = subprocess.run([INTEROP_EVAL, "--table", self.table, "--prefix", prefix, "--endpoint-url", self.url],
                              input="".join(json.dumps(context) + "\n" for context in contexts), capture_output=True, text=True,
                              timeout=120, check=False, env={**os.environ, "AWS_ACCESS_KEY_ID": "test",
                                                             "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"})
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line).get("details") for line in done.stdout.splitlines()]

    def their_details(self, client, contexts, keys):
        found = []
        for properties in contexts:
            context = Context.from_dict(properties) if properties.get("kind") else None
            details = {}
            for key in keys:
                detail = client.variation_detail(key, context, None)
                details[key] = {"value": detail.value, "variationIndex": detail.variation_index, "reason": detail.reason}
            found.append(details if context is not None and context.valid else None)
        return found

    def compare(self, prefix=PREFIX):
        contexts = [context for context in self.made["contexts"] if isinstance(context, dict) and context.get("kind")]
        keys = sorted(set(self.made["data"]["flags"]) - EXCLUDED)
        ours, theirs = self.our_details(contexts, prefix), self.their_details(self.sdk(prefix), contexts, keys)
        different, compared = [], 0
        for context, our, their in zip(contexts, ours, theirs):
            self.assertEqual(our is None, their is None, context)
            for key in keys if our is not None else ():
                if key in ONLY_WITH_USER and "user" not in (context["kind"], *context):
                    continue
                compared += 1
                if self.normal(our[key]) != self.normal(their[key]):
                    different.append((key, context, our[key], their[key]))
        self.assertEqual(len(ours), len(contexts))
        self.assertGreater(compared, 2000)
        self.assertEqual(different[:5], [], f"{len(different)} of {compared} differ")

    @staticmethod
    def normal(detail):
        """What may be written in two ways in one."""
        reason = {name: value for name, value in detail["reason"].items() if value not in (None, "", False)}
        return json.dumps([detail["value"], detail["variationIndex"], reason], sort_keys=True)

    def data(self):
        return {FEATURES: dict(self.made["data"]["flags"]), SEGMENTS: dict(self.made["data"]["segments"])}

    def test_python_writes_and_we_evaluate_as_python_does(self):
        store = self.store()
        store.init(self.data())
        self.assertTrue(store.initialized)
        self.compare()
        exported = json.loads(self.run_("export"))
        alive = {key: item for key, item in self.made["data"]["flags"].items() if not item.get("deleted")}
        self.assertEqual(exported["flags"], alive)

    def test_we_import_and_python_evaluates_as_we_do(self):
        file = tempfile.NamedTemporaryFile("w", suffix=".json")
        self.addCleanup(file.close)
        json.dump(self.made["data"], file)
        file.flush()
        self.run_("import", file.name)
        self.assertTrue(self.store().initialized)
        self.assertFalse(self.store("other").initialized)
        self.assertEqual(len(self.store("other").all(FEATURES, lambda items: items)), 0)
        self.compare()

    def test_tombstones_both_ways(self):
        store = self.store()
        store.init({FEATURES: {"a": flag("a"), "b": flag("b"), "c": flag("c")}, SEGMENTS: {}})
        store.delete(FEATURES, "a", 2)
        self.run_("get", "flag", "a", code=3)
        store.upsert(FEATURES, flag("a", 2))  # no newer than the tombstone
        self.run_("get", "flag", "a", code=3)
        store.upsert(FEATURES, flag("a", 3))
        self.assertEqual(json.loads(self.run_("get", "flag", "a"))["version"], 3)
        # Our tombstone, and our deletion of a row.
        self.run_("import", "-", stdin=json.dumps({"flags": {"a": flag("a", 4), "b": {"key": "b", "version": 5, "deleted": True}}}))
        self.assertIsNone(store.get(FEATURES, "b", lambda item: item))
        self.assertIsNone(store.get(FEATURES, "c", lambda item: item))
        self.assertEqual(list(store.all(FEATURES, lambda items: items)), ["a"])
        store.upsert(FEATURES, flag("b", 5))
        self.assertIsNone(store.get(FEATURES, "b", lambda item: item))
        store.upsert(FEATURES, flag("b", 6))
        self.assertEqual(store.get(FEATURES, "b", lambda item: item)["version"], 6)
        detail = self.sdk().variation_detail("c", Context.create("bob"), "none")
        self.assertEqual((detail.value, detail.reason["errorKind"]), ("none", "FLAG_NOT_FOUND"))

    def test_environments_share_a_table(self):
        for number, prefix in enumerate(("", "one", "two")):
            self.store(prefix or None).init({FEATURES: {f"f{number}": flag(f"f{number}")}, SEGMENTS: {}})
        self.run_("import", "-", stdin=json.dumps({"flags": {"ours": flag("ours")}}), prefix="two")
        self.assertEqual([sorted(json.loads(self.run_("export", prefix=prefix))["flags"]) for prefix in ("", "one", "two")],
                         [["f0"], ["f1"], ["ours"]])
        self.assertEqual([sorted(self.store(prefix or None).all(FEATURES, lambda items: items)) for prefix in ("", "one", "two")],
                         [["f0"], ["f1"], ["ours"]])

    def test_the_newest_of_concurrent_upserts_stays(self):
        self.store().init({FEATURES: {}, SEGMENTS: {}})
        versions = list(range(1, 41))
        random.Random(5).shuffle(versions)

        def write(mine):
            store = self.store()
            for version in mine:
                store.upsert(FEATURES, flag("contended", version, salt=str(version)))

        threads = [threading.Thread(target=write, args=(versions[n::4],)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        item = json.loads(self.run_("get", "flag", "contended"))
        self.assertEqual((item["version"], item["salt"]), (40, "40"))

    def test_big_segments_rows(self):
        """The rows that the Relay Proxy writes, read by Python's Big Segments store."""
        store = DynamoDB.new_big_segment_store(self.table, prefix=PREFIX, dynamodb_opts=client_options(self.url))
        self.assertIsNone(store.get_metadata().last_up_to_date)
        metadata = f"{PREFIX}:big_segments_metadata"
        self.client.put_item(TableName=self.table, Item={
            "namespace": {"S": metadata}, "key": {"S": metadata}, "synchronizedOn": {"N": "1700000000123"}})
        user = base64.b64encode(hashlib.sha256(b"bob").digest()).decode()
        self.client.update_item(
            TableName=self.table, Key={"namespace": {"S": f"{PREFIX}:big_segments_user"}, "key": {"S": user}},
            UpdateExpression="ADD #i :i, #e :e", ExpressionAttributeNames={"#i": "included", "#e": "excluded"},
            ExpressionAttributeValues={":i": {"SS": ["s1.g1", "s2.g1"]}, ":e": {"SS": ["s3.g1"]}})
        self.client.update_item(
            TableName=self.table, Key={"namespace": {"S": f"{PREFIX}:big_segments_user"}, "key": {"S": user}},
            UpdateExpression="DELETE #i :i", ExpressionAttributeNames={"#i": "included"},
            ExpressionAttributeValues={":i": {"SS": ["s2.g1"]}})
        self.assertEqual(store.get_metadata().last_up_to_date, 1700000000123)
        self.assertEqual(store.get_membership(user), {"s1.g1": True, "s3.g1": False})
        self.assertIsNone(store.get_membership("nobody"))
        store.stop()


class OnOurServer(Shared, WithServer):
    pass


class OnDynalite(Shared, WithServer):
    server_name = "dynalite"


class OnMoto(Shared, WithServer):
    server_name = "moto"


if __name__ == "__main__":
    unittest.main()

"""Chunked oversize items beside the official SDKs of Python and Node, and Big Segments read by both.

The rows of ours must change nothing for an SDK that reads, and must survive one that writes.
"""
import base64
import hashlib
import json
import logging
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

import boto3
import ldclient
from ldclient import Context
from ldclient.config import Config
from ldclient.integrations import DynamoDB
from ldclient.feature_store import CacheConfig
from ldclient.versioned_data_kind import FEATURES, SEGMENTS

PROGRAM = os.environ["LDDYNAMO_PROGRAM"]
READER = os.environ["LDDYNAMO_BIG_SEGMENTS_READER"]
NODE = os.environ["LDDYNAMO_NODE"]
HERE = pathlib.Path(__file__).resolve().parent
TABLE = "peers-oversize"
BOB = '{"kind":"user","key":"bob"}'
logging.getLogger("ldclient").setLevel(logging.CRITICAL)


def flag(key, version, variation=0, **more):
    return {"key": key, "version": version, "on": True, "variations": [f"{key}-a", f"{key}-b"],
            "fallthrough": {"variation": variation}, "offVariation": 1, "salt": "s", "rules": [],
            "targets": [], "prerequisites": [], **more}


def noise(seed, size):
    return base64.b64encode(random.Random(seed).randbytes(size)).decode()


def document(big_version=None):
    """Small flags; with a version also a flag and a segment that no row can hold."""
    flags = {f"f{i}": flag(f"f{i}", 1, i % 2) for i in range(30)}
    flags["f3"] = flag("f3", 1, 1, prerequisites=[{"key": "f1", "variation": 1}])
    segments = {"seg": {"key": "seg", "version": 1, "included": ["bob"], "excluded": [], "rules": [],
                        "salt": "s"}}
    flags["f5"] = flag("f5", 1, 0, rules=[{"id": "r", "variation": 1, "clauses": [
        {"attribute": "", "op": "segmentMatch", "values": ["seg"], "negate": False}]}])
    flags["big"] = flag("big", 1, 0)
    if big_version:
        flags["big"] = flag("big", big_version, 1, targets=[
            {"variation": 0, "values": [noise(big_version, 900_000)]}])
        segments["big"] = {"key": "big", "version": 2, "included": [noise(5, 600_000)],
                           "excluded": [], "rules": [], "salt": "s"}
    return {"flags": flags, "segments": segments}


def clean_environment():
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("AWS_", "LDDYNAMO_"))
                   and name.lower() not in ("http_proxy", "https_proxy")}
    environment.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_REGION="us-east-1",
                       AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull,
                       AWS_EC2_METADATA_DISABLED="true")
    return environment


class PeerTest(unittest.TestCase):
    """`lddynamo local` and the official SDKs on it."""

    @classmethod
    def setUpClass(cls):
        cls.environment = clean_environment()
        cls.server = subprocess.Popen([PROGRAM, "local", "--port", "0"], stdout=subprocess.PIPE,
                                      text=True, env=cls.environment)
        cls.url = cls.server.stdout.readline().split()[-1]
        cls.environment.update(AWS_ENDPOINT_URL_DYNAMODB=cls.url)
        cls.options = {"endpoint_url": cls.url, "region_name": "us-east-1",
                       "aws_access_key_id": "test", "aws_secret_access_key": "test"}
        cls.dynamodb = boto3.client("dynamodb", **cls.options)
        cls.folder = tempfile.TemporaryDirectory()
        cls.run_program("table", "create")

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait(timeout=30)
        cls.server.stdout.close()
        cls.folder.cleanup()

    @classmethod
    def run_program(cls, *arguments, stdin="", program=PROGRAM):
        command = [program, *arguments]
        if program == PROGRAM:
            command += ["--table", TABLE]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True,
                              env=cls.environment, timeout=120, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{arguments}: exit {done.returncode}: {done.stderr}")
        return done.stdout

    def rows(self, prefix, only_ours):
        found = {}
        for page in self.dynamodb.get_paginator("scan").paginate(TableName=TABLE):
            for row in page["Items"]:
                namespace = row["namespace"]["S"]
                if namespace.startswith(prefix + ":") and ("$lddynamo" in namespace) == only_ours:
                    found[namespace, row["key"]["S"]] = row
        return found


class OversizeTest(PeerTest):
    def import_document(self, prefix, data, *options):
        return json.loads(self.run_program("import", "-", "--prefix", prefix, "--output", "json",
                                           *options, stdin=json.dumps(data)))

    def python_values(self, prefix):
        store = DynamoDB.new_feature_store(TABLE, prefix, self.options, CacheConfig.disabled())
        client = ldclient.LDClient(Config("sdk-key", feature_store=store, use_ldd=True,
                                          send_events=False))
        try:
            context = Context.create("bob")
            values = {key: client.variation(key, context, None) for key in document()["flags"]}
            self.assertEqual(client.all_flags_state(context).to_values_map(), values)
            return values
        finally:
            client.close()

    def node(self, what, prefix, *arguments):
        return self.run_program(str(HERE / "oversize_node.mjs"), what, self.url, TABLE, prefix,
                                *arguments, program=NODE)

    def node_values(self, prefix):
        return json.loads(self.node("eval", prefix, BOB, *document()["flags"]))

    def our_values(self, prefix, *options):
        return json.loads(self.run_program("eval", "--all", "--context", BOB, "--prefix", prefix,
                                           *options))

    def expected(self, big):
        values = {f"f{i}": f"f{i}-{'ab'[i % 2]}" for i in range(30)}
        return {**values, "f5": "f5-b", "big": f"big-{big}"}

    def fill(self, prefix):
        """The older, small data, then the large ones. @return our rows"""
        self.import_document(prefix, document(), "--chunk-oversize")
        report = self.import_document(prefix, document(2), "--chunk-oversize")
        self.assertEqual((report["written"], report["oversize"]), (2, []))
        ours = self.rows(prefix, only_ours=True)
        self.assertEqual(len(ours), 2 + 2 + 1, "two heads, and chunks beyond the first")
        return ours

    def test_readers_notice_nothing(self):
        self.import_document("plain", document(), "--chunk-oversize")
        self.fill("full")
        for prefix in ("plain", "full"):
            self.assertEqual(self.python_values(prefix), self.expected("a"), prefix)
            self.assertEqual(self.node_values(prefix), self.expected("a"), prefix)
            self.assertEqual(self.our_values(prefix), self.expected("a"), prefix)
        self.assertEqual(self.our_values("full", "--chunk-oversize"), self.expected("b"))
        self.assertEqual(self.our_values("plain", "--chunk-oversize"), self.expected("a"))
        official = self.rows("plain", only_ours=False)
        self.assertEqual({(name.split(":")[1], key.split(":")[-1]) for name, key in official},
                         {(name.split(":")[1], key.split(":")[-1])
                          for name, key in self.rows("full", only_ours=False)})
        report = self.import_document("full", document(2), "--chunk-oversize")
        self.assertEqual((report["written"], report["unchanged"]), (0, 33))

    def test_the_python_sdk_writes_beside_them(self):
        ours = self.fill("python")
        store = DynamoDB.new_feature_store(TABLE, "python", self.options, CacheConfig.disabled())
        data = document()
        data["flags"]["f0"] = flag("f0", 2, 1)
        store.init({FEATURES: data["flags"], SEGMENTS: data["segments"]})
        self.assertTrue(store.initialized)
        self.assertEqual(self.rows("python", only_ours=True), ours)
        self.assertEqual(set(store.all(FEATURES, lambda items: items)), set(data["flags"]))
        self.assertEqual(self.python_values("python"), {**self.expected("a"), "f0": "f0-b"})
        self.assertEqual(self.our_values("python", "--chunk-oversize"),
                         {**self.expected("b"), "f0": "f0-b"})
        # A newer version of theirs supersedes our chunked one.
        store.upsert(FEATURES, flag("big", 3, 0))
        self.assertEqual(self.our_values("python", "--chunk-oversize")["big"], "big-a")

    def test_the_node_sdk_writes_beside_them(self):
        ours = self.fill("node")
        path = pathlib.Path(self.folder.name) / "flags.json"
        path.write_text(json.dumps(document()), encoding="utf-8")
        self.node("write", "node", str(path))
        self.assertEqual(self.rows("node", only_ours=True), ours)
        self.assertEqual(self.node_values("node"), self.expected("a"))
        self.assertEqual(self.our_values("node", "--chunk-oversize"), self.expected("b"))


class BigSegmentsTest(PeerTest):
    def test_both_read_what_the_relay_proxy_writes(self):
        rnd = random.Random(20)
        refs = [f"segment-{i}.g{generation}" for i in range(12) for generation in (1, 2)]
        for prefix in ("", "env"):
            named = (lambda name, p=prefix: f"{p}:{name}" if p else name)
            store = DynamoDB.new_big_segment_store(TABLE, prefix, self.options)
            self.assertEqual(self.read(prefix, ["metadata"]), [None])
            self.assertIsNone(store.get_metadata().last_up_to_date)
            self.dynamodb.put_item(TableName=TABLE, Item={
                "namespace": {"S": named("big_segments_metadata")},
                "key": {"S": named("big_segments_metadata")},
                "lastVersion": {"S": "cursor"}, "synchronizedOn": {"N": "1763999999123"}})
            contexts = [f"user-{i}" if i % 3 else f"ключ/{i}\"" for i in range(120)]
            for context in contexts[:100]:
                row = {"namespace": {"S": named("big_segments_user")}, "key": {"S": self.hash(context)}}
                for name in ("included", "excluded"):
                    some = rnd.sample(refs, rnd.choice((0, 1, 3, 10)))
                    if some:
                        row[name] = {"SS": some}
                self.dynamodb.put_item(TableName=TABLE, Item=row)
            lines = ["metadata"] + [json.dumps([context, *refs]) for context in contexts]
            ours = self.read(prefix, lines)
            self.assertEqual(ours[0], store.get_metadata().last_up_to_date)
            self.assertEqual(ours[0], 1763999999123)
            for context, membership in zip(contexts, ours[1:], strict=True):
                theirs = store.get_membership(self.hash(context)) or {}
                self.assertEqual(membership, [theirs.get(ref) for ref in refs], context)
            everything = [answer for membership in ours[1:] for answer in membership]
            for answer in (True, False, None):
                self.assertGreater(everything.count(answer), 100)

    @staticmethod
    def hash(context):
        return base64.b64encode(hashlib.sha256(context.encode()).digest()).decode()

    def read(self, prefix, lines):
        out = self.run_program(TABLE, prefix, stdin="\n".join(lines) + "\n", program=READER)
        return [json.loads(line) for line in out.splitlines()]


if __name__ == "__main__":
    unittest.main()

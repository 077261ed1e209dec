"""`lddynamo migrate`: rows of the older Go package, as we read them before and as the official SDKs read them after.

Run with the Python of tests/peers and LDDYNAMO_PROGRAM; LDDYNAMO_NODE names node.
"""
import json
import logging
import os
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))

import ldclient  # noqa: E402
from ldclient.integrations import DynamoDB  # noqa: E402

import older_rows  # noqa: E402
from support import LocalServer  # noqa: E402

SEED = int(os.environ.get("INTEROP_SEED", "2018"))


def comparable(detail):
    """What must be equal: the SDKs differ in how they leave out what is empty."""
    reason = {name: value for name, value in detail["reason"].items() if value not in (None, False)}
    return json.dumps([detail["value"], detail["variationIndex"], reason], sort_keys=True)


class MigrateTest(LocalServer):
    def setUp(self):
        super().setUp()
        self.done("table", "create")
        self.flags, self.segments = older_rows.make_data(SEED)
        self.contexts = older_rows.make_contexts(SEED)
        self.keys = [flag["key"] for flag in self.flags if not flag.get("deleted")]

    def put_older(self, prefix):
        start = f"{prefix}:" if prefix else ""
        rows = [older_rows.row(start + "features", older_rows.flag_struct(flag)) for flag in self.flags]
        rows += [older_rows.row(start + "segments", older_rows.segment_struct(segment)) for segment in self.segments]
        for row in rows:
            self.wire("PutItem", TableName=self.table, Item=row)
        return rows

    def ours(self, prefix):
        out = []
        for context in self.contexts:
            details = self.done("eval", "--all", "--detail", "--prefix", prefix, "--context",
                                json.dumps(context)).json()
            out.append({key: comparable(details[key]) for key in self.keys})
        return out

    def python(self, prefix):
        store = DynamoDB.new_feature_store(self.table, prefix=prefix, dynamodb_opts={
            "endpoint_url": self.url, "region_name": "eu-west-1", "aws_access_key_id": "AKIDEXAMPLE",
            "aws_secret_access_key": "verysecretkey"})
        config = ldclient.Config("sdk-key", feature_store=store, use_ldd=True, send_events=False)
        with ldclient.LDClient(config) as client:
            self.assertTrue(client.is_initialized())
            self.assertTrue(store.initialized)
            out = []
            for context in self.contexts:
                details = {}
                for key in self.keys:
                    detail = client.variation_detail(key, ldclient.Context.from_dict(context), None)
                    details[key] = comparable({"value": detail.value, "variationIndex": detail.variation_index,
                                               "reason": detail.reason})
                out.append(details)
        return out

    def node(self, prefix):
        done = subprocess.run(
            [os.environ.get("LDDYNAMO_NODE", "node"), str(HERE / "evaluate.mjs"), self.url, self.table, prefix],
            input=json.dumps({"flags": self.keys, "contexts": self.contexts}).encode(), capture_output=True, timeout=120,
            check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return [{key: comparable(detail) for key, detail in one.items()} for one in json.loads(done.stdout)]

    def check_readers(self, before, prefix):
        self.assertEqual(self.ours(prefix), before, "lddynamo")
        self.assertEqual(self.python(prefix), before, "LaunchDarkly's Python SDK")
        self.assertEqual(self.node(prefix), before, "LaunchDarkly's Node SDK")

    def test_the_official_sdks_read_what_we_read_before(self):
        for prefix in ("", "production"):
            with self.subTest(prefix=prefix):
                rows = self.put_older(prefix)
                before = self.ours(prefix)
                # The data must say something: values of all kinds, rules and rollouts that match.
                every = [detail for context in before for detail in context.values()]
                for word in ("RULE_MATCH", "TARGET_MATCH", "PREREQUISITE_FAILED", "FALLTHROUGH", "OFF"):
                    self.assertTrue(any(word in detail for detail in every), word)
                self.assertGreater(len(set(every)), 30)

                report = self.done("migrate", "--prefix", prefix, "--output", "json").json()
                self.assertEqual(report["migrated"], len(rows))
                self.assertEqual(report["tombstones"], 2)
                self.check_readers(before, prefix)
                # Readers of the older layout find every attribute as it was.
                found = {(row["namespace"]["S"], row["key"]["S"]): row for row in self.rows()}
                for row in rows:
                    now = found[(row["namespace"]["S"], row["key"]["S"])]
                    self.assertEqual({name: now[name] for name in row}, row)

                report = self.done("migrate", "--prefix", prefix, "--drop-old-attributes", "--output", "json").json()
                self.assertEqual((report["migrated"], report["dropped"]), (0, len(rows)))
                self.check_readers(before, prefix)
                self.assertEqual({frozenset(row) for row in self.rows()},
                                 {frozenset(("namespace", "key")), frozenset(("namespace", "key", "version", "item"))})


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    unittest.main()

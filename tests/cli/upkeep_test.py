"""diff, delete, migrate and wipe: exit code, stdout, stderr, and what is in the table afterwards."""
import json
import os
import pty
import select
import subprocess
import unittest

from support import PROGRAM, LocalServer, clean_environment, flag, run

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "verysecretkey"}
UPKEEP = (("diff", "-"), ("delete", "flag", "a"), ("delete", "segment", "a", "--version", "2"), ("migrate",),
          ("wipe", "--yes"))


def data(flags=(), segments=()):
    return json.dumps({"flags": {f["key"]: f for f in flags}, "segments": {s["key"]: s for s in segments}})


class EveryCommandTest(LocalServer):
    def test_help(self):
        for arguments, word in ((("diff",), "FILE"), (("delete", "flag"), "--version"), (("migrate",), "--dry-run"),
                                (("wipe",), "--yes"), (("doctor",), "--max-rows")):
            outcome = run(*arguments, "--help")
            self.assertEqual((outcome.code, outcome.err), (0, ""), outcome)
            self.assertIn(word, outcome.out)

    def test_no_table_no_credentials_bad_prefix(self):
        for arguments in UPKEEP:
            outcome = run(*arguments, stdin=data())
            self.assertEqual((outcome.code, outcome.out), (2, ""), outcome)
            self.assertIn("LDDYNAMO_TABLE", outcome.err)
            outcome = run(*arguments, "--table", "flags", "--region", "eu-west-1", stdin=data())
            self.assertEqual((outcome.code, outcome.out), (4, ""), outcome)
            self.assertIn("credentials", outcome.err)
            outcome = run(*arguments, "--table", "flags", "--region", "eu-west-1", "--prefix", "a:b", stdin=data(),
                          env=clean_environment(**CREDENTIALS))
            self.assertEqual((outcome.code, outcome.out), (2, ""), outcome)
            self.assertIn("prefix", outcome.err)

    def test_missing_table(self):
        for arguments in UPKEEP:
            outcome = self.run_(*arguments, stdin=data())
            self.assertEqual((outcome.code, outcome.out), (3, ""), (arguments, outcome))
            self.assertIn(f"table {self.table} does not exist", outcome.err)

    def test_table_with_other_keys(self):
        self.wire("CreateTable", TableName=self.table, BillingMode="PAY_PER_REQUEST",
                  KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                  AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
        self.wire("PutItem", TableName=self.table, Item={"id": {"S": "x"}})
        for arguments in UPKEEP:
            outcome = self.run_(*arguments, stdin=data())
            self.assertEqual((outcome.code, outcome.out), (1, ""), (arguments, outcome))
            self.assertIn(self.table, outcome.err)
        self.assertEqual(self.rows(), [{"id": {"S": "x"}}])


class DiffTest(LocalServer):
    def check(self, text, code, expected, err=""):
        before = sorted(map(str, self.rows()))
        outcome = self.run_("diff", "-", "--output", "json", stdin=text)
        self.assertEqual((outcome.code, outcome.err), (code, err), outcome)
        found = [(one["kind"], one["key"], one["change"], one["tableVersion"], one["fileVersion"])
                 for one in outcome.json()["differences"]]
        self.assertEqual(found, expected)
        self.assertEqual(sorted(map(str, self.rows())), before, "diff only reads")
        return outcome.json()

    def test_same(self):
        self.filled([flag("a")], [{"key": "s", "version": 1}])
        self.assertEqual(self.done("diff", "-", stdin=data([flag("a")], [{"key": "s", "version": 1}])).out, "")
        self.assertEqual(self.check(data([flag("a")], [{"key": "s", "version": 1}]), 0, [])["same"], 2)

    def test_spacing_and_order_of_members_do_not_count(self):
        self.filled([flag("a")])
        text = '{"flags":{"a":' + json.dumps(dict(reversed(flag("a").items())), indent=3) + "}}"
        self.check(text, 0, [])

    def test_every_kind_of_difference(self):
        self.filled([flag("same"), flag("newer", 2), flag("gone"), flag("edited", 4)],
                    [{"key": "old", "version": 7}])
        text = data([flag("same"), flag("newer", 5), flag("edited", 4, on=False), flag("fresh", 1)],
                    [{"key": "old", "version": 6}])
        self.check(text, 5, [
            ("features", "edited", "content", 4, 4), ("features", "fresh", "added", None, 1),
            ("features", "gone", "removed", 1, None), ("features", "newer", "changed", 2, 5),
            ("segments", "old", "changed", 7, 6)])
        outcome = self.run_("diff", "-", stdin=text)
        self.assertEqual((outcome.code, outcome.err), (5, ""), outcome)
        lines = [line.split() for line in outcome.out.splitlines()]
        self.assertEqual(lines[0], ["KIND", "KEY", "CHANGE", "TABLE", "FILE"])
        self.assertIn(["flag", "newer", "changed", "2", "5"], lines)
        self.assertIn(["segment", "old", "changed", "7", "6"], lines)
        self.run_("import", "-", stdin=text)
        self.check(text, 0, [])

    def test_deleted_items_are_not_there(self):
        self.filled([flag("a")])
        self.put_row("features", "gone", version={"N": "4"}, item={"S": "null"})
        self.check(data([flag("a")]), 0, [])
        self.check(data([flag("a"), flag("gone", 5)]), 5, [("features", "gone", "added", None, 5)])
        self.check(data([flag("a", 2, deleted=True)]), 5, [("features", "a", "removed", 1, None)])

    def test_rows_of_the_older_layout_are_compared(self):
        self.filled([flag("a")])
        self.put_row("features", "o", version={"N": "1"}, on={"BOOL": True}, variations={"L": [{"BOOL": True}]})
        older = {"key": "o", "version": 1, "on": True, "variations": [True]}
        self.check(data([flag("a"), older]), 0, [])

    def test_unreadable_row(self):
        self.filled([flag("a")])
        self.put_row("features", "bad", version={"N": "1"}, item={"S": "{"})
        outcome = self.run_("diff", "-", stdin=data([flag("a"), flag("bad")]))
        self.assertEqual(outcome.code, 5, outcome)
        self.assertIn(["flag", "bad", "unreadable", "-", "1"], [line.split() for line in outcome.out.splitlines()])
        self.assertIn("unreadable: features: bad", outcome.err)

    def test_not_initialized(self):
        self.done("table", "create")
        err = f"lddynamo: table {self.table} is not initialized for this prefix\n"
        self.check(data([flag("a")]), 5, [("features", "a", "added", None, 1)], err)
        self.check(data(), 3, [], err)

    def test_bad_file(self):
        self.filled([flag("a")])
        for text in ("", "{", "[]", '{"flags":{"a":{"key":"b","version":1}}}'):
            outcome = self.run_("diff", "-", stdin=text)
            self.assertEqual((outcome.code, outcome.out), (1, ""), outcome)
            self.assertIn("stdin", outcome.err)
        outcome = self.run_("diff", "/nonexistent/flags.json")
        self.assertEqual((outcome.code, outcome.out), (2, ""), outcome)
        self.assertEqual(self.run_("diff").code, 2)


class DeleteTest(LocalServer):
    def stored(self, namespace, key):
        return [row for row in self.rows() if row["namespace"]["S"] == namespace and row["key"]["S"] == key]

    def test_flag_and_segment(self):
        self.filled([flag("a", 3)], [{"key": "s", "version": 6}])
        self.assertEqual(self.done("delete", "flag", "a").out, "flag 'a' is deleted (version 4)\n")
        self.assertEqual(self.done("delete", "segment", "s", "--output", "json").json(),
                         {"kind": "segments", "key": "s", "version": 7, "deleted": True})
        self.assertEqual(self.stored("features", "a"), [
            {"namespace": {"S": "features"}, "key": {"S": "a"}, "version": {"N": "4"},
             "item": {"S": '{"key":"a","version":4,"deleted":true}'}}])
        self.assertEqual(self.run_("get", "flag", "a").code, 3)

    def test_version(self):
        self.filled([flag("a", 3)])
        for version in ("2", "3"):
            outcome = self.run_("delete", "flag", "a", "--version", version)
            self.assertEqual((outcome.code, outcome.out), (1, ""), outcome)
            self.assertIn("stale", outcome.err)
        self.done("get", "flag", "a")
        self.assertEqual(self.done("delete", "flag", "a", "--version", "9").out, "flag 'a' is deleted (version 9)\n")

    def test_absent_and_deleted(self):
        self.filled([flag("a", 3)])
        outcome = self.run_("delete", "flag", "b")
        self.assertEqual((outcome.code, outcome.out), (3, ""), outcome)
        self.assertIn("'b' is not in table", outcome.err)
        self.assertEqual(self.stored("features", "b"), [])
        self.done("delete", "flag", "b", "--version", "5")
        self.assertEqual(self.stored("features", "b")[0]["version"], {"N": "5"})
        outcome = self.run_("delete", "flag", "b")
        self.assertEqual((outcome.code, outcome.out), (3, ""), outcome)
        self.assertIn("deleted already (version 5)", outcome.err)

    def test_malformed_row(self):
        self.filled([flag("a")])
        self.put_row("features", "bad", version={"N": "1"}, item={"N": "5"})
        outcome = self.run_("delete", "flag", "bad")
        self.assertEqual((outcome.code, outcome.out), (1, ""), outcome)
        self.assertIn("bad", outcome.err)
        self.done("delete", "flag", "bad", "--version", "2")

    def test_bad_input(self):
        self.filled([flag("a")])
        for version in ("-1", "x", "1.5", str(2 ** 53 + 1), ""):
            outcome = self.run_("delete", "flag", "a", "--version", version)
            self.assertEqual((outcome.code, outcome.out), (2, ""), (version, outcome))
            self.assertIn("--version", outcome.err)
        self.assertEqual(self.run_("delete").code, 2)
        self.assertEqual(self.run_("delete", "flag").code, 2)
        self.assertEqual(self.run_("delete", "flag", "", "--version", "1").code, 2)


class MigrateTest(LocalServer):
    def setUp(self):
        super().setUp()
        self.done("table", "create")

    def put_older(self, key, version=1, **more):
        self.put_row("features", key, version={"N": str(version)}, on={"BOOL": True},
                     variations={"L": [{"BOOL": True}, {"BOOL": False}]}, fallthrough={"M": {"variation": {"N": "0"}}},
                     rules={"NULL": True}, salt={"NULL": True}, deleted={"BOOL": False}, **more)

    def test_migrates(self):
        self.put_older("a", 3)
        self.put_older("b", 4)
        before = self.rows()
        self.assertEqual(self.done("migrate", "--dry-run").out,
                         "2 rows to be migrated (0 of deleted items), 0 were official\n")
        self.assertEqual(self.rows(), before)
        self.assertEqual(self.done("migrate").out, "2 rows migrated (0 of deleted items), 0 were official\n")
        self.assertEqual(self.done("flags").out.splitlines()[1].split()[:3], ["a", "3", "on"])
        self.assertEqual(self.done("migrate", "--output", "json").json(),
                         {"dryRun": False, "migrated": 0, "tombstones": 0, "dropped": 0, "official": 2,
                          "initialized": True, "oversize": [], "malformed": []})
        self.assertEqual(self.done("migrate", "--drop-old-attributes").out,
                         "0 rows migrated (0 of deleted items), 2 were official; old attributes dropped from 2 rows\n")
        self.assertEqual({len(row) for row in self.rows()}, {2, 4})

    def test_malformed_rows_are_left_and_named(self):
        self.put_older("good")
        self.put_older("bad", sel={"B": "AQ=="})
        outcome = self.run_("migrate")
        self.assertEqual(outcome.code, 1, outcome)
        self.assertEqual(outcome.out, "1 rows migrated (0 of deleted items), 0 were official\n")
        self.assertIn("left as it is: features: bad", outcome.err)
        self.assertIn("not marked as initialized", outcome.err)
        self.assertEqual(self.run_("eval", "good", "--context", '{"kind":"user","key":"x"}').out, "true\n")

    def test_nothing_there(self):
        outcome = self.run_("migrate")
        self.assertEqual(outcome.code, 3, outcome)
        self.assertIn("not initialized", outcome.err)
        self.assertEqual(self.rows(), [])


class WipeTest(LocalServer):
    def fill(self):
        for prefix in ("", "a", "ab"):
            self.done("import", "-", "--prefix", prefix, stdin=data([flag("x")], [{"key": "s", "version": 1}]))
            start = f"{prefix}:" if prefix else ""
            self.put_row(start + "big_segments_metadata", start + "big_segments_metadata")
            self.put_row(start + "big_segments_user", "hash")

    def setUp(self):
        super().setUp()
        self.done("table", "create")
        self.fill()

    def namespaces(self):
        return sorted(row["namespace"]["S"] for row in self.rows())

    def without(self, *namespaces):
        return [name for name in self.namespaces() if name not in namespaces]

    def test_only_this_prefix(self):
        for prefix in ("a", "", "ab"):
            start = f"{prefix}:" if prefix else ""
            wanted = self.without(start + "features", start + "segments", start + "$inited")
            outcome = self.done("wipe", "--yes", "--prefix", prefix)
            self.assertEqual(outcome.out, "deleted 1 flags, 1 segments, the marker\n")
            self.assertEqual(self.namespaces(), wanted)
        self.assertEqual(self.done("wipe", "--yes", "--output", "json").json(),
                         {"marker": False, "flags": 0, "segments": 0, "bigSegments": 0, "companions": 0})

    def test_big_segments(self):
        wanted = [name for name in self.namespaces() if not name.startswith("a:")]
        self.assertEqual(self.done("wipe", "--yes", "--prefix", "a", "--big-segments").out,
                         "deleted 1 flags, 1 segments, the marker, 2 rows of Big Segments\n")
        self.assertEqual(self.namespaces(), wanted)

    def test_without_a_terminal_it_must_be_told(self):
        before = self.namespaces()
        outcome = self.run_("wipe", "--prefix", "a")
        self.assertEqual((outcome.code, outcome.out), (2, ""), outcome)
        self.assertIn("--yes", outcome.err)
        self.assertEqual(self.namespaces(), before)

    def asked(self, answer, *arguments):
        """A run with a terminal for stdin on which `answer` is typed."""
        keyboard, terminal = pty.openpty()
        try:
            child = subprocess.Popen([PROGRAM, "wipe", *arguments], stdin=terminal, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, env=self.env)
            ready, _, _ = select.select([child.stderr], [], [], 30)
            self.assertTrue(ready, "it asks")
            os.write(keyboard, answer.encode())
            out, err = child.communicate(timeout=30)
            return child.returncode, out.decode(), err.decode()
        finally:
            os.close(keyboard)
            os.close(terminal)

    def test_asks_on_a_terminal(self):
        before = self.namespaces()
        for answer in ("y\n", f"{self.table}\n", f"{self.table}/ab\n", "\x04"):
            code, out, err = self.asked(answer, "--prefix", "a")
            self.assertEqual((code, out), (1, ""), err)
            self.assertIn("1 flags, 1 segments, the marker of prefix 'a'", err)
            self.assertIn("nothing was deleted", err)
            self.assertEqual(self.namespaces(), before)
        wanted = self.without("a:features", "a:segments", "a:$inited")
        code, out, err = self.asked(f"{self.table}/a\n", "--prefix", "a")
        self.assertEqual((code, out), (0, "deleted 1 flags, 1 segments, the marker\n"), err)
        self.assertEqual(self.namespaces(), wanted)
        code, out, err = self.asked(f"{self.table}\n")
        self.assertEqual(code, 0, err)
        self.assertIn("the empty prefix", err)


if __name__ == "__main__":
    unittest.main()

"""Every command of the program: exit code, stdout and stderr."""
import json
import signal
import subprocess
import unittest

from support import PROGRAM, ROOT, USER, LocalServer, clean_environment, flag, run


class HelpTest(unittest.TestCase):
    def test_help_lists_every_command_on_stdout(self):
        outcome = run("--help")
        self.assertEqual((outcome.code, outcome.err), (0, ""))
        for command in ("table", "import", "export", "flags", "segments", "get", "eval", "diff", "delete",
                        "migrate", "wipe", "doctor", "local"):
            self.assertIn(command, outcome.out)

    def test_the_word_eval_hides_no_command(self):
        for command in ("diff", "delete", "migrate", "wipe", "doctor"):
            for arguments in (("--table", "eval", command, "--help"), (command, "--table", "eval", "--help")):
                outcome = run(*arguments)
                self.assertEqual((outcome.code, outcome.err), (0, ""))
                self.assertIn(f"lddynamo {command} ", outcome.out)
        self.assertIn("doctor", run("--table", "eval", "--help").out)
        self.assertEqual(run("eval", "--yes", "a", "--context", USER).code, 2)
        self.assertEqual(run("eval", "--help").out, run("--table", "t", "eval", "-h").out)

    def test_help_of_a_command(self):
        outcome = run("eval", "--help")
        self.assertEqual((outcome.code, outcome.err), (0, ""))
        self.assertIn("--context", outcome.out)

    def test_version(self):
        outcome = run("--version")
        self.assertEqual((outcome.code, outcome.err), (0, ""))
        self.assertRegex(outcome.out, r"^lddynamo \d+\.\d+\.\d+\n$")


class TableTest(LocalServer):
    def test_create_then_again(self):
        self.assertEqual(self.done("table", "create").out, f"created table {self.table}\n")
        self.assertEqual(self.done("table", "create").out,
                         f"table {self.table} exists with the right keys\n")

    def test_create_as_json(self):
        expected = {"table": self.table, "created": True}
        self.assertEqual(self.done("table", "create", "--output", "json").json(), expected)

    def test_created_table_has_the_official_keys_and_on_demand_billing(self):
        self.done("table", "create")
        table = self.wire("DescribeTable", TableName=self.table)["Table"]
        self.assertEqual(table["KeySchema"], [{"AttributeName": "namespace", "KeyType": "HASH"},
                                              {"AttributeName": "key", "KeyType": "RANGE"}])
        self.assertEqual(table["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")

    def test_describe(self):
        self.done("table", "create")
        text = self.done("table", "describe").out
        for part in (self.table, "ACTIVE", "namespace (S)", "key (S)", "yes"):
            self.assertIn(part, text)
        described = self.done("table", "describe", "--output", "json").json()
        self.assertEqual(described["partitionKey"], "namespace")
        self.assertEqual(described["sortKey"], "key")
        self.assertIs(described["rightKeys"], True)

    def test_describe_of_a_missing_table(self):
        outcome = self.run_("table", "describe")
        self.assertEqual((outcome.code, outcome.out), (3, ""), outcome)
        self.assertIn("ResourceNotFoundException", outcome.err)


class ImportExportTest(LocalServer):
    def test_import_reports_and_repeats_without_writing(self):
        self.done("table", "create")
        data = json.dumps({"flags": {"a": flag("a"), "b": flag("b")},
                           "segments": {"s": {"key": "s", "version": 3}}})
        first = self.done("import", "-", "--output", "json", stdin=data).json()
        self.assertEqual(first, {"written": 3, "unchanged": 0, "deleted": 0, "kept": 0, "oversize": []})
        again = self.done("import", "-", "--output", "json", stdin=data).json()
        self.assertEqual(again, {"written": 0, "unchanged": 3, "deleted": 0, "kept": 0, "oversize": []})
        self.assertEqual(self.done("import", "-", stdin=data).out,
                         "2 flags and 1 segments: 0 written, 3 unchanged, 0 deleted\n")

    def test_rows_are_the_official_ones(self):
        self.filled([flag("a", 7)])
        rows = {(r["namespace"]["S"], r["key"]["S"]): r for r in self.rows()}
        self.assertEqual(set(rows), {("features", "a"), ("$inited", "$inited")})
        row = rows[("features", "a")]
        self.assertEqual(row["version"], {"N": "7"})
        self.assertEqual(json.loads(row["item"]["S"]), flag("a", 7))

    def test_prefix_separates_environments(self):
        self.filled([flag("a")])
        other = json.dumps({"flags": {"b": flag("b")}})
        self.done("import", "-", "--prefix", "prod", stdin=other)
        self.assertEqual(list(self.done("export").json()["flags"]), ["a"])
        self.assertEqual(list(self.done("export", "--prefix", "prod").json()["flags"]), ["b"])
        self.assertEqual(list(self.done("export", LDDYNAMO_PREFIX="prod").json()["flags"]), ["b"])
        namespaces = {r["namespace"]["S"] for r in self.rows()}
        self.assertEqual(namespaces, {"features", "$inited", "prod:features", "prod:$inited"})

    def test_import_deletes_what_is_gone(self):
        self.filled([flag("a"), flag("b")])
        report = self.done("import", "-", "--output", "json",
                           stdin=json.dumps({"flags": {"b": flag("b")}, "segments": {}})).json()
        self.assertEqual((report["deleted"], report["unchanged"]), (1, 1))
        self.assertEqual(list(self.done("export").json()["flags"]), ["b"])

    def test_export_gives_back_the_file_and_its_texts(self):
        self.done("table", "create")
        text = ('{"flags": {"a": {"key": "a", "version": 1, "on":true, "variations": [1.0, 1e2, "\\u00e9",'
                ' 12345678901234567890], "x": {"b":1,"a":2}}}, "segments": {}}')
        self.done("import", "-", stdin=text)
        self.assertIn('"variations":[1.0,1e2,"\\u00e9",12345678901234567890],"x":{"b":1,"a":2}',
                      self.done("export").out)

    def test_the_example_file_survives_a_round(self):
        self.done("table", "create")
        path = ROOT / "examples" / "data" / "flags.json"
        self.done("import", str(path))
        exported = self.done("export")
        self.assertEqual(exported.json(), json.loads(path.read_text(encoding="utf-8")))
        self.done("import", "-", stdin=exported.out)

    def test_export_of_an_empty_table(self):
        self.done("table", "create")
        outcome = self.run_("export")
        self.assertEqual((outcome.code, outcome.out), (3, ""), outcome)
        self.assertIn("not initialized", outcome.err)

    def test_export_of_initialized_but_empty_data(self):
        self.filled()
        self.assertEqual(self.done("export").json(), {"flags": {}, "segments": {}})

    def test_export_leaves_out_and_names_a_malformed_row(self):
        self.filled([flag("a")])
        self.put_row("features", "broken", version={"N": "1"}, item={"N": "5"})
        outcome = self.run_("export")
        self.assertEqual(outcome.code, 1, outcome)
        self.assertEqual(list(outcome.json()["flags"]), ["a"])
        self.assertIn("broken", outcome.err)

    def test_import_warns_of_unknown_members(self):
        self.done("table", "create")
        outcome = self.run_("import", "-", stdin='{"flags":{},"metrics":{}}')
        self.assertEqual(outcome.code, 0, outcome)
        self.assertIn("'metrics' is ignored", outcome.err)


class ListTest(LocalServer):
    def test_flags(self):
        self.filled([flag("a", 3), flag("b", 12, on=False, variations=["x", "y"])])
        lines = self.done("flags").out.splitlines()
        self.assertEqual(lines[0].split(), ["KEY", "VERSION", "ON", "KIND", "SIZE"])
        self.assertEqual(lines[1].split()[:4], ["a", "3", "on", "boolean"])
        self.assertEqual(lines[2].split()[:4], ["b", "12", "off", "string"])

    def test_flags_as_json(self):
        self.filled([flag("a", 3)])
        rows = self.done("flags", "--output", "json").json()
        self.assertEqual(len(rows), 1)
        self.assertEqual({k: rows[0][k] for k in ("key", "version", "on", "kind", "deleted")},
                         {"key": "a", "version": 3, "on": True, "kind": "boolean", "deleted": False})
        self.assertEqual(rows[0]["size"], len(json.dumps(flag("a", 3), separators=(",", ":"))))

    def test_segments(self):
        self.filled(segments=[{"key": "s", "version": 2, "included": ["bob"]}])
        self.assertEqual(self.done("segments").out.splitlines()[1].split()[:4],
                         ["s", "2", "-", "standard"])

    def test_tombstone_is_shown_as_deleted(self):
        self.filled([flag("a")])
        self.put_row("features", "gone", version={"N": "4"},
                     item={"S": '{"key":"gone","version":4,"deleted":true}'})
        self.assertIn(["gone", "4", "deleted", "-"],
                      [line.split()[:4] for line in self.done("flags").out.splitlines()])

    def test_control_characters_do_not_reach_the_terminal(self):
        self.filled([flag("a\x1b[31m")])
        self.assertNotIn("\x1b", self.done("flags").out)

    def test_not_initialized(self):
        self.done("table", "create")
        outcome = self.run_("flags")
        self.assertEqual((outcome.code, outcome.out), (3, ""), outcome)


class GetTest(LocalServer):
    def test_flag_and_segment(self):
        self.filled([flag("a")], [{"key": "s", "version": 1}])
        self.assertEqual(self.done("get", "flag", "a").out,
                         json.dumps(flag("a"), separators=(",", ":")) + "\n")
        self.assertEqual(self.done("get", "segment", "s").json(), {"key": "s", "version": 1})

    def test_absent(self):
        self.filled([flag("a")])
        outcome = self.run_("get", "flag", "b")
        self.assertEqual((outcome.code, outcome.out), (3, ""), outcome)
        self.assertIn("'b'", outcome.err)

    def test_deleted(self):
        self.filled()
        self.put_row("features", "gone", version={"N": "4"}, item={"S": "null"})
        outcome = self.run_("get", "flag", "gone")
        self.assertEqual((outcome.code, outcome.out), (3, ""), outcome)
        self.assertIn("deleted", outcome.err)


class EvalTest(LocalServer):
    def test_value(self):
        self.filled([flag("a"), flag("s", variations=["red", {"x": 1}], fallthrough={"variation": 1})])
        self.assertEqual(self.done("eval", "a", "--context", USER).out, "true\n")
        self.assertEqual(self.done("eval", "s", "--context", USER).out, '{"x":1}\n')

    def test_flag_with_the_name_of_a_command(self):
        names = ["flags", "eval", "delete", "doctor", "flag", "local", "import"]
        self.filled([flag(name) for name in names])
        for name in names:
            self.assertEqual(self.done("eval", name, "--context", USER).out, "true\n", name)
            self.assertEqual(self.done("get", "flag", name).json()["key"], name)
        outcome = self.run_("flags", "doctor")
        self.assertEqual((outcome.code, outcome.out), (2, ""), outcome)
        self.assertIn("doctor", outcome.err)

    def test_detail(self):
        self.filled([flag("a", targets=[{"variation": 1, "values": ["bob"]}])])
        self.assertEqual(self.done("eval", "a", "--context", USER, "--detail").json(),
                         {"value": False, "variationIndex": 1, "reason": {"kind": "TARGET_MATCH"}})

    def test_explain(self):
        self.filled([flag("a", on=False)])
        text = self.done("eval", "a", "--context", USER, "--explain").out
        self.assertIn("the flag is off", text)
        self.assertIn("the flag is off", self.done("eval", "--all", "--context", USER, "--explain").out)

    def test_prerequisites_and_segments_are_fetched(self):
        self.filled([
            flag("base"),
            flag("top", prerequisites=[{"key": "base", "variation": 0}],
                 rules=[{"id": "r1", "variation": 1,
                         "clauses": [{"op": "segmentMatch", "values": ["s"]}]}])],
            [{"key": "s", "version": 1, "included": ["bob"]}])
        self.assertEqual(self.done("eval", "top", "--context", USER, "--detail").json(),
                         {"value": False, "variationIndex": 1,
                          "reason": {"kind": "RULE_MATCH", "ruleIndex": 0, "ruleId": "r1"}})

    def test_all(self):
        self.filled([flag("b"), flag("a", on=False)])
        self.assertEqual(self.done("eval", "--all", "--context", USER).json(), {"a": False, "b": True})
        details = self.done("eval", "--all", "--detail", "--context", USER).json()
        self.assertEqual(details["a"],
                         {"value": False, "variationIndex": 1, "reason": {"kind": "OFF"}})

    def test_absent_flag_gives_the_default(self):
        self.filled([flag("a")])
        outcome = self.run_("eval", "zz", "--context", USER, "--default", '"x"')
        self.assertEqual((outcome.code, outcome.out), (3, '"x"\n'), outcome)
        self.assertIn("'zz'", outcome.err)

    def test_malformed_flag_gives_the_default(self):
        self.filled([flag("a", fallthrough={"variation": 9})])
        outcome = self.run_("eval", "a", "--context", USER, "--default", "5", "--detail")
        self.assertEqual(outcome.code, 1, outcome)
        self.assertEqual(outcome.json(), {"value": 5, "variationIndex": None,
                                          "reason": {"kind": "ERROR", "errorKind": "MALFORMED_FLAG"}})
        self.assertIn("MALFORMED_FLAG", outcome.err)

    def test_not_initialized(self):
        self.done("table", "create")
        for arguments in (("a",), ("--all",)):
            outcome = self.run_("eval", *arguments, "--context", USER)
            self.assertEqual(outcome.code, 3, outcome)
            self.assertIn("not initialized", outcome.err)

    def test_multi_kind_context(self):
        self.filled([flag("a", rules=[{"id": "r", "variation": 1, "clauses": [
            {"contextKind": "org", "attribute": "key", "op": "in", "values": ["acme"]}]}])])
        context = '{"kind":"multi","user":{"key":"bob"},"org":{"key":"acme"}}'
        self.assertEqual(self.done("eval", "a", "--context", context).out, "false\n")


class LocalTest(unittest.TestCase):
    def test_stops_on_sigint_and_sigterm(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            server = subprocess.Popen([PROGRAM, "local", "--port", "0"], stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, env=clean_environment())
            line = server.stdout.readline().decode()
            self.assertRegex(line, r"^listening on http://127\.0\.0\.1:\d+\n$")
            server.send_signal(number)
            out, err = server.communicate(timeout=10)
            self.assertEqual((server.returncode, out), (0, b""))
            self.assertIn(b"development and tests", err)

    def test_taken_port(self):
        server = subprocess.Popen([PROGRAM, "local", "--port", "0"], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, env=clean_environment())
        port = server.stdout.readline().decode().strip().rsplit(":", 1)[1]
        outcome = run("local", "--port", port)
        self.assertEqual((outcome.code, outcome.out), (1, ""), outcome)
        self.assertIn(port, outcome.err)
        server.terminate()
        server.communicate(timeout=10)


if __name__ == "__main__":
    unittest.main()

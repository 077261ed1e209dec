"""Kills a real writer with SIGKILL at every one of its requests, and lets real networks fail."""
import http.client
import http.server
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from support import PROGRAM, LocalServer, clean_environment, flag, run  # noqa: E402  pylint: disable=wrong-import-position


class Front:
    """Stands before the server, counts requests and does something to one of them.

    `act(n, forward)` gets the number of a request, from 1, and a function that has it done and returns
    (status, headers, body); it returns what the client gets, or None: nothing, the connection is reset.
    """

    def __init__(self, url):
        self.target = url.split("//")[1]
        self.lock = threading.Lock()
        self.count = 0
        self.act = None
        front = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with front.lock:  # one after another: a killed writer has no other request under way
                    front.count += 1
                    answer = front.act(front.count, lambda: front.forward(self.headers, body))
                if answer is None:
                    # An RST instead of a FIN.
                    self.connection.setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.close_connection = True
                    return
                status, headers, content = answer
                try:
                    self.send_response_only(status)
                    for name, value in headers:
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    self.close_connection = True

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # a client that was killed

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def forward(self, headers, body):
        connection = http.client.HTTPConnection(self.target, timeout=10)
        connection.request("POST", "/", body, {
            name: value for name, value in headers.items() if name.lower() != "connection"})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), content

    def start(self, act):
        with self.lock:
            self.count = 0
            self.act = act

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def pass_on(_number, forward):
    return forward()


def data(version, *extra):
    """Flags that need each other, a segment that comes or goes, and one that stays as it is."""
    flags = {"same": flag("same", 1)}
    for i in range(4):
        needs = [{"key": f"f{i - 1}", "variation": 0}] if i % 2 else []
        flags[f"f{i}"] = flag(f"f{i}", version, prerequisites=needs)
    segments = {"s0": {"key": "s0", "version": version, "included": []}}
    for key in extra:
        flags[key] = flag(key, version)
        segments[key] = {"key": key, "version": version, "included": []}
    return {"flags": flags, "segments": segments}


OLD = data(1, "gone")
NEW = data(2, "come")


class KillTest(LocalServer):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.front = Front(cls.url)

    @classmethod
    def tearDownClass(cls):
        cls.front.close()
        super().tearDownClass()

    def import_(self, content, prefix, act=pass_on, **extra):
        """@return (exit code, stderr) of an import through the front."""
        environment = {**self.env, "LDDYNAMO_ENDPOINT_URL": self.front.url,
                       "LDDYNAMO_PREFIX": prefix, **extra}
        with subprocess.Popen([PROGRAM, "import", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=environment) as process:
            self.front.start(lambda number, forward: act(process, number, forward)
                             if act is not pass_on else forward())
            _, errors = process.communicate(json.dumps(content).encode(), timeout=60)
            return process.returncode, errors.decode()

    def stored(self, prefix):
        """(what is in the table, whether the marker is), read past the program."""
        flags, segments, marked = {}, {}, False
        for row in self.rows():
            namespace = row["namespace"]["S"]
            if namespace == f"{prefix}:features":
                flags[row["key"]["S"]] = json.loads(row["item"]["S"])
            elif namespace == f"{prefix}:segments":
                segments[row["key"]["S"]] = json.loads(row["item"]["S"])
            elif namespace == f"{prefix}:$inited":
                marked = True
        return {"flags": flags, "segments": segments}, marked

    def check_between(self, prefix, old, new):
        """What any reader may count on, wherever the writer died."""
        now, marked = self.stored(prefix)
        for kind in ("flags", "segments"):
            for key, item in now[kind].items():
                self.assertIn(item, [side[kind][key] for side in (old, new) if key in side[kind]])
            for key in set(old[kind]) & set(new[kind]):
                self.assertIn(key, now[kind], "in the old and the new data")
        for key, item in now["flags"].items():
            for needed in item["prerequisites"] if item == new["flags"].get(key) and \
                    "prerequisites" in item else []:
                self.assertEqual(now["flags"].get(needed["key"]), new["flags"][needed["key"]])
        if old["flags"]:
            self.assertTrue(marked, "a marker never goes")
            exported = run("export", env={**self.env, "LDDYNAMO_PREFIX": prefix})
            self.assertEqual((exported.code, exported.json()), (0, now))
        elif marked:
            self.assertEqual(now, new, "a marker before all was written")

    def kill_everywhere(self, old, new):
        self.done("table", "create")
        kills = 0
        for is_done in (False, True):
            number, killed = 0, True
            while killed:
                number += 1
                killed = False

                def act(process, n, forward, at=number, done=is_done):
                    nonlocal killed
                    if n < at:
                        return forward()
                    if n == at:
                        killed = True
                        if done:
                            forward()
                        os.kill(process.pid, signal.SIGKILL)
                        process.wait()
                    return None  # what the dead writer sent before is not for the server

                prefix = f"{'after' if is_done else 'before'}{number}"
                if old["flags"]:
                    self.assertEqual(self.import_(old, prefix), (0, ""))
                code, errors = self.import_(new, prefix, act)
                if killed:
                    kills += 1
                    self.assertEqual(code, -signal.SIGKILL)
                    self.check_between(prefix, old, new)
                    self.assertEqual(self.import_(new, prefix), (0, ""))
                else:
                    self.assertEqual((code, errors), (0, ""))
                self.assertEqual(self.stored(prefix), (new, True))
        return kills

    def test_a_first_import_killed_at_every_request(self):
        kills = self.kill_everywhere({"flags": {}, "segments": {}}, NEW)
        # Two queries, a put for each item, the look at the marker, its put; before and after.
        self.assertEqual(kills, 2 * (2 + len(NEW["flags"]) + len(NEW["segments"]) + 2))
        print(f"survived {kills} kills of a first import", file=sys.stderr)

    def test_an_import_over_older_data_killed_at_every_request(self):
        kills = self.kill_everywhere(OLD, NEW)
        # Two queries, all but the one flag that stays, two deletions, the look at the marker.
        self.assertEqual(kills, 2 * (2 + len(NEW["flags"]) - 1 + len(NEW["segments"]) + 2 + 1))
        print(f"survived {kills} kills of an import over older data", file=sys.stderr)

    def test_resets_and_half_answers_at_every_request(self):
        self.done("table", "create")
        faults = 0
        for kind in ("reset before", "reset after", "half"):
            number, hit = 0, True
            while hit:
                number += 1
                hit = False

                def act(_process, n, forward, at=number, how=kind):
                    nonlocal hit
                    if n != at:
                        return forward()
                    hit = True
                    if how == "reset before":
                        return None
                    status, headers, content = forward()
                    return None if how == "reset after" else (status, headers, content[:-1])

                prefix = f"{kind.replace(' ', '-')}{number}"
                # A half answer is waited for until the client's patience ends: close it instead.
                if kind == "half":
                    inner = act

                    def act(process, n, forward, inner=inner, at=number):
                        answer = inner(process, n, forward)
                        if n != at or answer is None:
                            return answer
                        status, headers, content = answer
                        return status, [*headers, ("Connection", "close")], content
                self.assertEqual(self.import_(NEW, prefix, act), (0, ""))
                self.assertEqual(self.stored(prefix), (NEW, True))
                faults += hit
        self.assertGreater(faults, 30)
        print(f"survived {faults} resets and half answers", file=sys.stderr)


class FaultyServerTest(unittest.TestCase):
    def test_imports_and_exports_through_many_faults(self):
        with subprocess.Popen(
                [PROGRAM, "local", "--port", "0", "--fault", "throttle=0.5,reset=0.05,half=0.02,crc=0.02,error500=0.05,"
                 "operations=PutItem+DeleteItem+Query+GetItem",
                 "--fault-seed", "11"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=clean_environment()) as server:
            try:
                url = server.stdout.readline().decode().split()[-1]
                env = clean_environment(
                    AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY="secret", AWS_REGION="eu-west-1",
                    AWS_RETRY_MODE="legacy",  # short pauses
                    LDDYNAMO_TABLE="flags", LDDYNAMO_ENDPOINT_URL=url)
                self.assertEqual(run("table", "create", env=env).code, 0)
                for version in (1, 2, 3):
                    content = data(version, f"extra{version}")
                    # Half of all requests fail, so a call may use up its attempts; it says so then.
                    self.until_done(content, "import", env)
                    exported = self.until_done(None, "export", env)
                    self.assertEqual(json.loads(exported), content)
            finally:
                server.terminate()

    def until_done(self, content, command, env):
        arguments = [command] if content is None else [command, "-"]
        for _ in range(40):
            outcome = run(*arguments, stdin="" if content is None else json.dumps(content), env=env)
            if outcome.code == 0:
                return outcome.out
            self.assertEqual(outcome.code, 1, outcome)
            self.assertRegex(outcome.err, "[Tt]hrottl|Throughput|incomplete|reset|Internal|attempts")
        self.fail(f"{command} never succeeded: {outcome}")


if __name__ == "__main__":
    unittest.main()

"""Runs the program and a DynamoDB in memory for it."""
import json
import os
import pathlib
import socket
import subprocess
import threading
import unittest
import urllib.request

PROGRAM = os.environ.get("LDDYNAMO_PROGRAM", "")
ROOT = pathlib.Path(__file__).resolve().parents[2]
USER = '{"kind":"user","key":"bob"}'


class Outcome:
    """Exit code, stdout and stderr of one run."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __repr__(self):
        return f"exit {self.code}\nstdout: {self.out}\nstderr: {self.err}"

    def json(self):
        return json.loads(self.out)


def clean_environment(**extra):
    """Nothing of the caller's AWS, proxy or lddynamo settings; no configuration files."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("AWS_", "LDDYNAMO_", "SSL_CERT_")) and not k.lower().endswith("_proxy")}
    env.update(HOME="/nonexistent", AWS_EC2_METADATA_DISABLED="true")
    env.update(extra)
    return env


def run(*arguments, stdin="", env=None, timeout=60):
    done = subprocess.run([PROGRAM, *arguments], input=stdin.encode(), capture_output=True,
                          env=env if env is not None else clean_environment(), timeout=timeout,
                          check=False)
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def flag(key, version=1, **properties):
    body = {"key": key, "version": version, "on": True, "variations": [True, False],
            "fallthrough": {"variation": 0}, "offVariation": 1, "salt": "s"}
    body.update(properties)
    return body


class LocalServer(unittest.TestCase):
    """A test case with `lddynamo local` running."""
    arguments = ()  # more for the server
    environment = {}

    @classmethod
    def setUpClass(cls):
        if not PROGRAM:
            raise RuntimeError("set LDDYNAMO_PROGRAM to the program under test")
        cls.server = subprocess.Popen([PROGRAM, "local", "--port", "0", *cls.arguments],
                                      stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL,
                                      env=clean_environment(**cls.environment))
        line = cls.server.stdout.readline().decode()
        if not line.startswith("listening on http://127.0.0.1:"):
            cls.server.kill()
            raise RuntimeError(f"lddynamo local said {line!r}")
        cls.url = line.split()[-1]
        cls.counter = 0

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        code = cls.server.wait(timeout=10)
        cls.server.stdout.close()
        if code != 0:
            raise RuntimeError(f"lddynamo local ended with {code} after SIGTERM")

    def setUp(self):
        type(self).counter += 1
        self.table = f"table-{self.counter}"
        self.env = clean_environment(
            AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY="verysecretkey", AWS_REGION="eu-west-1",
            LDDYNAMO_TABLE=self.table, LDDYNAMO_ENDPOINT_URL=self.url)

    def run_(self, *arguments, stdin="", **extra):
        outcome = run(*arguments, stdin=stdin, env={**self.env, **extra})
        self.assertNotIn("verysecretkey", outcome.out + outcome.err)
        return outcome

    def done(self, *arguments, stdin="", **extra):
        """A run that must succeed and be quiet."""
        outcome = self.run_(*arguments, stdin=stdin, **extra)
        self.assertEqual((outcome.code, outcome.err), (0, ""), outcome)
        return outcome

    def filled(self, flags=(), segments=()):
        """A table with these items."""
        self.done("table", "create")
        data = {"flags": {f["key"]: f for f in flags}, "segments": {s["key"]: s for s in segments}}
        return self.done("import", "-", stdin=json.dumps(data))

    def wire(self, operation, **body):
        """One request of DynamoDB's own protocol."""
        request = urllib.request.Request(
            self.url, json.dumps(body).encode(),
            {"X-Amz-Target": f"DynamoDB_20120810.{operation}",
             "Content-Type": "application/x-amz-json-1.0"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def put_row(self, namespace, key, **attributes):
        self.wire("PutItem", TableName=self.table,
                  Item={"namespace": {"S": namespace}, "key": {"S": key}, **attributes})

    def rows(self):
        return self.wire("Scan", TableName=self.table)["Items"]


class BadServer:
    """A TCP server on 127.0.0.1 that treats every connection with `serve(socket)`."""

    def __init__(self, serve):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.serve = serve
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.connections = []

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection):
        try:
            self.serve(connection, self.stopped)
        except OSError:
            pass
        finally:
            connection.close()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        # The accepting thread has to be gone before its descriptor's number is another server's.
        self.stopped.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()

"""The test service, driven as the harness drives it."""
import json
import os
import pathlib
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from support import LocalServer, clean_environment, flag  # noqa: E402, F401  (the last for the tests)

from mock_launchdarkly import LIMIT, MockLaunchDarkly

SERVICE = os.environ.get("LDDYNAMO_CONTRACT_SERVICE", "")
KEY = "sdk-0123-secret"
BOB = {"kind": "user", "key": "bob"}


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


def ask(method, url, body=None):
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=LIMIT) as answer:
            return Answer(answer.status, answer.headers, answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read().decode())


class RunningService:
    def __init__(self, *arguments):
        if not SERVICE:
            raise RuntimeError("set LDDYNAMO_CONTRACT_SERVICE to the service under test")
        self.process = subprocess.Popen([SERVICE, *arguments, "0"], stdout=subprocess.PIPE,
                                        env=clean_environment())
        line = self.process.stdout.readline().decode()
        if not line.startswith("listening on http://127.0.0.1:"):
            self.process.kill()
            raise RuntimeError(f"the service said {line!r}")
        self.url = line.split()[-1]

    def wait(self):
        """Its exit code."""
        try:
            return self.process.wait(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.process.stdout.close()

    def stop(self):
        self.process.terminate()
        return self.wait()


class ServiceCase(unittest.TestCase):
    """A test case with the service and, for each test, a LaunchDarkly of `flags` and `segments`."""
    flags = ()
    segments = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = RunningService()
        cls.addClassCleanup(cls.stop_service)

    @classmethod
    def stop_service(cls):
        code = cls.service.stop()
        if code != 0:
            raise RuntimeError(f"the service ended with {code} after SIGTERM")

    def setUp(self):
        super().setUp()
        self.mock = self.enter(MockLaunchDarkly(self.flags, self.segments))

    def enter(self, manager):
        """For the rest of the test."""
        value = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return value

    def configuration(self, **more):
        """Streaming, without events; as the harness sends it, with null for what is not there."""
        base = {"credential": KEY, "startWaitTimeMs": LIMIT * 1000, "initCanFail": False,
                "streaming": {"baseUri": self.mock.url, "initialRetryDelayMs": None, "filter": None},
                "polling": None, "events": None, "bigSegments": None, "tags": None, "hooks": None,
                "serviceEndpoints": None, "persistentDataStore": None, "wrapper": None, "tls": None,
                "proxy": None, "clientSide": None}
        return {**base, **more}

    def events(self, **more):
        return {"baseUri": self.mock.url, "enableGzip": False, "enableDiagnostics": False, **more}

    def create(self, **configuration):
        """The URL of a client."""
        answer = ask("POST", self.service.url + "/",
                     {"tag": self.id(), "configuration": self.configuration(**configuration)})
        self.assertEqual(answer.status, 201, answer.body)
        url = self.service.url + answer.headers["Location"]
        self.addCleanup(ask, "DELETE", url)
        return url

    def command(self, client, command, **parameters):
        answer = ask("POST", client, {"command": command, command: parameters or None})
        self.assertIn(answer.status, (200, 202), answer.body)
        return answer.json() if answer.body else None

    def eventually(self, condition):
        """Until it is true, asked again and again."""
        deadline = time.monotonic() + LIMIT
        while not condition():
            self.assertLess(time.monotonic(), deadline, "it did not become true")
            time.sleep(0.01)

    def evaluate(self, client, key, kind="any", default=None, **more):
        return self.command(client, "evaluate", **{
            "flagKey": key, "context": BOB, "valueType": kind, "defaultValue": default, "detail": False,
            **more})

    def value(self, client, key, kind="any", default=None, **more):
        return self.evaluate(client, key, kind, default, **more)["value"]

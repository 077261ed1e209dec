"""A `lddynamo sync` in the background, and what its tests have in common."""
import json
import signal
import subprocess
import threading
import urllib.request

from fake_launchdarkly import KEY, data
from support import PROGRAM, LocalServer, flag


class RunningSync:
    """A sync that runs until it is told to stop; its stderr as lines."""

    def __init__(self, test, *arguments, **extra):
        self.process = subprocess.Popen(
            [PROGRAM, "sync", *arguments], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env={**test.env, **extra})
        self.lines = []
        self.condition = threading.Condition()
        self.ended = False
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.out = ""
        self.out_reader = threading.Thread(target=self._read_out, daemon=True)
        self.out_reader.start()
        test.addCleanup(self.kill)

    def _read(self):
        for line in self.process.stderr:
            with self.condition:
                self.lines.append(line)
                self.condition.notify_all()
        with self.condition:
            self.ended = True
            self.condition.notify_all()

    def _read_out(self):
        self.out = self.process.stdout.read()

    def wait_line(self, part, count=1):
        def found():
            return sum(part in line for line in self.lines) >= count
        with self.condition:
            self.condition.wait_for(lambda: found() or self.ended, 30)
            if not found():
                raise AssertionError(f"no line with {part!r}: {self.lines}")

    def wait(self):
        code = self.process.wait(timeout=30)
        self.reader.join(30)
        self.out_reader.join(30)
        return code

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.wait()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(timeout=30)
        self.reader.join(30)
        self.out_reader.join(30)
        self.process.stdout.close()
        self.process.stderr.close()


class SyncCase(LocalServer):
    """A table on `lddynamo local`, and a LaunchDarkly in `self.ld`."""
    arguments = ("--fault-control",)
    mode = ()  # arguments of sync that all tests give

    def make_launchdarkly(self, document):
        raise NotImplementedError

    def setUp(self):
        super().setUp()
        self.faults({})
        self.env["LDDYNAMO_SDK_KEY"] = KEY
        self.env.pop("LAUNCHDARKLY_SDK_KEY", None)
        self.done("table", "create")
        self.ld = self.make_launchdarkly(data([flag("a", 1), flag("b", 1)],
                                              [{"key": "s", "version": 1}]))
        self.ld.__enter__()
        self.addCleanup(self.ld.__exit__, None, None, None)

    def tearDown(self):
        self.faults({})

    def faults(self, settings):
        urllib.request.urlopen(self.url + "/_lddynamo/faults", json.dumps(settings).encode(),
                               timeout=10).close()

    def once(self, *arguments, **extra):
        outcome = self.run_("sync", *self.mode, "--once", "--base-uri", self.ld.url, *arguments,
                            **extra)
        self.assertNotIn(KEY, outcome.out + outcome.err)
        return outcome

    def check_left_out(self):
        """What LaunchDarkly serves has an empty key of a flag, which no table takes."""
        what = "an empty key cannot be stored"
        for level in ("warn", "off"):
            outcome = self.once("--output", "json", "--log-level", level)
            self.assertEqual(outcome.code, 1, outcome)
            self.assertEqual(outcome.err.count(f"left out: features: '': {what}"), 1, outcome)
            self.assertEqual(outcome.json()["leftOut"],
                             [{"kind": "features", "key": "", "what": what}])

    def start(self, *arguments, **extra):
        return RunningSync(self, *self.mode, "--base-uri", self.ld.url, *arguments, **extra)

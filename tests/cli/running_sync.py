"""A `lddynamo sync` in the background."""
import signal
import subprocess
import threading

from support import PROGRAM


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

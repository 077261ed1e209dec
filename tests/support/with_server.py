#!/usr/bin/env python3
"""Runs a command with a DynamoDB server beside it.

    with_server.py --server lddynamo --program build/dev/lddynamo -- COMMAND [ARGUMENT...]
    with_server.py --server dynalite --folder tests/interop -- COMMAND [ARGUMENT...]
    with_server.py --server moto --python build/python/bin/python3 -- COMMAND [ARGUMENT...]

The server listens on a free port of 127.0.0.1. The command finds it in LDDYNAMO_TEST_ENDPOINT and
AWS_ENDPOINT_URL_DYNAMODB, with made-up credentials and a region. The server is stopped at the end; the
exit status is the command's, or 125 when the server did not start.
"""

import argparse
import os
import pathlib
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time

START_SECONDS = 30
CANNOT_START = 125


class CannotStart(Exception):
    """Why there is no server."""


def read_lines(stream, lines):
    """Hands lines over; goes on to the end, since a full pipe would stop the server."""
    for line in stream:
        lines.put(line)
    lines.put(None)


class Server:
    """A running server and the address it listens on."""

    def __init__(self, command, **more):
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, errors="replace", **more)
        self.lines = queue.Queue()
        threading.Thread(
            target=read_lines, args=(self.process.stdout, self.lines), daemon=True).start()

    def wait_for_line(self, pattern):
        """The match in the first line that has one."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise CannotStart(f"said nothing useful within {START_SECONDS} s") from None
            if line is None:
                raise CannotStart(f"ended with status {self.process.wait()}")
            found = re.search(pattern, line)
            if found:
                return found

    def wait_for_port(self, port):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise CannotStart(f"ended with status {self.process.returncode}")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise CannotStart(f"nobody listens on port {port} after {START_SECONDS} s")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_lddynamo(program):
    server = Server([program, "local", "--port", "0"])
    try:
        return server, server.wait_for_line(r"listening on (http://127\.0\.0\.1:\d+)").group(1)
    except BaseException:
        server.stop()
        raise


def start_on_free_port(command_for, **more):
    """Starts what must be told its port."""
    for attempt in range(5):  # somebody else may take a free port before the server does
        port = free_port()
        server = Server(command_for(port), **more)
        try:
            server.wait_for_port(port)
            return server, f"http://127.0.0.1:{port}"
        except CannotStart:
            server.stop()
            if attempt == 4:
                raise
        except BaseException:
            server.stop()
            raise
    raise CannotStart("no free port")


def start_dynalite(folder):
    script = pathlib.Path(folder) / "node_modules" / "dynalite" / "cli.js"
    if not script.is_file():
        raise CannotStart(f"dynalite is not installed; run: npm ci --prefix {folder}")
    return start_on_free_port(
        lambda port: ["node", str(script), "--host", "127.0.0.1", "--port", str(port),
                      "--createTableMs", "0", "--deleteTableMs", "0", "--updateTableMs", "0"])


def start_moto(python):
    script = pathlib.Path(python).parent / "moto_server"
    if not script.is_file():
        raise CannotStart(f"moto is not installed beside {python}; ./test installs tests/peers/requirements.txt")
    # It writes a line for each request to stderr.
    return start_on_free_port(
        lambda port: [python, str(script), "-H", "127.0.0.1", "-p", str(port)],
        stderr=subprocess.DEVNULL)


def environment_for(endpoint):
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("AWS_") and name.lower() not in ("http_proxy", "https_proxy")}
    environment.update({
        "LDDYNAMO_TEST_ENDPOINT": endpoint,
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    })
    return environment


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--server", choices=("lddynamo", "dynalite", "moto"), required=True)
    parser.add_argument("--program", help="the lddynamo program")
    parser.add_argument("--folder", help="where dynalite is installed (its node_modules)")
    parser.add_argument("--python", help="the interpreter beside which moto is installed")
    parser.add_argument("command", nargs="+", help="after --")
    options = parser.parse_args()
    needed, start = {"lddynamo": ("program", start_lddynamo), "dynalite": ("folder", start_dynalite),
                     "moto": ("python", start_moto)}[options.server]
    if getattr(options, needed) is None:
        parser.error(f"--server {options.server} needs --{needed}")

    # A test runner's time limit ends us by a signal: the server must not outlive that.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        server, endpoint = start(getattr(options, needed))
    except (CannotStart, OSError) as reason:
        print(f"with_server.py: {options.server}: {reason}", file=sys.stderr)
        return CANNOT_START
    try:
        status = subprocess.call(options.command, env=environment_for(endpoint))
        if server.process.poll() is not None:
            print(f"with_server.py: {options.server} ended during the test with status "
                  f"{server.process.returncode}", file=sys.stderr)
            return status or 1
        return 128 - status if status < 0 else status
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())

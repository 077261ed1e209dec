#!/usr/bin/env python3
"""Runs a command with a DynamoDB server beside it.

    with_server.py --server lddynamo --program build/dev/lddynamo -- COMMAND [ARGUMENT...]
    with_server.py --server dynalite --folder tests/interop -- COMMAND [ARGUMENT...]

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

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, errors="replace")
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


def start_dynalite(folder):
    script = pathlib.Path(folder) / "node_modules" / "dynalite" / "cli.js"
    if not script.is_file():
        raise CannotStart(f"dynalite is not installed; run: npm ci --prefix {folder}")
    for attempt in range(5):  # somebody else may take a free port before dynalite does
        port = free_port()
        server = Server(["node", str(script), "--host", "127.0.0.1", "--port", str(port),
                         "--createTableMs", "0", "--deleteTableMs", "0", "--updateTableMs", "0"])
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
    parser.add_argument("--server", choices=("lddynamo", "dynalite"), required=True)
    parser.add_argument("--program", help="the lddynamo program")
    parser.add_argument("--folder", help="where dynalite is installed (its node_modules)")
    parser.add_argument("command", nargs="+", help="after --")
    options = parser.parse_args()
    needed = "program" if options.server == "lddynamo" else "folder"
    if getattr(options, needed) is None:
        parser.error(f"--server {options.server} needs --{needed}")

    # A test runner's time limit ends us by a signal: the server must not outlive that.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        if options.server == "lddynamo":
            server, endpoint = start_lddynamo(options.program)
        else:
            server, endpoint = start_dynalite(options.folder)
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

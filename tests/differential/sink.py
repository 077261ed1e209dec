"""The HTTP server on 127.0.0.1 that both programs send their events to."""
import http.server
import json
import threading
from email.utils import formatdate


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):  # noqa: N802, http.server's name
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.take(self.path, self.headers, body)
        self.send_response_only(202)
        self.send_header("Date", self.server.date)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Sink(http.server.ThreadingHTTPServer):
    """Collects the batches of each side, in the order in which they came."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self._lock = threading.Lock()
        self._batches = {}
        self.date = formatdate(usegmt=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, side):
        return f"http://127.0.0.1:{self.server_address[1]}/{side}"

    def begin(self, server_time):
        """@param server_time: what the answers' Date says, in Unix seconds; None: now."""
        with self._lock:
            self._batches = {}
            self.date = formatdate(server_time, usegmt=True)

    def take(self, path, headers, body):
        _, side, name = path.split("/", 2)
        batch = {
            "path": name,
            "schema": headers.get("X-LaunchDarkly-Event-Schema"),
            "type": headers.get("Content-Type"),
            "authorization": headers.get("Authorization"),
            # Numbers are doubles on both sides, however they are written.
            "events": json.loads(body, parse_int=float),
        }
        with self._lock:
            self._batches.setdefault(side, []).append(batch)

    def batches(self, side):
        with self._lock:
            return list(self._batches.get(side, []))

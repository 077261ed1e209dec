"""Small LaunchDarklys for tests: what they have in common, and the one for the polling protocol."""
import gzip
import http.server
import json
import threading

KEY = "sdk-0123-secret"


def data(flags=(), segments=()):
    return {"flags": {f["key"]: f for f in flags}, "segments": {s["key"]: s for s in segments}}


class FakeService:
    """An HTTP server on 127.0.0.1 that remembers what it was asked; `answer` is the rest."""
    path = ""  # with which all that it serves begins

    def __init__(self):
        self.condition = threading.Condition()
        self.status = 200  # for whoever asks as is right
        self.requests = []  # (path, headers, status answered)
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                fake.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, handler):
        raise NotImplementedError

    def status_for(self, handler):
        if not handler.path.startswith(self.path):
            return 404
        return self.status if handler.headers.get("Authorization") == KEY else 401

    def remember(self, handler, status):
        """With `condition` held."""
        self.requests.append((handler.path, handler.headers, status))
        self.condition.notify_all()

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class FakeLaunchDarkly(FakeService):
    """Serves `document` with an ETag that follows its content, or `status` when that is set."""
    path = "/sdk/latest-all"

    def __init__(self, document=None):
        super().__init__()
        self.body = json.dumps(document or data()).encode()
        self.gzip = False
        self.hold = False
        self.released = threading.Event()

    def answer(self, handler):
        with self.condition:
            body, hold = self.body, self.hold
            etag = f'"{hash(body)}"'
            status = self.status_for(handler)
            if status == 200 and handler.headers.get("If-None-Match") == etag:
                status = 304
            self.remember(handler, status)
        if hold:
            self.released.wait(30)
            handler.close_connection = True
            return
        body = body if status == 200 else b""
        handler.send_response(status)
        if status == 200:
            handler.send_header("ETag", etag)
            if self.gzip:
                body = gzip.compress(body)
                handler.send_header("Content-Encoding", "gzip")
        if status != 304:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def serve(self, document=None, status=200, raw=None):
        with self.condition:
            self.status = status
            if raw is not None:
                self.body = raw
            elif document is not None:
                self.body = json.dumps(document).encode()

    def statuses(self):
        with self.condition:
            return [status for _, _, status in self.requests]

    def wait_for(self, count, status=None):
        """Until so many requests (answered with `status`) were made since the start."""
        def enough():
            return sum(status in (None, s) for _, _, s in self.requests) >= count
        with self.condition:
            if not self.condition.wait_for(enough, 30):
                raise AssertionError(f"{count} requests did not come: {self.requests}")

    def __exit__(self, *exception):
        self.released.set()
        super().__exit__(*exception)

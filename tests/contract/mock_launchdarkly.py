"""A small LaunchDarkly: a stream, polling, events, and whatever the service is to call back."""
import gzip
import http.server
import json
import queue
import select
import socket
import threading

ENVIRONMENT = "env-0123"
LIMIT = 20  # seconds that anything may take on a busy machine


class Callback:
    """One URI for the service to POST to. `answer(path, body)` gives (status, text or JSON)."""

    def __init__(self, url, answer):
        self.url, self.answer = url, answer
        self.calls = []  # (path below the URI, body)


class MockLaunchDarkly:
    def __init__(self, flags=(), segments=()):
        self.condition = threading.Condition()
        self.flags = {f["key"]: f for f in flags}
        self.segments = {s["key"]: s for s in segments}
        self.streams = []  # a queue of what is to be sent, for each that is open
        self.requests = []  # (method, path as sent, headers)
        self.payloads = []  # lists of events
        self.callbacks = {}
        mock = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                mock.get(self)

            def do_POST(self):
                mock.post(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        with self.condition:
            for stream in self.streams:
                stream.put(None)
        self.server.shutdown()
        self.server.server_close()

    # What a test does.

    def patch(self, path, data):
        """A change, such as of "/flags/x", to all streams."""
        self.send("patch", {"path": path, "data": data})

    def delete(self, path, version):
        self.send("delete", {"path": path, "version": version})

    def send(self, event, data):
        with self.condition:
            for stream in self.streams:
                stream.put(f"event: {event}\ndata: {json.dumps(data)}\n\n".encode())

    def callback(self, name, answer=lambda path, body: (200, "")):
        made = Callback(f"{self.url}/callbacks/{name}", answer)
        self.callbacks[name] = made
        return made

    def wait_for(self, what, condition):
        """Until `condition()` is true; what it gave then."""
        with self.condition:
            if not self.condition.wait_for(condition, LIMIT):
                raise AssertionError(f"{what} did not come; events: {self.payloads}, requests: {self.requests}")
            return condition()

    def events(self, kind, count=1):
        """The first `count` events of that kind."""
        def found():
            events = [e for payload in self.payloads for e in payload if e["kind"] == kind]
            return events if len(events) >= count else None
        return self.wait_for(f"{kind} event", found)

    def request(self, method, path):
        """Path and headers of the first request whose path begins so."""
        def found():
            return next((r for r in self.requests if r[0] == method and r[1].startswith(path)), None)
        return self.wait_for(f"{method} {path}", found)[1:]

    def wait_for_streams(self, count):
        self.wait_for(f"{count} streams", lambda: len(self.streams) == count)

    # What the service asks.

    def note(self, handler):
        with self.condition:
            self.requests.append((handler.command, handler.path, handler.headers))
            self.condition.notify_all()

    def path_of(self, handler):
        """Without the host that a request to a proxy names, and without the query."""
        return handler.path.removeprefix("http://launchdarkly.invalid").partition("?")[0]

    def answer(self, handler, status, body=b"", **headers):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def document(self):
        return {"flags": self.flags, "segments": self.segments}

    def get(self, handler):
        self.note(handler)
        path = self.path_of(handler)
        if path == "/all":
            self.stream(handler)
        elif path == "/sdk/latest-all":
            body = gzip.compress(json.dumps(self.document()).encode())
            self.answer(handler, 200, body, Content_Encoding="gzip", X_Ld_Envid=ENVIRONMENT)
        else:
            self.answer(handler, 404)

    def stream(self, handler):
        handler.close_connection = True
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("X-Ld-Envid", ENVIRONMENT)
        handler.send_header("Connection", "close")
        handler.end_headers()
        mine = queue.Queue()
        mine.put(f"event: put\ndata: {json.dumps({'path': '/', 'data': self.document()})}\n\n".encode())
        with self.condition:
            self.streams.append(mine)
            self.condition.notify_all()
        try:
            while self.is_open(handler.connection):
                try:
                    text = mine.get(timeout=0.05)
                except queue.Empty:
                    continue
                if text is None:
                    return
                handler.wfile.write(text)
        except OSError:
            pass  # the client went away
        finally:
            with self.condition:
                self.streams.remove(mine)
                self.condition.notify_all()

    def is_open(self, connection):
        readable, _, _ = select.select([connection], [], [], 0)
        return not readable or connection.recv(1, socket.MSG_PEEK) != b""

    def post(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        path = self.path_of(handler)
        if path.startswith("/callbacks/"):
            return self.call_back(handler, path, body.decode())
        if path == "/bulk":
            if handler.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            with self.condition:
                self.payloads.append(json.loads(body))
        self.note(handler)
        return self.answer(handler, 202)

    def call_back(self, handler, path, body):
        name, _, below = path.removeprefix("/callbacks/").partition("/")
        callback = self.callbacks[name]
        status, answer = callback.answer(below, body)
        with self.condition:
            callback.calls.append((below, body))
            self.condition.notify_all()
        text = answer if isinstance(answer, str) else json.dumps(answer)
        self.answer(handler, status, text.encode())

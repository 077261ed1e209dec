"""A small LaunchDarkly for the streaming protocol: what tests tell it to send."""
import http.server
import json
import queue
import select
import threading

from fake_launchdarkly import KEY, data


class FakeStream:
    """Sends `document` to each stream that is opened, and then whatever `send` is given."""

    def __init__(self, document=None):
        self.condition = threading.Condition()
        self.document = document or data()
        self.status = 200
        self.raw = None  # in place of the first put
        self.requests = []  # (path, headers, status answered)
        self.open = []  # a queue of bytes for each stream
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
        handler.close_connection = True
        mine = queue.Queue()
        with self.condition:
            status = self.status
            if not handler.path.startswith("/all"):
                status = 404
            elif handler.headers.get("Authorization") != KEY:
                status = 401
            self.requests.append((handler.path, handler.headers, status))
            if status == 200:
                mine.put(self.raw or self.event("put", {"path": "/", "data": self.document}))
                self.open.append(mine)
            self.condition.notify_all()
        handler.send_response(status)
        handler.send_header("Connection", "close")
        handler.end_headers()
        if status != 200:
            return
        try:
            while True:
                try:
                    text = mine.get(timeout=0.02)
                except queue.Empty:
                    if select.select([handler.connection], [], [], 0)[0]:
                        break  # the client is gone
                    continue
                if text is None:
                    break
                handler.wfile.write(text)
                handler.wfile.flush()
        except OSError:
            pass
        with self.condition:
            self.open.remove(mine)
            self.condition.notify_all()

    @staticmethod
    def event(name, content):
        return f"event: {name}\ndata: {json.dumps(content)}\n\n".encode()

    def send(self, name, content):
        """To all streams; None ends them."""
        with self.condition:
            for stream in self.open:
                stream.put(None if name is None else self.event(name, content))

    def patch(self, item):
        self.send("patch", {"path": "/flags/" + item["key"], "data": item})

    def end(self):
        self.send(None, None)

    def wait_for(self, condition):
        with self.condition:
            if not self.condition.wait_for(condition, 30):
                raise AssertionError(f"did not come: {self.requests}")

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.end()
        self.server.shutdown()
        self.server.server_close()

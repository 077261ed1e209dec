"""A small LaunchDarkly for the streaming protocol: what tests tell it to send."""
import json
import queue
import select
import threading

from fake_launchdarkly import FakeService, data


class FakeStream(FakeService):
    """Sends `document` to each stream that is opened, and then whatever `send` is given."""
    path = "/all"

    def __init__(self, document=None):
        super().__init__()
        self.document = document or data()
        self.raw = None  # in place of the first put
        self.silent = False  # no first put
        self.open = []  # a queue of bytes for each stream

    def answer(self, handler):
        handler.close_connection = True
        mine = queue.Queue()
        with self.condition:
            status = self.status_for(handler)
            if status == 200:
                if not self.silent:
                    mine.put(self.raw or self.event("put", {"path": "/", "data": self.document}))
                self.open.append(mine)
            self.remember(handler, status)
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

    def put(self):
        self.send("put", {"path": "/", "data": self.document})

    def patch(self, item):
        self.send("patch", {"path": "/flags/" + item["key"], "data": item})

    def end(self):
        self.send(None, None)

    def wait_for(self, condition):
        with self.condition:
            if not self.condition.wait_for(condition, 30):
                raise AssertionError(f"did not come: {self.requests}")

    def __exit__(self, *exception):
        self.end()
        super().__exit__(*exception)

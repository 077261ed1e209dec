"""The servers under comparison, and raw requests to them."""
import http.client
import json
import pathlib
import sys
import urllib.parse
import zlib

SUPPORT = pathlib.Path(__file__).resolve().parents[2] / "support"
sys.path.insert(0, str(SUPPORT))
import with_server  # noqa: E402  (tests/support is no package)

# Neither peer checks a signature; both want to see one.
HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Date": "20260101T000000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, "
                     "SignedHeaders=host, Signature=0",
}


HANGS_SECONDS = 5  # of a peer; ours may take as long as a test may


class Answer:
    """HTTP status and body of one answer."""

    def __init__(self, status, text):
        self.status = status
        try:
            self.body = json.loads(text) if text else {}
        except ValueError:
            self.body = {"unreadable": text[:500]}
        if not isinstance(self.body, dict):
            self.body = {"unreadable": text[:500]}

    @classmethod
    def refusal(cls, kind, message):
        """As if a server had refused so; kind None: it had not."""
        return cls(200 if kind is None else 400, json.dumps({"__type": kind or "", "message": message}))

    @property
    def ok(self):
        return self.status == 200

    @property
    def full_type(self):
        return str(self.body.get("__type", ""))

    @property
    def type(self):
        return self.full_type.rsplit("#", 1)[-1]

    @property
    def message(self):
        return str(self.body.get("message", self.body.get("Message", "")))

    def __repr__(self):
        return f"{self.status} {json.dumps(self.body, sort_keys=True)[:1500]}"


class Server:
    """A running server with one kept connection."""

    def __init__(self, name, process, url, checks_crc=True):
        self.name, self.process, self.url = name, process, url
        self.checks_crc = checks_crc
        address = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60 if name == "lddynamo" else HANGS_SECONDS)

    def send(self, operation, body, headers=None):
        """The answer to JSON (or bytes, sent as they are)."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode("utf-8", "surrogatepass")
        target = {"X-Amz-Target": f"DynamoDB_20120810.{operation}"}
        for attempt in (1, 2):  # a kept connection may have been closed by the server
            try:
                self.connection.request("POST", "/", body, {**HEADERS, **target, **(headers or {})})
                answer = self.connection.getresponse()
                raw = answer.read()
                break
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.connection.close()
                if attempt == 2:
                    raise
            except TimeoutError:
                if self.name == "lddynamo":
                    raise
                self.connection.close()
                return Answer(599, json.dumps({"__type": "#Hang", "message": f"no answer in {HANGS_SECONDS} s"}))
        crc = answer.getheader("x-amz-crc32")
        if self.checks_crc and crc != "none" and (crc is None or int(crc) != zlib.crc32(raw)):
            raise AssertionError(f"{self.name}: x-amz-crc32 {crc} of an answer with {zlib.crc32(raw)}")
        return Answer(answer.status, raw.decode("utf-8", "replace"))

    def all_rows(self, table):
        rows, start = [], {}
        while True:
            answer = self.send("Scan", {"TableName": table, "ConsistentRead": True, **start})
            if not answer.ok:
                raise AssertionError(f"{self.name}: Scan of {table}: {answer}")
            rows += answer.body["Items"]
            if "LastEvaluatedKey" not in answer.body:
                return rows
            start = {"ExclusiveStartKey": answer.body["LastEvaluatedKey"]}

    def stop(self):
        self.connection.close()
        self.process.stop()


def start_ours(program):
    return Server("lddynamo", *with_server.start_lddynamo(program))


def start_dynalite(folder):
    script = pathlib.Path(folder) / "node_modules" / "dynalite" / "index.js"
    if not script.is_file():
        raise with_server.CannotStart(f"dynalite is not installed; run: npm ci --prefix {folder}")
    guard = str(pathlib.Path(__file__).with_name("dynalite_guarded.cjs"))
    return Server("dynalite", *with_server.start_on_free_port(
        lambda port: ["node", guard, str(folder), str(port)]))


def start_moto(python):
    # moto's refusals of unsigned or unreadable requests come from its web server, without checksum.
    return Server("moto", *with_server.start_moto(python), checks_crc=False)

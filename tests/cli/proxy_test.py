"""Through a real proxy, tinyproxy: absolute requests, tunnels, its password, and the wire log.

Variables do not concern localhost and 127.0.0.1, so the servers of this test, which listen there, are called
0.0.0.0: on Linux a connection to that address reaches them.
"""
import json
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

from support import LocalServer, flag

TINYPROXY = shutil.which("tinyproxy") or "/usr/bin/tinyproxy"
PASSWORD = "p.w0rd-s3cret"  # tinyproxy allows no other characters
QUOTED = "p%2Ew0rd%2ds3cret"
OPENSSL = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
           "-subj", "/CN=test", "-addext", "subjectAltName=IP:0.0.0.0"]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Proxy:
    """A tinyproxy on a free port of 127.0.0.1, with a log of what was asked of it."""

    def __init__(self, folder, name, extra=""):
        self.log = folder / f"{name}.log"
        self.port = free_port()
        config = folder / f"{name}.conf"
        config.write_text(f'Port {self.port}\nListen 127.0.0.1\nTimeout 20\nLogLevel Connect\n'
                          f'LogFile "{self.log}"\nMaxClients 20\n{extra}\n', encoding="ascii")
        self.process = subprocess.Popen([TINYPROXY, "-d", "-c", str(config)], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.05)
        self.stop()
        raise RuntimeError("tinyproxy does not listen")

    def asked(self):
        """The request lines that it has logged."""
        return [line.split("): ", 1)[-1] for line in self.log.read_text(encoding="utf-8").splitlines()
                if "Request (file descriptor" in line]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)


class TlsFront:
    """Speaks TLS on a free port, and hands on to another."""

    def __init__(self, folder, port):
        self.certificate = folder / "server.pem"
        subprocess.run([*OPENSSL, "-keyout", str(folder / "key.pem"), "-out", str(self.certificate)], check=True,
                       capture_output=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, folder / "key.pem")
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self):
        while True:
            try:
                raw, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(raw,), daemon=True).start()

    def _serve(self, raw):
        try:
            with self.context.wrap_socket(raw, server_side=True) as outer, \
                    socket.create_connection(("127.0.0.1", self.target)) as inner:
                back = threading.Thread(target=self._copy, args=(inner, outer), daemon=True)
                back.start()
                self._copy(outer, inner)
                inner.shutdown(socket.SHUT_WR)
                back.join()
        except OSError:
            pass

    @staticmethod
    def _copy(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass

    def stop(self):
        # As BadServer: first the accepting thread, then its descriptor's number.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()


class ProxyTest(LocalServer):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(super().tearDownClass)
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        folder = pathlib.Path(temporary.name)
        cls.open = cls.kept(Proxy(folder, "open"))
        cls.locked = cls.kept(Proxy(folder, "locked", f"BasicAuth user {PASSWORD}"))
        cls.strict = cls.kept(Proxy(folder, "strict", "ConnectPort 443"))
        cls.local_port = cls.url.rsplit(":", 1)[1]
        cls.front = cls.kept(TlsFront(folder, int(cls.local_port)))

    @classmethod
    def kept(cls, server):
        cls.addClassCleanup(server.stop)
        return server

    @classmethod
    def tearDownClass(cls):
        """Left to the class's clean-ups, which also run when setUpClass fails."""

    def setUp(self):
        super().setUp()
        self.done("table", "create")
        self.plain = f"http://0.0.0.0:{self.local_port}"
        self.tls = f"https://0.0.0.0:{self.front.port}"
        self.env["AWS_CA_BUNDLE"] = str(self.front.certificate)
        self.env["AWS_MAX_ATTEMPTS"] = "1"

    def flags(self, **env):
        outcome = self.run_("flags", **env)
        self.assertNotIn("s3cret", outcome.out + outcome.err)
        return outcome

    def test_plain_requests_go_through_it(self):
        before = len(self.open.asked())
        outcome = self.flags(LDDYNAMO_ENDPOINT_URL=self.plain, http_proxy=f"http://127.0.0.1:{self.open.port}")
        self.assertEqual((outcome.code, outcome.err), (3, outcome.err), outcome)
        asked = self.open.asked()[before:]
        self.assertTrue(asked and all(line.startswith(f"POST {self.plain}/ HTTP/1.1") for line in asked), asked)

    def test_tls_goes_through_a_tunnel_that_is_kept(self):
        before = len(self.open.asked())
        env = {"LDDYNAMO_ENDPOINT_URL": self.tls, "HTTPS_PROXY": f"127.0.0.1:{self.open.port}"}
        data = '{"flags":{"a":' + json.dumps(flag("a")) + "}}"
        self.done("import", "-", stdin=data, **env)
        outcome = self.flags(**env)
        self.assertEqual(outcome.code, 0, outcome)
        self.assertIn("a", outcome.out)
        asked = self.open.asked()[before:]
        self.assertTrue(all(line == f"CONNECT 0.0.0.0:{self.front.port} HTTP/1.1" for line in asked), asked)
        self.assertLessEqual(len(asked), 2 * 8, "a connection is used again")

    def test_no_proxy_goes_straight(self):
        before = len(self.open.asked())
        for exception in ("0.0.0.0", "x, 0.0.0.0/8", f"0.0.0.0:{self.front.port}", "*"):
            outcome = self.flags(LDDYNAMO_ENDPOINT_URL=self.tls, NO_PROXY=exception,
                                 HTTPS_PROXY=f"http://127.0.0.1:{self.open.port}")
            self.assertEqual(outcome.code, 3, outcome)
        self.assertEqual(self.open.asked()[before:], [])

    def test_localhost_goes_straight(self):
        before = len(self.open.asked())
        self.flags(LDDYNAMO_ENDPOINT_URL=self.url, HTTP_PROXY=f"http://127.0.0.1:{self.open.port}")
        self.assertEqual(self.open.asked()[before:], [])

    def test_password(self):
        for endpoint, variable in ((self.plain, "http_proxy"), (self.tls, "HTTPS_PROXY")):
            at = f"127.0.0.1:{self.locked.port}"
            good = self.flags(LDDYNAMO_ENDPOINT_URL=endpoint, **{variable: f"http://user:{QUOTED}@{at}"})
            self.assertEqual(good.code, 3, good)
            none = self.flags(LDDYNAMO_ENDPOINT_URL=endpoint, **{variable: f"http://{at}"})
            self.assertEqual(none.code, 1, none)
            self.assertIn(f"the proxy {at} ", none.err)
            # tinyproxy answers 401 to a plain request with a wrong password, and 407 without one.
            wrong = self.flags(LDDYNAMO_ENDPOINT_URL=endpoint, **{variable: f"http://user:wrong-s3cret@{at}"})
            self.assertNotIn(wrong.code, (0, 3), wrong)

    def test_refusals_name_the_proxy(self):
        at = f"127.0.0.1:{self.strict.port}"
        outcome = self.flags(LDDYNAMO_ENDPOINT_URL=self.tls, HTTPS_PROXY=f"http://user:x-s3cret@{at}")
        self.assertEqual(outcome.code, 1, outcome)
        self.assertIn(f"the proxy {at} refuses to connect to 0.0.0.0:{self.front.port}", outcome.err)
        outcome = self.flags(LDDYNAMO_ENDPOINT_URL=self.tls, HTTPS_PROXY="socks5://user:x-s3cret@h")
        self.assertIn("HTTPS_PROXY is neither an http:// nor an https:// proxy", outcome.err)

    def test_the_wire_log_has_no_secret(self):
        outcome = self.run_("--log-level", "trace", "flags", LDDYNAMO_ENDPOINT_URL=self.plain,
                            http_proxy=f"http://user:{QUOTED}@127.0.0.1:{self.locked.port}",
                            AWS_SESSION_TOKEN="a-token-that-is-s3cret")
        self.assertIn(f"POST {self.plain}/ through the proxy 127.0.0.1:{self.locked.port}", outcome.err)
        self.assertIn("X-Amz-Security-Token: ***", outcome.err)
        self.assertIn("X-Amz-Target: DynamoDB_20120810.", outcome.err)
        self.assertNotIn("s3cret", outcome.err)
        self.assertNotIn("Signature=", outcome.err)


if __name__ == "__main__":
    unittest.main()

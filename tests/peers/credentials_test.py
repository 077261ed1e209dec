"""Our default credentials are those that botocore finds under the same environment and files.

Small servers on 127.0.0.1 stand for STS, the SSO portal and its OIDC service, a container's
endpoint and the instance metadata. Each case runs botocore and our probe in processes of their own.
"""
import datetime
import hashlib
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

PROBE = os.environ["LDDYNAMO_CREDENTIALS_PROBE"]
# botocore's answer in the same form as the probe's.
BOTOCORE = """
import json, sys
import botocore.session
try:
    found = botocore.session.Session().get_credentials()
    if found is None:
        print(json.dumps({"error": "none"}))
    else:
        keys = found.get_frozen_credentials()
        print(json.dumps({"access_key_id": keys.access_key, "secret_access_key": keys.secret_key,
                          "session_token": keys.token or ""}))
except Exception as error:
    print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
"""


def later(**delta):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**delta)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Services(http.server.BaseHTTPRequestHandler):
    """STS, SSO, a container and an instance, told apart by their paths."""
    protocol_version = "HTTP/1.1"

    def answer(self, status, body, kind="application/json"):
        data = body if isinstance(body, bytes) else (
            body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments):
        pass

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()

    @staticmethod
    def document(key):
        return {"Code": "Success", "AccessKeyId": key, "SecretAccessKey": "s-" + key,
                "Token": "t-" + key, "Expiration": later(hours=6)}

    def do_PUT(self):
        self.body()
        if self.path == "/imds/latest/api/token":
            self.answer(200, "METADATA-TOKEN", "text/plain")
        else:  # /imds1: version 1 only
            self.answer(404, "", "text/plain")

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path.startswith("/container"):
            wanted = {"/container/plain": None, "/container/token": "Bearer 1"}.get(path, "no")
            if self.headers.get("Authorization") != wanted:
                self.answer(403, {"code": "AccessDenied", "message": "no"})
            else:
                self.answer(200, self.document("CONTAINER" + path[-5:].upper()))
        elif path.startswith(("/imds/", "/imds1/", "/imdsnorole/")):
            self.metadata(path)
        elif path == "/federation/credentials":
            token = self.headers.get("x-amz-sso_bearer_token")
            if token not in ("valid", "refreshed"):
                self.answer(401, {"message": "Session token not found or invalid"})
            else:
                self.answer(200, {"roleCredentials": {
                    "accessKeyId": "SSO" + token.upper(), "secretAccessKey": "s",
                    "sessionToken": self.path.partition("?")[2].replace("&", "-").replace("=", "-"),
                    "expiration": 4102444800000}})
        else:
            self.answer(404, {})

    def metadata(self, path):
        kind, _, rest = path[1:].partition("/")
        token = self.headers.get("x-aws-ec2-metadata-token")
        if kind == "imds" and token != "METADATA-TOKEN":
            self.answer(401, "", "text/plain")
        elif kind == "imdsnorole":
            self.answer(404, "", "text/plain")
        elif rest == "latest/meta-data/iam/security-credentials/":
            self.answer(200, "the-role", "text/plain")
        elif rest == "latest/meta-data/iam/security-credentials/the-role":
            self.answer(200, self.document("INSTANCE" + ("2" if token else "1")))
        else:
            self.answer(404, "", "text/plain")

    def do_POST(self):
        body = self.body()
        if self.path == "/token":
            request = json.loads(body)
            good = request.get("refreshToken") == "good" and request["grantType"] == "refresh_token"
            if good:
                self.answer(200, {"accessToken": "refreshed", "expiresIn": 3600,
                                  "refreshToken": "next", "tokenType": "Bearer"})
            else:
                self.answer(400, {"error": "invalid_grant"})
        elif "RoleArn=" in body:
            self.sts(body)
        else:
            self.answer(404, {})

    def sts(self, body):
        """Keys that tell who asked for which role."""
        fields = dict(pair.split("=", 1) for pair in body.split("&"))
        role = fields["RoleArn"].rpartition("%2F")[2]
        if role == "denied":
            self.answer(403, "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"
                             "<Message>not allowed</Message></Error><RequestId>r</RequestId>"
                             "</ErrorResponse>", "text/xml")
            return
        if fields["Action"] == "AssumeRole":
            who = self.headers["Authorization"].partition("Credential=")[2].partition("/")[0]
        else:
            who = fields["WebIdentityToken"].upper()
        action = fields["Action"]
        extra = fields.get("ExternalId", "") + fields.get("DurationSeconds", "")
        self.answer(200, f"""<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<{action}Result><Credentials><AccessKeyId>{role.upper()}OF{who}{extra}</AccessKeyId>
<SecretAccessKey>a/b+c&amp;d</SecretAccessKey><SessionToken>token==</SessionToken>
<Expiration>{later(hours=1)}</Expiration></Credentials><AssumedRoleUser>
<Arn>arn:aws:sts::123456789012:assumed-role/{role}/x</Arn><AssumedRoleId>A:x</AssumedRoleId>
</AssumedRoleUser></{action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
</{action}Response>""", "text/xml")


KEYS = "aws_access_key_id = {0}\naws_secret_access_key = s-{0}\n"
ROLE = "role_arn = arn:aws:iam::123456789012:role/{}\n"
ENV_KEYS = {"AWS_ACCESS_KEY_ID": "ENVKEY", "AWS_SECRET_ACCESS_KEY": "s"}
SSO = "sso_account_id = 123456789012\nsso_role_name = reader\n"
SESSION = "[sso-session my]\nsso_region = us-east-1\nsso_start_url = https://x/start\n"


class CredentialsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Services)
        cls.url = f"http://127.0.0.1:{cls.server.server_address[1]}"
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.pool = ThreadPoolExecutor(2)

    @classmethod
    def tearDownClass(cls):
        cls.pool.shutdown()
        cls.server.shutdown()
        cls.server.server_close()

    def ask(self, program, variables, config, files):
        """One program's answer, in a HOME of its own."""
        with tempfile.TemporaryDirectory() as home:
            for name, text in {".aws/config": config, **files}.items():
                path = pathlib.Path(home) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text.replace("HOME/", home + "/"), encoding="utf-8")
            env = {k: v for k, v in os.environ.items()
                   if not k.startswith("AWS_") and not k.lower().endswith("_proxy")}
            env.update(HOME=home, AWS_REGION="us-east-1", AWS_DEFAULT_REGION="us-east-1",
                       AWS_EC2_METADATA_DISABLED="true", AWS_ENDPOINT_URL=self.url)
            env.update({k: v.replace("HOME/", home + "/") for k, v in variables.items()})
            done = subprocess.run(program, env=env, capture_output=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            answer = json.loads(done.stdout)
            after = {p.name: p.read_text(encoding="utf-8")
                     for p in pathlib.Path(home).glob(".aws/sso/cache/*")}
            return answer, after

    def compare(self, expected, variables=None, config="", files=None, source=None):
        """Both find the key `expected`, or, with None, neither finds any."""
        variables = variables or {}
        files = files or {}
        both = [self.pool.submit(self.ask, program, variables, config, files)
                for program in ([sys.executable, "-c", BOTOCORE], [PROBE])]
        (theirs, their_files), (ours, our_files) = (future.result() for future in both)
        if expected is None:
            self.assertIn("error", theirs)
            self.assertIn("error", ours)
            return ours["error"]
        self.assertNotIn("error", theirs)
        self.assertNotIn("error", ours)
        found = ours.pop("source")
        self.assertEqual(ours, theirs)
        self.assertEqual(ours["access_key_id"], expected)
        if source is not None:
            self.assertEqual(found, source)
        return their_files, our_files

    def sso(self, token, name="my", minutes=60, refresh="good"):
        """A token's file, as `aws sso login` leaves it."""
        body = {"accessToken": token, "expiresAt": later(minutes=minutes), "region": "us-east-1",
                "startUrl": "https://x/start", "refreshToken": refresh, "clientId": "id",
                "clientSecret": "secret", "registrationExpiresAt": later(days=30)}
        return {f".aws/sso/cache/{hashlib.sha1(name.encode()).hexdigest()}.json": json.dumps(body)}

    def test_environment(self):
        self.compare("ENVKEY", ENV_KEYS, source="environment")
        self.compare("ENVKEY", {**ENV_KEYS, "AWS_SESSION_TOKEN": "t", "AWS_PROFILE": "other"},
                     "[profile other]\n" + KEYS.format("FILE"))
        self.compare(None, {"AWS_ACCESS_KEY_ID": "ENVKEY"})

    def test_static_profiles(self):
        config = "[default]\n" + KEYS.format("CONFIG") + "[profile dev]\n" + KEYS.format("DEV")
        self.compare("CONFIG", config=config, source="profile default")
        self.compare("DEV", {"AWS_PROFILE": "dev"}, config)
        self.compare("SHARED", config=config,
                     files={".aws/credentials": "[default]\n" + KEYS.format("SHARED")})
        self.compare(None, {"AWS_PROFILE": "missing"}, config)
        self.compare(None, config="[default]\naws_access_key_id = half\n")

    def test_roles(self):
        base = "[profile base]\n" + KEYS.format("BASE")
        self.compare("AOFBASE", config="[default]\n" + ROLE.format("a") + "source_profile = base\n" +
                     base, source="profile default: role arn:aws:iam::123456789012:role/a from "
                                  "profile base")
        self.compare("AOFBASEext1800",
                     config="[default]\n" + ROLE.format("a") + "source_profile = base\n"
                            "external_id = ext\nduration_seconds = 1800\n" + base)
        self.compare("AOFBOFBASE", config="[default]\n" + ROLE.format("a") + "source_profile = b\n"
                     "[profile b]\n" + ROLE.format("b") + "source_profile = base\n" + base)
        self.compare("AOFSELF", config="[default]\n" + ROLE.format("a") + "source_profile = default\n"
                     + KEYS.format("SELF"))
        self.compare("AOFINSTANCE2", self.instance(), "[default]\n" + ROLE.format("a") +
                     "credential_source = Ec2InstanceMetadata\n")
        self.compare("AOFCONTAINERPLAIN",
                     {"AWS_CONTAINER_CREDENTIALS_FULL_URI": self.url + "/container/plain"},
                     "[default]\n" + ROLE.format("a") + "credential_source = EcsContainer\n")

    def test_roles_that_fail(self):
        base = "[profile base]\n" + KEYS.format("BASE")
        for config in (
                "[default]\n" + ROLE.format("denied") + "source_profile = base\n" + base,
                "[default]\n" + ROLE.format("a") + "source_profile = nobody\n",
                "[default]\n" + ROLE.format("a") + "source_profile = base\n"
                "credential_source = Environment\n" + base,
                "[default]\n" + ROLE.format("a") + "source_profile = b\n[profile b]\n" +
                ROLE.format("b") + "source_profile = default\n",
                "[default]\n" + ROLE.format("a") + "credential_source = Sky\n"):
            self.compare(None, config=config)

    def test_web_identity(self):
        env = {"AWS_WEB_IDENTITY_TOKEN_FILE": "HOME/jwt", "AWS_ROLE_SESSION_NAME": "me",
               "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/w"}
        self.compare("WOFJWT1", env, files={"jwt": "jwt1"})
        self.compare("WOFJWT1", config="[default]\nweb_identity_token_file = HOME/jwt\n" +
                     ROLE.format("w"), files={"jwt": "jwt1"})
        self.compare("AOFWOFJWT1", config="[default]\n" + ROLE.format("a") + "source_profile = web\n"
                     "[profile web]\nweb_identity_token_file = HOME/jwt\n" + ROLE.format("w"),
                     files={"jwt": "jwt1"})
        self.compare(None, env)
        self.compare(None, {**env, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/denied"},
                     files={"jwt": "jwt1"})

    def test_sso(self):
        profile = "[default]\nsso_session = my\n" + SSO + SESSION
        self.compare("SSOVALID", config=profile, files=self.sso("valid"))
        theirs, ours = self.compare("SSOREFRESHED", config=profile,
                                    files=self.sso("old", minutes=5))
        for name, text in theirs.items():
            a, b = json.loads(text), json.loads(ours[name])
            self.assertEqual(set(b), set(a))
            for field in set(a) - {"expiresAt"}:
                self.assertEqual(b[field], a[field], field)
        self.compare("SSOVALID", config=profile,
                     files=self.sso("valid", minutes=5, refresh="bad"))
        legacy = "[default]\nsso_start_url = https://x/start\nsso_region = us-east-1\n" + SSO
        self.compare("SSOVALID", config=legacy, files=self.sso("valid", "https://x/start"))
        self.compare(None, config=legacy, files=self.sso("valid", "https://x/start", minutes=-5))
        self.compare(None, config=profile)
        self.compare(None, config=profile, files=self.sso("stranger"))
        self.compare(None, config=profile, files=self.sso("old", minutes=-5, refresh="bad"))
        self.compare(None, config="[default]\nsso_session = nobody\n" + SSO)

    def test_process(self):
        def process(**document):
            return {"p.json": json.dumps(document)}
        config = "[default]\ncredential_process = cat \"HOME/p.json\"\n"
        self.compare("PROC", config=config, files=process(
            Version=1, AccessKeyId="PROC", SecretAccessKey="s", SessionToken="t",
            Expiration=later(hours=1)))
        self.compare("PROC", config=config,
                     files=process(Version=1, AccessKeyId="PROC", SecretAccessKey="s"))
        self.compare(None, config=config,
                     files=process(Version=2, AccessKeyId="PROC", SecretAccessKey="s"))
        self.compare(None, config=config)
        self.compare(None, config="[default]\ncredential_process = /nowhere/at-all\n")
        self.compare("STATIC", config=config, files={
            ".aws/credentials": "[default]\n" + KEYS.format("STATIC"),
            **process(Version=1, AccessKeyId="PROC", SecretAccessKey="s")})

    def test_container(self):
        full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
        self.compare("CONTAINERPLAIN", {full: self.url + "/container/plain"}, source="container")
        self.compare("CONTAINERTOKEN", {full: self.url + "/container/token",
                                        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer 1"})
        self.compare("CONTAINERTOKEN", {full: self.url + "/container/token",
                                        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "wrong",
                                        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "HOME/t"},
                     files={"t": "Bearer 1"})
        self.compare(None, {full: "http://192.0.2.1/x"})
        self.compare(None, {full: self.url + "/container/token",
                            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer\r\n1"})

    def instance(self, path="/imds", **extra):
        return {"AWS_EC2_METADATA_DISABLED": "false", **extra,
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.url + path}

    def test_instance(self):
        self.compare("INSTANCE2", self.instance(), source="instance metadata")
        self.compare("INSTANCE1", self.instance("/imds1"))
        self.compare(None, self.instance("/imds1", AWS_EC2_METADATA_V1_DISABLED="true"))
        self.compare(None, self.instance("/imdsnorole"))
        self.compare(None, {**self.instance(), "AWS_EC2_METADATA_DISABLED": "true"})

    def test_nothing(self):
        error = self.compare(None)
        for part in ("environment: ", "web identity: ", "profile default: ", "container: ",
                     "instance metadata: "):
            self.assertIn(part, error)


if __name__ == "__main__":
    unittest.main()

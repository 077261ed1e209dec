"""`lddynamo local --verify-signatures`: what botocore signs is accepted, what was changed is not.

Needs botocore: run with the interpreter of tests/peers/requirements.txt.
"""
import http.client
import json
import unittest

import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions
import botocore.session

from support import LocalServer, clean_environment, run

KEY, SECRET, TOKEN = "AKIDEXAMPLE", "verysecretkey", "FwoGZXIvYXdzEXAMPLE//token=="


class LocalSignaturesTest(LocalServer):
    arguments = ("--verify-signatures", "--fault-control")
    environment = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET,
                   "AWS_SESSION_TOKEN": TOKEN, "AWS_REGION": "eu-west-1"}

    def client(self, region="eu-west-1", key=KEY, secret=SECRET, token=TOKEN):
        session = botocore.session.Session()
        session.set_credentials(key, secret, token)
        return session.create_client(
            "dynamodb", region_name=region, endpoint_url=self.url,
            config=botocore.config.Config(retries={"total_max_attempts": 1}))

    def refused(self, call, **parameters):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**parameters)
        error = caught.exception.response
        self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 400)
        self.assertNotIn(SECRET, str(error))
        return error["Error"]["Code"], error["Error"]["Message"]

    def test_botocore_is_accepted(self):
        client = self.client()
        client.create_table(
            TableName=self.table, BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])
        for text in ("plain", "caf\u00e9 \U0001f600", "x" * 200000):
            client.put_item(TableName=self.table, Item={"k": {"S": "a"}, "v": {"S": text}})
            item = client.get_item(TableName=self.table, Key={"k": {"S": "a"}})["Item"]
            self.assertEqual(item["v"]["S"], text)

    def test_botocore_is_refused(self):
        mismatch = "The request signature we calculated does not match"
        code, message = self.refused(self.client(secret="other").list_tables)
        self.assertEqual(code, "InvalidSignatureException")
        self.assertTrue(message.startswith(mismatch), message)
        self.assertEqual(self.refused(self.client(region="us-east-1").list_tables),
                         ("InvalidSignatureException",
                          "Credential should be scoped to a valid region, not 'us-east-1'. "))
        for stranger in ({"key": "AKIDOTHER"}, {"token": "other"}, {"token": None}):
            self.assertEqual(self.refused(self.client(**stranger).list_tables),
                             ("UnrecognizedClientException",
                              "The security token included in the request is invalid."))

    def test_clock_skew(self):
        def skew(time):
            connection = http.client.HTTPConnection("127.0.0.1", int(self.url.rsplit(":", 1)[1]))
            connection.request("POST", "/_lddynamo/faults", json.dumps({"skew": time}))
            self.assertEqual(connection.getresponse().status, 200)
            connection.close()
        self.addCleanup(skew, "0s")
        skew("14m")
        self.client().list_tables()
        skew("16m")
        code, message = self.refused(self.client().list_tables)
        self.assertEqual(code, "InvalidSignatureException")
        self.assertRegex(message, r"^Signature expired: \d{8}T\d{6}Z is now earlier than "
                                  r"\d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$")
        skew("-16m")
        code, message = self.refused(self.client().list_tables)
        self.assertRegex(message, r"^Signature not yet current: .* \+ 15 min\.\)$")

    def send(self, change=None, query=""):
        """A request that botocore signed and somebody changed. Code and message."""
        request = botocore.awsrequest.AWSRequest(
            "POST", self.url + "/" + query, data=b"{}",
            headers={"X-Amz-Target": "DynamoDB_20120810.ListTables", "X-Spaces": "  a   b ",
                     "Content-Type": "application/x-amz-json-1.0"})
        credentials = botocore.credentials.Credentials(KEY, SECRET, TOKEN)
        botocore.auth.SigV4Auth(credentials, "dynamodb", "eu-west-1").add_auth(request)
        sent = {"path": "/" + query, "body": b"{}", "headers": dict(request.headers.items())}
        if change:
            change(sent)
        connection = http.client.HTTPConnection("127.0.0.1", int(self.url.rsplit(":", 1)[1]))
        connection.request("POST", sent["path"], sent["body"], sent["headers"])
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        if answer.status == 200:
            return None, None
        return body["__type"].split("#")[1], body.get("message", "")

    def test_tampering(self):
        self.assertEqual(self.send(), (None, None))
        self.assertEqual(self.send(query="?b=2&a=%C3%A9&a=1"), (None, None))

        def header(name, value):
            return lambda sent: sent["headers"].update({name: value})
        for change in (lambda sent: sent.update(body=b"{ }"), lambda sent: sent.update(path="/x"),
                       header("X-Amz-Target", "DynamoDB_20120810.DescribeTable"),
                       header("X-Spaces", "a c")):
            self.assertEqual(self.send(change)[0], "InvalidSignatureException")
        self.assertEqual(self.send(lambda sent: sent["headers"].pop("Authorization")),
                         ("MissingAuthenticationTokenException",
                          "Request is missing Authentication Token"))
        code, message = self.send(header("Authorization", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e"))
        self.assertEqual(code, "IncompleteSignatureException")
        self.assertIn("requires 'Signature' parameter", message)

    def test_the_program_itself_is_accepted(self):
        env = clean_environment(**self.environment, LDDYNAMO_ENDPOINT_URL=self.url)
        outcome = run("table", "create", "--table", self.table, env=env)
        self.assertEqual(outcome.code, 0, outcome)
        outcome = run("table", "describe", "--table", self.table,
                      env={**env, "AWS_SECRET_ACCESS_KEY": "other"})
        self.assertEqual(outcome.code, 4, outcome)

    def test_keys_are_needed(self):
        outcome = run("local", "--port", "0", "--verify-signatures")
        self.assertEqual(outcome.code, 4, outcome)
        self.assertIn("AWS_ACCESS_KEY_ID", outcome.err)


if __name__ == "__main__":
    unittest.main()

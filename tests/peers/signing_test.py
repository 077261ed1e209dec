"""Signature Version 4: ours and botocore's are the same for random requests."""
import datetime
import random
import unittest
from unittest import mock
from urllib.parse import quote

from botocore.auth import SIGNED_HEADERS_BLACKLIST, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from probe import ask

COUNT = 4000
SEED = 20261125
ODD = "abcXYZ019-_.~ !\"$'()*+,:;<=>@[]^`{|}\\/é€😀&%?#"
# Python's str.split(), which botocore trims with, also splits at white space that is none in HTTP.
HEADER = "abcXYZ019-_.~!\"$'()*+,:;<=>@[]^`{|}\\/é€😀&%?#  \t"
NAMES = ["X-Amz-Target", "Content-Type", "x-amz-meta-a", "X-Amz-Meta-A-B", "Accept", "Expect", "User-Agent",
         "X-Amzn-Trace-Id", "Transfer-Encoding", "amz-sdk-request", "Accept-Encoding", "Zz", "a",
         # Those that proxies change, and that botocore does not sign.
         *SIGNED_HEADERS_BLACKLIST]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def text(self, alphabet, low, high):
        return "".join(self.random.choice(alphabet) for _ in range(self.random.randint(low, high)))

    def path(self):
        parts = []
        for _ in range(self.random.randint(0, 5)):
            kind = self.random.random()
            if kind < 0.1:
                parts.append(self.random.choice([".", "..", ""]))
            else:
                # As clients send it; sometimes characters that need no escape are left as they are.
                safe = self.random.choice(["", "-_.~", "!$&'()*+,;=:@"])
                parts.append(quote(self.text(ODD, 1, 8), safe=safe))
        return "/" + "/".join(parts)

    def query(self):
        pairs = []
        for _ in range(self.random.choice([0, 0, 1, 2, 5])):
            name = quote(self.text(ODD, 1, 4), safe="-_.~")
            value = quote(self.text(ODD, 0, 8), safe="-_.~")
            pairs.append(name + "=" + value if value or self.random.random() < 0.5 else name)
            if self.random.random() < 0.2:  # the same name once more
                pairs.append(name + "=" + quote(self.text(ODD, 0, 3), safe="-_.~"))
        return "&".join(pairs)

    def headers(self):
        found = []
        for _ in range(self.random.randint(0, 7)):
            found.append([self.random.choice(NAMES), self.text(HEADER, 0, 20)])
        return found

    def request(self):
        pick = self.random.choice
        target = self.path()
        if query := self.query():
            target += "?" + query
        second = self.random.randint(1_400_000_000, 2_000_000_000)
        return {
            "op": "sign", "method": pick(["GET", "POST", "PUT", "DELETE", "HEAD"]),
            "host": pick(["dynamodb.eu-west-1.amazonaws.com", "localhost:8000", "[::1]:4566", "h"]),
            "target": target, "headers": self.headers(),
            "body": pick(["", "{}", self.text(ODD, 0, 60)]),
            "key": self.text("ABCDEFGHIJ0123456789", 16, 20), "secret": self.text(ODD, 1, 40),
            "token": pick(["", self.text("abc/+=019", 1, 80)]),
            "region": pick(["us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1"]),
            "service": pick(["dynamodb", "sts", "execute-api"]),
            "time": datetime.datetime.fromtimestamp(second, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


def botocore_authorization(question):
    headers = HTTPHeaders()
    for name, value in question["headers"]:
        headers[name] = value  # adds
    request = AWSRequest(method=question["method"], url="http://" + question["host"] + question["target"],
                         headers=headers, data=question["body"].encode())
    time = datetime.datetime.strptime(question["time"], "%Y-%m-%dT%H:%M:%SZ")
    credentials = Credentials(question["key"], question["secret"], question["token"] or None)
    with mock.patch("botocore.auth.get_current_datetime", return_value=time):
        SigV4Auth(credentials, question["service"], question["region"]).add_auth(request)
    return request.headers["Authorization"]


class SigningTest(unittest.TestCase):
    def test_random_requests(self):
        maker = Maker(SEED)
        questions = [maker.request() for _ in range(COUNT)]
        for question, ours in zip(questions, ask(questions)):
            self.assertEqual(ours, botocore_authorization(question), question)
        repeated = sum(len({n for n, _ in q["headers"]}) < len(q["headers"]) for q in questions)
        self.assertGreater(repeated, 100)
        print(f"{COUNT} signatures equal botocore's", flush=True)


if __name__ == "__main__":
    unittest.main()

"""What the tests of tests/peers share: servers, the program, boto3 clients."""
import os
import pathlib
import subprocess
import sys
import unittest

import boto3
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import with_server  # noqa: E402  (tests/support is no package)

PROGRAM = os.environ.get("LDDYNAMO_PROGRAM", "")
CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}


def start(name):
    """A server and its URL: "lddynamo", "dynalite" or "moto"."""
    if not PROGRAM:
        raise RuntimeError("set LDDYNAMO_PROGRAM to the program under test")
    return {"lddynamo": lambda: with_server.start_lddynamo(PROGRAM),
            "dynalite": lambda: with_server.start_dynalite(ROOT / "tests" / "interop"),
            "moto": lambda: with_server.start_moto(sys.executable)}[name]()


def client_options(url, **config):
    settings = {"retries": {"mode": "standard", "max_attempts": 3}, **config}
    return {"endpoint_url": url, "config": Config(**settings), **CREDENTIALS}


def run(url, *arguments, stdin="", code=0):
    """stdout of a run of the program that must end with this code."""
    environment = with_server.environment_for(url)
    done = subprocess.run([PROGRAM, *arguments], input=stdin, capture_output=True, text=True, env=environment,
                          timeout=120, check=False)
    if done.returncode != code:
        raise AssertionError(f"lddynamo {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


class WithServer(unittest.TestCase):
    """A test case with a server and a boto3 client for it."""

    server_name = "lddynamo"

    @classmethod
    def setUpClass(cls):
        cls.server, cls.url = start(cls.server_name)
        cls.addClassCleanup(cls.server.stop)
        cls.client = boto3.client("dynamodb", **client_options(cls.url))
        cls.addClassCleanup(cls.client.close)
        cls.tables = 0

    def setUp(self):
        type(self).tables += 1
        self.table = f"table-{self.tables}"

    def create_flags_table(self):
        keys = ("namespace", "key")
        self.client.create_table(
            TableName=self.table, BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in zip(keys, ("HASH", "RANGE"))])
        self.client.get_waiter("table_exists").wait(TableName=self.table, WaiterConfig={"Delay": 1})

"""AWS's Python SDK, client and resource, with `lddynamo local`: every operation as people use it."""
import threading
import unittest
import zlib
from decimal import Decimal

import boto3
import botocore.exceptions
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary
from local_server import WithServer, client_options


def code_of(error):
    return error.exception.response["Error"]["Code"]


class Tables(WithServer):
    def test_life_of_a_table(self):
        self.create_flags_table()
        table = self.client.describe_table(TableName=self.table)["Table"]
        self.assertEqual((table["TableStatus"], table["ItemCount"]), ("ACTIVE", 0))
        self.assertEqual(table["KeySchema"], [{"AttributeName": "namespace", "KeyType": "HASH"},
                                              {"AttributeName": "key", "KeyType": "RANGE"}])
        self.assertEqual(table["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")
        self.assertTrue(table["TableArn"].startswith("arn:aws:dynamodb:"))
        self.assertEqual(table["CreationDateTime"].year >= 2024, True)
        with self.assertRaises(self.client.exceptions.ResourceInUseException):
            self.create_flags_table()
        self.client.delete_table(TableName=self.table)
        self.client.get_waiter("table_not_exists").wait(TableName=self.table, WaiterConfig={"Delay": 1})
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException) as error:
            self.client.describe_table(TableName=self.table)
        self.assertIn(self.table, str(error.exception))
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException):
            self.client.delete_table(TableName=self.table)

    def test_paginator_of_list_tables(self):
        for _ in range(5):
            self.create_flags_table()
            self.table += "x"
        pages = list(self.client.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 2}))
        names = [name for page in pages for name in page["TableNames"]]
        self.assertEqual(names, sorted(names))
        self.assertGreaterEqual(len(pages), 3)
        self.assertTrue({"table-2", "table-2x"} <= set(names) or len(names) >= 5)

    def test_parameters_that_the_sdk_sends_on(self):
        with self.assertRaises(botocore.exceptions.ClientError) as error:
            self.client.create_table(TableName=self.table, BillingMode="PAY_PER_REQUEST", AttributeDefinitions=[
                {"AttributeName": "other", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "h", "KeyType": "HASH"}])
        self.assertEqual(code_of(error), "ValidationException")


class Items(WithServer):
    def setUp(self):
        super().setUp()
        self.create_flags_table()
        self.resource = boto3.resource("dynamodb", **client_options(self.url)).Table(self.table)
        self.addCleanup(self.resource.meta.client.close)

    def key(self, name="b", namespace="a"):
        return {"namespace": namespace, "key": name}

    def test_every_type_there_and_back(self):
        item = {**self.key(), "s": "Ünï\U0001F600", "empty": "", "n": Decimal("-1.5E-10"), "big": Decimal("9" * 38),
                "b": Binary(b"\x00\xff"), "yes": True, "no": False, "null": None, "ss": {"x", "y"},
                "ns": {Decimal(1), Decimal("2.5")}, "bs": {Binary(b"1"), Binary(b"2")},
                "l": [1, "two", [Decimal(3)], {"four": {"x"}}], "m": {"a.b": {"c": []}}}
        self.resource.put_item(Item=item)
        self.assertEqual(self.resource.get_item(Key=self.key(), ConsistentRead=True)["Item"], item)
        self.assertNotIn("Item", self.resource.get_item(Key=self.key("nothing")))

    def test_update_and_return_values(self):
        self.resource.put_item(Item={**self.key(), "count": 1, "list": ["a"], "tags": {"x"}})
        answer = self.resource.update_item(
            Key=self.key(), UpdateExpression="SET #c = #c + :one, #l = list_append(#l, :b) ADD tags :t REMOVE gone",
            ExpressionAttributeNames={"#c": "count", "#l": "list"},
            ExpressionAttributeValues={":one": 1, ":b": ["b"], ":t": {"y"}}, ReturnValues="UPDATED_NEW")
        self.assertEqual(answer["Attributes"], {"count": 2, "list": ["a", "b"], "tags": {"x", "y"}})
        old = self.resource.put_item(Item={**self.key(), "v": 1}, ReturnValues="ALL_OLD")["Attributes"]
        self.assertEqual(old["count"], 2)
        answer = self.resource.update_item(Key=self.key("new"), UpdateExpression="SET v = if_not_exists(v, :z)",
                                           ExpressionAttributeValues={":z": 0}, ReturnValues="ALL_NEW")
        self.assertEqual(answer["Attributes"], {**self.key("new"), "v": 0})
        answer = self.resource.update_item(Key=self.key("new"), ReturnValues="ALL_OLD",
                                           AttributeUpdates={"v": {"Action": "ADD", "Value": 5}})
        self.assertEqual(answer["Attributes"]["v"], 0)
        gone = self.resource.delete_item(Key=self.key("new"), ReturnValues="ALL_OLD")["Attributes"]
        self.assertEqual(gone["v"], 5)
        self.assertNotIn("Attributes", self.resource.delete_item(Key=self.key("new"), ReturnValues="ALL_OLD"))

    def test_conditions(self):
        self.resource.put_item(Item={**self.key(), "version": 2})
        failed = self.client.exceptions.ConditionalCheckFailedException
        for condition in (Attr("version").lt(2), Attr("key").not_exists(), Attr("version").between(3, 4),
                          Attr("version").is_in([5, 6]), ~Attr("version").eq(2),
                          Attr("key").begins_with("x") | Attr("key").contains("y"),
                          Attr("version").attribute_type("S"), Attr("key").size().gt(1)):
            with self.assertRaises(self.resource.meta.client.exceptions.ConditionalCheckFailedException):
                self.resource.put_item(Item={**self.key(), "version": 3}, ConditionExpression=condition)
        self.resource.put_item(Item={**self.key(), "version": 3}, ConditionExpression=Attr("version").lt(3))
        with self.assertRaises(failed) as error:
            self.client.delete_item(
                TableName=self.table, Key={"namespace": {"S": "a"}, "key": {"S": "b"}},
                ConditionExpression="version = :v", ExpressionAttributeValues={":v": {"N": "1"}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD")
        self.assertEqual(error.exception.response["Item"]["version"], {"N": "3"})
        with self.assertRaises(failed):
            self.client.put_item(TableName=self.table, Item={"namespace": {"S": "a"}, "key": {"S": "b"}},
                                 Expected={"version": {"Value": {"N": "1"}}})

    def test_query_and_scan_with_paginators(self):
        with self.resource.batch_writer(overwrite_by_pkeys=["namespace", "key"]) as batch:
            for number in range(60):
                batch.put_item(Item={**self.key(f"{number:03}"), "number": number, "even": number % 2 == 0})
            batch.delete_item(Key=self.key("059"))
        paginator = self.resource.meta.client.get_paginator("query")
        pages = list(paginator.paginate(
            TableName=self.table, KeyConditionExpression=Key("namespace").eq("a") & Key("key").between("010", "049"),
            FilterExpression=Attr("even").eq(True), ProjectionExpression="#k, #n",
            ExpressionAttributeNames={"#k": "key", "#n": "number"}, ScanIndexForward=False,
            PaginationConfig={"PageSize": 7}))
        self.assertEqual([item["number"] for page in pages for item in page["Items"]], list(range(48, 9, -2)))
        self.assertEqual(sum(page["ScannedCount"] for page in pages), 40)
        scan = self.client.get_paginator("scan")
        found = scan.paginate(TableName=self.table, PaginationConfig={"PageSize": 9, "MaxItems": 1000})
        self.assertEqual(len([item for page in found for item in page["Items"]]), 59)
        segments = [self.resource.scan(Segment=n, TotalSegments=3)["Count"] for n in range(3)]
        self.assertEqual(sum(segments), 59)
        count = self.resource.query(KeyConditionExpression=Key("namespace").eq("a") & Key("key").begins_with("00"),
                                    Select="COUNT", ReturnConsumedCapacity="TOTAL")
        self.assertEqual((count["Count"], count["ConsumedCapacity"]["TableName"]), (10, self.table))
        old = self.client.query(TableName=self.table, KeyConditions={
            "namespace": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a"}]},
            "key": {"ComparisonOperator": "LT", "AttributeValueList": [{"S": "003"}]}})
        self.assertEqual(old["Count"], 3)

    def test_pages_of_one_megabyte(self):
        for number in range(4):
            self.resource.put_item(Item={**self.key(str(number)), "text": "x" * 390_000})
        pages = [page["Count"] for page in self.resource.meta.client.get_paginator("query").paginate(
            TableName=self.table, KeyConditionExpression=Key("namespace").eq("a"))]
        self.assertEqual((pages[0], sum(pages)), (3, 4))
        with self.assertRaises(botocore.exceptions.ClientError) as error:
            self.resource.put_item(Item={**self.key(), "text": "x" * 410_000})
        self.assertIn("Item size has exceeded the maximum allowed size", str(error.exception))

    def test_batches(self):
        resource = boto3.resource("dynamodb", **client_options(self.url))
        self.addCleanup(resource.meta.client.close)
        entries = [{"PutRequest": {"Item": self.key(str(n))}} for n in range(25)]
        self.assertEqual(resource.batch_write_item(RequestItems={self.table: entries})["UnprocessedItems"], {})
        keys = [self.key(str(n)) for n in range(30)]
        answer = resource.batch_get_item(RequestItems={self.table: {"Keys": keys, "ConsistentRead": True}})
        self.assertEqual((len(answer["Responses"][self.table]), answer["UnprocessedKeys"]), (25, {}))
        for wrong, words in ((entries + entries, "less than or equal to 25"), (entries[:1] * 2, "duplicates")):
            with self.assertRaises(botocore.exceptions.ClientError) as error:
                resource.batch_write_item(RequestItems={self.table: wrong})
            self.assertEqual(code_of(error), "ValidationException")
            self.assertIn(words, str(error.exception))

    def test_transactions(self):
        def put(name, **more):
            return {"Put": {"TableName": self.table, "Item": {"namespace": {"S": "a"}, "key": {"S": name}}, **more}}
        key = {"namespace": {"S": "a"}, "key": {"S": "one"}}
        self.client.transact_write_items(TransactItems=[put("one"), put("two")], ClientRequestToken="token-1")
        self.client.transact_write_items(TransactItems=[put("one"), put("two")], ClientRequestToken="token-1")
        with self.assertRaises(self.client.exceptions.IdempotentParameterMismatchException):
            self.client.transact_write_items(TransactItems=[put("one")], ClientRequestToken="token-1")
        with self.assertRaises(self.client.exceptions.TransactionCanceledException) as error:
            self.client.transact_write_items(TransactItems=[
                put("three"), put("one", ConditionExpression="attribute_not_exists(#k)",
                                  ExpressionAttributeNames={"#k": "key"},
                                  ReturnValuesOnConditionCheckFailure="ALL_OLD")])
        reasons = error.exception.response["CancellationReasons"]
        self.assertEqual([reason["Code"] for reason in reasons], ["None", "ConditionalCheckFailed"])
        self.assertEqual(reasons[1]["Item"], key)
        self.assertNotIn("Item", self.client.get_item(TableName=self.table, Key={**key, "key": {"S": "three"}}))
        self.client.transact_write_items(TransactItems=[
            {"Update": {"TableName": self.table, "Key": key, "UpdateExpression": "ADD n :n",
                        "ExpressionAttributeValues": {":n": {"N": "3"}}}},
            {"Delete": {"TableName": self.table, "Key": {**key, "key": {"S": "two"}}}},
            {"ConditionCheck": {"TableName": self.table, "Key": {**key, "key": {"S": "nobody"}},
                                "ConditionExpression": "attribute_not_exists(n)"}}])
        got = self.client.transact_get_items(TransactItems=[
            {"Get": {"TableName": self.table, "Key": key, "ProjectionExpression": "n"}},
            {"Get": {"TableName": self.table, "Key": {**key, "key": {"S": "two"}}}}])["Responses"]
        self.assertEqual(got, [{"Item": {"n": {"N": "3"}}}, {}])

    def test_errors_have_the_sdks_classes(self):
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException) as error:
            self.client.get_item(TableName="nobody", Key={"namespace": {"S": "a"}, "key": {"S": "b"}})
        response = error.exception.response
        self.assertEqual(response["ResponseMetadata"]["HTTPStatusCode"], 400)
        self.assertEqual(response["ResponseMetadata"]["RetryAttempts"], 0)
        self.assertTrue(response["ResponseMetadata"]["RequestId"])
        with self.assertRaises(botocore.exceptions.ClientError) as error:
            self.resource.get_item(Key={"namespace": "a"})
        self.assertEqual((code_of(error), error.exception.response["Error"]["Message"]),
                         ("ValidationException", "The provided key element does not match the schema"))

    def test_checksums_are_there_and_right(self):
        seen = []
        client = boto3.client("dynamodb", **client_options(self.url))
        self.addCleanup(client.close)
        client.meta.events.register("before-parse.dynamodb", lambda response_dict, **_: seen.append(
            int(response_dict["headers"]["x-amz-crc32"]) == zlib.crc32(response_dict["body"])))
        client.put_item(TableName=self.table, Item={"namespace": {"S": "a"}, "key": {"S": "b"}})
        client.scan(TableName=self.table)
        with self.assertRaises(client.exceptions.ResourceNotFoundException):
            client.scan(TableName="nobody")
        self.assertEqual(seen, [True, True, True])

    def test_many_threads_count_right(self):
        self.resource.put_item(Item={**self.key(), "n": 0})
        def add():
            for _ in range(25):
                self.client.update_item(TableName=self.table, Key={"namespace": {"S": "a"}, "key": {"S": "b"}},
                                        UpdateExpression="ADD n :one", ExpressionAttributeValues={":one": {"N": "1"}})
        threads = [threading.Thread(target=add) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.resource.get_item(Key=self.key())["Item"]["n"], 200)


class Retries(WithServer):
    def test_a_lost_request_is_sent_again(self):
        self.create_flags_table()
        attempts = []
        client = boto3.client("dynamodb", **client_options(self.url, retries={"mode": "standard", "max_attempts": 4}))
        self.addCleanup(client.close)
        def lose_the_first(request, **_):
            attempts.append(request.headers.get("amz-sdk-request"))
            if len(attempts) == 1:
                raise botocore.exceptions.ConnectionClosedError(endpoint_url=self.url)
        client.meta.events.register("before-send.dynamodb", lose_the_first)
        answer = client.scan(TableName=self.table)
        self.assertEqual((answer["Count"], answer["ResponseMetadata"]["RetryAttempts"], len(attempts)), (0, 1, 2))


if __name__ == "__main__":
    unittest.main()

"""Random tables, items and operations. The same seed gives the same requests."""
import base64

from differential.expressions import NAMES, Expressions, Values

# Table: partition key and its type, sort key and its type.
TABLES = {
    "plain": ("h", "S", None, None),
    "flags": ("namespace", "S", "key", "S"),
    "numbers": ("h", "N", "r", "N"),
    "blobs": ("h", "S", "r", "B"),
    "large": ("h", "S", "r", "S"),
}
PARTITIONS = {"S": ["p", "q", "日本"], "N": ["1", "2", "-3.5"]}
SORTS = {"S": ["a", "aa", "ab", "b", "c", "ä"],
         "N": ["-100", "-1", "0", "1", "1.5", "2", "10", "1e20", "0.001"],
         "B": [base64.b64encode(b).decode() for b in (b"\x00", b"a", b"aa", b"b", b"\xff", b"\xff\xff")]}
COMPARISONS = ["EQ", "NE", "IN", "LE", "LT", "GE", "GT", "BETWEEN", "NOT_NULL", "NULL", "CONTAINS", "NOT_CONTAINS",
               "BEGINS_WITH"]
OPERATIONS = {"PutItem": 14, "GetItem": 8, "UpdateItem": 22, "DeleteItem": 8, "Query": 16, "Scan": 8,
              "BatchGetItem": 5, "BatchWriteItem": 5, "TransactWriteItems": 7, "TransactGetItems": 3}


def create_table_body(name):
    partition, partition_type, sort, sort_type = TABLES[name]
    keys = [(partition, partition_type, "HASH")] + ([(sort, sort_type, "RANGE")] if sort else [])
    return {"TableName": name, "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": n, "KeyType": k} for n, _, k in keys],
            "AttributeDefinitions": [{"AttributeName": n, "AttributeType": t} for n, t, _ in keys]}


def key_names(table):
    return [name for name in (TABLES[table][0], TABLES[table][2]) if name]


class Generator:
    """Makes (operation, parameters) pairs."""

    def __init__(self, rng):
        self.rng = rng
        self.values = Values(rng)

    def chance(self, probability):
        return self.rng.random() < probability

    def next(self):
        operation = self.rng.choices(list(OPERATIONS), list(OPERATIONS.values()))[0]
        body = getattr(self, "make_" + operation)()
        if self.chance(0.02):
            self.spoil(body)
        return operation, body

    def spoil(self, body):
        """Something wrong at the top: a member too many, missing, or of another type."""
        choice = self.rng.randrange(3)
        if choice == 0:
            body[self.rng.choice(["Unknown", "ReturnValues", "Limit", "Select", "ConsistentRead", "Key", "Item",
                                  "ConditionalOperator", "ReturnItemCollectionMetrics"])] = self.rng.choice(
                ["x", "", 5, -1, 0, 1.5, True, None, [], {}, ["x"], {"a": {"S": "x"}}])
        elif choice == 1:
            del body[self.rng.choice(sorted(body))]
        else:
            body[self.rng.choice(sorted(body))] = self.rng.choice(["", "x", 5, -1, 1.5, True, None, [], {}, [{}], ["x"]])

    def table(self):
        if self.chance(0.006):
            return self.rng.choice(["missing", "", "ab", "a;b", "x" * 256])
        return self.rng.choices(["plain", "flags", "numbers", "blobs"], [3, 4, 2, 2])[0]

    def key(self, table):
        rng = self.rng
        partition, partition_type, sort, sort_type = TABLES.get(table, TABLES["flags"])
        key = {partition: {partition_type: rng.choice(PARTITIONS[partition_type])}}
        if sort:
            key[sort] = {sort_type: rng.choice(SORTS[sort_type])}
        if self.chance(0.03):
            self.spoil_key(key)
        return key

    def spoil_key(self, key):
        rng = self.rng
        name = rng.choice(sorted(key))
        choice = rng.randrange(7)
        if choice == 0:
            del key[name]
        elif choice == 1:
            key[rng.choice(NAMES)] = {"S": "x"}
        elif choice == 2:
            key[name] = self.values.bad_value()
        elif choice == 3:
            key[name] = self.values.value()
        elif choice == 4:
            key[name] = {next(iter(key[name])): ""}
        elif choice == 5:
            key[name] = {"S": "k" * rng.choice([1023, 1024, 1025, 2047, 2048, 2049])}
        else:
            key[name] = {"B": base64.b64encode(b"k" * rng.choice([1024, 1025, 2048, 2049])).decode()}

    def item(self, table):
        item = {name: self.values.maybe_bad(0.008) for name in self.rng.sample(NAMES, self.rng.randint(0, 6))}
        if self.chance(0.002):
            item["x"] = {"S": "x" * self.rng.choice([409000, 409550, 409600, 410000])}
        item.update(self.key(table))
        return item

    def some_of(self, body, more):
        """Each option with its probability."""
        for name, (probability, choices) in more.items():
            if self.chance(probability):
                body[name] = self.rng.choice(choices)
        return body

    def legacy_condition(self, comparison=None, kinds=None):
        comparison = comparison or (self.rng.choice(COMPARISONS) if not self.chance(0.02) else "LIKE")
        count = {"NULL": 0, "NOT_NULL": 0, "BETWEEN": 2, "IN": self.rng.randint(1, 3)}.get(comparison, 1)
        if self.chance(0.04):
            count = self.rng.randint(0, 3)
        values = []
        for _ in range(count):
            values.append(self.values.scalar(kinds or self.rng.choice("SNB")) if self.chance(0.9)
                          else self.values.maybe_bad(0.2))
        condition = {"ComparisonOperator": comparison}
        if values or self.chance(0.3):
            condition["AttributeValueList"] = values
        return condition

    def legacy_conditions(self):
        return {self.rng.choice(NAMES): self.legacy_condition() for _ in range(self.rng.choice([1, 1, 2, 3]))}

    def expected(self):
        expected = {}
        for _ in range(self.rng.choice([1, 1, 2])):
            choice = self.rng.random()
            if choice < 0.3:
                entry = {"Value": self.values.maybe_bad()}
            elif choice < 0.5:
                entry = {"Exists": False}
            elif choice < 0.6:
                entry = {"Exists": self.chance(0.5), "Value": self.values.value()}
            elif choice < 0.95:
                entry = self.legacy_condition()
            else:
                entry = {**self.legacy_condition(), **self.rng.choice([{"Exists": False}, {"Value": {"S": "a"}}, {}])}
            expected[self.rng.choice(NAMES)] = entry
        return expected

    def conditional(self, body, table, expressions, legacy=0.12):
        """Adds a condition to a write."""
        if self.chance(0.4):
            body["ConditionExpression"] = expressions.spoil(expressions.condition())
        elif self.chance(legacy):
            body["Expected"] = self.expected()
            self.some_of(body, {"ConditionalOperator": (0.3, ["AND", "OR"])})
        return self.some_of(body, {"ReturnValuesOnConditionCheckFailure": (0.2, ["ALL_OLD", "NONE"])})

    def expressions(self, table):
        return Expressions(self.values, key_names(table) if table in TABLES else ["h"])

    def make_write(self, table, what, returns):
        expressions = self.expressions(table)
        body = {"TableName": table, **what}
        self.conditional(body, table, expressions)
        self.some_of(body, {"ReturnValues": (0.5, returns), "ReturnConsumedCapacity": (0.2, ["TOTAL", "INDEXES", "NONE"])})
        return expressions, body

    def make_PutItem(self):
        table = self.table()
        expressions, body = self.make_write(table, {"Item": self.item(table)},
                                            ["ALL_OLD"] * 8 + ["NONE", "ALL_NEW", "UPDATED_OLD", "x"])
        return expressions.finish(body)

    def make_DeleteItem(self):
        table = self.table()
        expressions, body = self.make_write(table, {"Key": self.key(table)},
                                            ["ALL_OLD"] * 8 + ["NONE", "ALL_NEW", "UPDATED_NEW"])
        return expressions.finish(body)

    def make_UpdateItem(self):
        table = self.table()
        expressions, body = self.make_write(
            table, {"Key": self.key(table)}, ["ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW", "NONE"])
        choice = self.rng.random()
        if choice < 0.82:
            body["UpdateExpression"] = expressions.spoil(expressions.update())
        elif choice < 0.95:
            body["AttributeUpdates"] = {self.rng.choice(NAMES): self.attribute_update()
                                        for _ in range(self.rng.choice([1, 1, 2, 3]))}
            if not self.chance(0.1):
                body.pop("ConditionExpression", None)
                expressions.names, expressions.constants = {}, {}
        return expressions.finish(body)

    def attribute_update(self):
        action = self.rng.choice(["PUT", "ADD", "DELETE", "PUT", "x" if self.chance(0.05) else "ADD"])
        update = {}
        if action != "PUT" or self.chance(0.5):
            update["Action"] = action
        if action != "DELETE" or self.chance(0.5):
            update["Value"] = self.values.maybe_bad()
        return update

    def make_GetItem(self):
        table = self.table()
        expressions = self.expressions(table)
        body = {"TableName": table, "Key": self.key(table)}
        self.projected(body, expressions)
        self.some_of(body, {"ConsistentRead": (0.3, [True, False]),
                            "ReturnConsumedCapacity": (0.2, ["TOTAL", "INDEXES", "NONE", "x"])})
        return expressions.finish(body)

    def projected(self, body, expressions):
        if self.chance(0.45):
            body["ProjectionExpression"] = expressions.spoil(expressions.projection())
        elif self.chance(0.12):
            names = [self.rng.choice(NAMES) for _ in range(self.rng.randint(1, 3))]
            body["AttributesToGet"] = names

    def key_condition(self, table, expressions):
        """A key condition expression, mostly right."""
        partition, partition_type, sort, sort_type = TABLES.get(table, TABLES["flags"])
        name = lambda n: expressions.placeholder(n) if n in ("namespace", "key") or self.chance(0.3) else n
        bound = lambda kind: expressions.constant({kind: self.rng.choice(SORTS[kind])})
        text = f"{name(partition)} = {expressions.constant({partition_type: self.rng.choice(PARTITIONS[partition_type])})}"
        if sort and self.chance(0.6):
            choice = self.rng.randrange(8)
            if choice < 5:
                part = f"{name(sort)} {['=', '<', '<=', '>', '>='][choice]} {bound(sort_type)}"
            elif choice == 5:
                part = f"{name(sort)} BETWEEN {bound(sort_type)} AND {bound(sort_type)}"
            else:
                part = f"begins_with({name(sort)}, {bound(sort_type)})"
            text = f"{text} AND {part}" if self.chance(0.8) else f"{part} AND {text}"
        if self.chance(0.05):
            text = self.rng.choice([
                expressions.condition(), f"NOT {text}", f"{text} AND {expressions.comparison()}",
                f"{text} OR {expressions.comparison()}", f"({text})", f"{name(partition)} > {bound('S')}",
                f"{name(partition)} IN ({bound('S')})", f"{text} AND {name(partition)} = {bound('S')}",
                f"{name(partition)} = {expressions.path()}"])
        return expressions.spoil(text)

    def legacy_key_conditions(self, table):
        partition, partition_type, sort, sort_type = TABLES.get(table, TABLES["flags"])
        conditions = {partition: {"ComparisonOperator": "EQ" if not self.chance(0.05) else self.rng.choice(COMPARISONS),
                                  "AttributeValueList": [{partition_type: self.rng.choice(PARTITIONS[partition_type])}]}}
        if sort and self.chance(0.6):
            comparison = self.rng.choice(["EQ", "LE", "LT", "GE", "GT", "BETWEEN", "BEGINS_WITH"])
            count = 2 if comparison == "BETWEEN" else 1
            conditions[sort] = {"ComparisonOperator": comparison, "AttributeValueList": [
                {sort_type: self.rng.choice(SORTS[sort_type])} for _ in range(count)]}
        if self.chance(0.05):
            conditions[self.rng.choice(NAMES)] = self.legacy_condition()
        return conditions

    def make_Query(self):
        large = self.chance(0.01)
        table = "large" if large else self.table()
        expressions = self.expressions(table)
        body = {"TableName": table}
        if large:
            body["KeyConditionExpression"] = f"h = {expressions.constant({'S': self.rng.choice(['p', 'q'])})}"
        elif self.chance(0.85):
            body["KeyConditionExpression"] = self.key_condition(table, expressions)
        else:
            body["KeyConditions"] = self.legacy_key_conditions(table)
        self.read_options(body, table, expressions, "QueryFilter")
        self.some_of(body, {"ScanIndexForward": (0.4, [False, False, True])})
        return expressions.finish(body)

    def make_Scan(self):
        table = "large" if self.chance(0.01) else self.table()
        expressions = self.expressions(table)
        body = {"TableName": table}
        self.read_options(body, table, expressions, "ScanFilter")
        if self.chance(0.1):
            body["Segment"], body["TotalSegments"] = self.rng.choice([(0, 1), (0, 2), (1, 2), (2, 2), (3, 2), (-1, 2),
                                                                     (0, 0), (0, 1000001)])
            self.some_of(body, {"Segment": (0.05, [None])})
        return expressions.finish(body)

    def read_options(self, body, table, expressions, legacy_filter):
        legacy = "KeyConditions" in body or ("KeyConditionExpression" not in body and self.chance(0.15))
        mixed = self.chance(0.03)
        if legacy and not mixed:
            if self.chance(0.5):
                body[legacy_filter] = self.legacy_conditions()
                self.some_of(body, {"ConditionalOperator": (0.3, ["AND", "OR"])})
            if self.chance(0.2):
                body["AttributesToGet"] = [self.rng.choice(NAMES) for _ in range(2)]
        else:
            if self.chance(0.35):
                body["FilterExpression"] = expressions.spoil(expressions.condition())
            if self.chance(0.3):
                body["ProjectionExpression"] = expressions.spoil(expressions.projection())
        if mixed:
            body[legacy_filter] = self.legacy_conditions()
        narrowed = "ProjectionExpression" in body or "AttributesToGet" in body
        usual = ["SPECIFIC_ATTRIBUTES"] if narrowed else ["COUNT", "COUNT", "ALL_ATTRIBUTES"]
        self.some_of(body, {
            "Limit": (0.35, [1, 1, 2, 3, 5, 100]), "ConsistentRead": (0.2, [True, False]),
            "Select": (0.15, usual * 6 + ["ALL_PROJECTED_ATTRIBUTES", "COUNT", "SPECIFIC_ATTRIBUTES", "x"]),
            "ReturnConsumedCapacity": (0.2, ["TOTAL", "INDEXES", "NONE"])})
        if self.chance(0.12):
            body["ExclusiveStartKey"] = self.key(table)
        if self.chance(0.004):
            body["IndexName"] = self.rng.choice(["nothing", "", "ab"])

    def make_BatchGetItem(self):
        tables = {}
        for _ in range(self.rng.choice([1, 1, 2])):
            table = self.table()
            expressions = self.expressions(table)
            keys = [self.key(table) for _ in range(self.rng.randint(1, 6))]
            if not self.chance(0.1):
                keys = list({repr(key): key for key in keys}.values())
            request = {"Keys": keys if not self.chance(0.01) else []}
            self.projected(request, expressions)
            self.some_of(request, {"ConsistentRead": (0.2, [True, False])})
            tables[table] = expressions.finish(request)
            tables[table].pop("ExpressionAttributeValues", None)
        return self.some_of({"RequestItems": tables}, {"ReturnConsumedCapacity": (0.2, ["TOTAL", "INDEXES", "NONE"])})

    def make_BatchWriteItem(self):
        tables = {}
        for _ in range(self.rng.choice([1, 1, 2])):
            table = self.table()
            requests = {}
            for _ in range(self.rng.choice([1, 2, 3, 6, 26 if self.chance(0.05) else 4])):
                item = self.item(table)
                names = key_names(table) if table in TABLES else ["namespace", "key"]
                key = {name: item[name] for name in names if name in item}
                entry = {"PutRequest": {"Item": item}} if self.chance(0.6) else {"DeleteRequest": {"Key": key}}
                if self.chance(0.01):
                    entry = self.rng.choice([{}, {"PutRequest": {"Item": item}, "DeleteRequest": {"Key": key}},
                                             {"PutRequest": {}}, {"DeleteRequest": {}}])
                requests[repr(key) if not self.chance(0.02) else len(requests)] = entry
            tables[table] = list(requests.values())
        return self.some_of({"RequestItems": tables}, {"ReturnConsumedCapacity": (0.2, ["TOTAL", "INDEXES", "NONE"])})

    def make_TransactWriteItems(self):
        actions = {}
        for _ in range(self.rng.choice([1, 2, 2, 3, 4])):
            table = self.table()
            expressions = self.expressions(table)
            kind = self.rng.choices(["Put", "Update", "Delete", "ConditionCheck"], [4, 4, 2, 2])[0]
            action = {"TableName": table}
            key = self.key(table)
            if kind == "Put":
                action["Item"] = {**self.item(table), **key}
            else:
                action["Key"] = key
            if kind == "Update":
                action["UpdateExpression"] = expressions.spoil(expressions.update())
            if kind == "ConditionCheck" or self.chance(0.4):
                action["ConditionExpression"] = expressions.spoil(expressions.condition())
            self.some_of(action, {"ReturnValuesOnConditionCheckFailure": (0.3, ["ALL_OLD", "NONE"])})
            unique = repr((table, key)) if not self.chance(0.02) else len(actions)
            actions[unique] = {kind: expressions.finish(action)}
        return self.some_of({"TransactItems": list(actions.values())}, {"ReturnConsumedCapacity": (0.1, ["TOTAL", "NONE"])})

    def make_TransactGetItems(self):
        gets = {}
        for _ in range(self.rng.randint(1, 4)):
            table = self.table()
            expressions = self.expressions(table)
            get = {"TableName": table, "Key": self.key(table)}
            if self.chance(0.4):
                get["ProjectionExpression"] = expressions.spoil(expressions.projection())
            unique = repr((table, get["Key"])) if not self.chance(0.05) else len(gets)
            expressions.constants = {}
            gets[unique] = {"Get": expressions.finish(get)}
            gets[unique]["Get"].pop("ExpressionAttributeValues", None)
        return {"TransactItems": list(gets.values())}

"""Answers in a form that can be compared: sets and rows without order."""
import json

SETS = ("SS", "NS", "BS")


def canonical(value):
    """Sets in one order."""
    if isinstance(value, list):
        return [canonical(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (kind, content), = value.items()
        if kind in SETS and isinstance(content, list):
            return {kind: sorted(content, key=str)}
    return {name: canonical(one) for name, one in value.items()}


def as_text(value):
    return json.dumps(value, sort_keys=True)


def unordered(rows):
    return sorted(rows, key=as_text)


def shaped(operation, body):
    """The body of an answer with everything in one order that has none."""
    body = canonical(body)
    if operation in ("Scan",) and "Items" in body:
        body["Items"] = unordered(body["Items"])
    if operation == "BatchGetItem" and "Responses" in body:
        body["Responses"] = {table: unordered(rows) for table, rows in body["Responses"].items()}
    if isinstance(body.get("ConsumedCapacity"), list):
        body["ConsumedCapacity"] = unordered(body["ConsumedCapacity"])
    return body


def touched(operation, body):
    """(table, key or item) of everything that the request may write."""
    found = []
    if operation in ("PutItem", "UpdateItem", "DeleteItem"):
        found.append((body.get("TableName"), body.get("Key", body.get("Item"))))
    elif operation == "BatchWriteItem" and isinstance(body.get("RequestItems"), dict):
        for table, entries in body["RequestItems"].items():
            for entry in entries if isinstance(entries, list) else []:
                for kind, member in (("PutRequest", "Item"), ("DeleteRequest", "Key")):
                    if isinstance(entry, dict) and isinstance(entry.get(kind), dict):
                        found.append((table, entry[kind].get(member)))
    elif operation == "TransactWriteItems" and isinstance(body.get("TransactItems"), list):
        for action in body["TransactItems"]:
            for part in action.values() if isinstance(action, dict) else []:
                if isinstance(part, dict):
                    found.append((part.get("TableName"), part.get("Key", part.get("Item"))))
    return [(table, item) for table, item in found if isinstance(item, dict) and isinstance(table, str)]


def smaller(value):
    """The same JSON with one thing less, in every way."""
    if isinstance(value, dict):
        for name in list(value):
            yield {n: v for n, v in value.items() if n != name}
        for name in list(value):
            for less in smaller(value[name]):
                yield {**value, name: less}
    elif isinstance(value, list):
        for place in range(len(value)):
            yield value[:place] + value[place + 1:]
        for place in range(len(value)):
            for less in smaller(value[place]):
                yield value[:place] + [less] + value[place + 1:]
    elif isinstance(value, str) and " " in value:
        words = value.split(" ")
        for place in range(len(words)):
            yield " ".join(words[:place] + words[place + 1:])

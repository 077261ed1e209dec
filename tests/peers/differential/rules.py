"""What dynalite and moto are known to do otherwise than AWS, and why we do not."""
import re
from decimal import Decimal, InvalidOperation

from differential.compare import shaped

RULES = []
REASONS = {}
# A path or size() of one, as a comparison has it.
OPERAND = r"(?:size\()?[#\w][\w.#\[\]]*\)?"
CAPACITY = ("ConsumedCapacity", "ItemCollectionMetrics")
NO_TRANSACTIONS = ("TransactWriteItems", "TransactGetItems")


def can_do(peer, operation):
    """dynalite has no transactions."""
    return peer == "moto" or operation not in NO_TRANSACTIONS


def rule(name, peer, reason):
    def add(matches):
        RULES.append((name, peer, matches))
        REASONS[name] = reason
        return matches
    return add


def explain(case):
    """The name of the rule that explains a difference; None: nothing does."""
    for name, peer, matches in RULES:
        if peer == case.peer and matches(case):
            return name
    return None


def numbers_in_one_form(value):
    if isinstance(value, list):
        return [numbers_in_one_form(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (kind, content), = value.items()
        try:
            if kind == "N":
                return {"N": Decimal(content).normalize() + 0}
            if kind == "NS":
                return {"NS": sorted(Decimal(one).normalize() + 0 for one in content)}
        except (InvalidOperation, TypeError, ValueError):
            pass
    return {name: numbers_in_one_form(one) for name, one in value.items()}


REASONS["moto-empty-keys"] = "moto stores rows with an empty key, which AWS and dynalite refuse; nothing can delete them"


def rows_that_count(peer, rows, keys):
    """Without the rows that moto should not have."""
    if peer != "moto":
        return rows
    return [row for row in rows if not any(next(iter(row[name].values())) == "" for name in keys)]


def same_rows(ours, theirs):
    return ours == theirs or numbers_in_one_form(ours) == numbers_in_one_form(theirs)


def without(body, *names):
    return {name: value for name, value in body.items() if name not in names}


# dynalite. "moto does as we do" is written where moto, which nobody wrote after dynalite, gives exactly our answer.

@rule("dynalite-crash", "dynalite", "dynalite throws, or never answers, when an operand of IN is missing")
def _(case):
    return case.theirs.type in ("Crash", "Hang")


@rule("dynalite-syntax", "dynalite", "dynalite's parser words syntax errors in its own way since version 4")
def _(case):
    return ": Syntax error; Expected " in case.theirs.message and ": Syntax error; token: " in case.ours.message


@rule("dynalite-not-not", "dynalite", "AWS's grammar lets NOT stand before any condition; dynalite's wants a parenthesis")
def _(case):
    return re.search(r"\bnot +not\b", case.text, re.I) and "Syntax error; Expected" in case.theirs.message


@rule("dynalite-scan-order", "dynalite", "partitions stand in an order that is nobody's business: a scan from a key differs")
def _(case):
    begun = case.operation == "Scan" and ("ExclusiveStartKey" in case.body or "Segment" in case.body)
    other_segment = "Please use ExclusiveStartKey with correct Segment"
    return begun and (case.ours.ok and case.theirs.ok or
                      other_segment in case.ours.message and (case.theirs.ok or other_segment in case.theirs.message) or
                      case.ours.ok and other_segment in case.theirs.message)


@rule("dynalite-total-segments", "dynalite", "AWS's model has a maximum of TotalSegments; dynalite does not know it")
def _(case):
    return "at 'totalSegments'" in case.ours.message


@rule("dynalite-nesting", "dynalite", "dynalite does not count nesting in every place where values may stand; AWS's limit is 32")
def _(case):
    return "Nesting Levels have exceeded" in case.ours.message


@rule("dynalite-empty-key-words", "dynalite", "AWS says 'are not valid', as moto's authors saw too, where dynalite says 'were invalid'")
def _(case):
    return case.ours.message == case.theirs.message.replace("were invalid:", "are not valid.")


@rule("dynalite-return-values", "dynalite", "AWS's reference: DeleteItem takes ALL_OLD and NONE only")
def _(case):
    return case.operation == "DeleteItem" and case.ours.message == "ReturnValues can only be ALL_OLD or NONE"


@rule("dynalite-item-of-failure", "dynalite", "dynalite is older than ReturnValuesOnConditionCheckFailure")
def _(case):
    return case.ours.type == case.theirs.type == "ConditionalCheckFailedException" and \
        "ReturnValuesOnConditionCheckFailure" in case.body


@rule("dynalite-plus", "dynalite", "Java's number reader, which AWS's words are those of, takes a plus sign; AWS's documents do not say")
def _(case):
    return re.search(r'"\+7"', case.text) and "converted to a numeric value: +7" in case.theirs.message


@rule("dynalite-least-capacity", "dynalite", "AWS bills half a unit at least for a query or scan that finds nothing")
def _(case):
    return case.ours.ok and case.theirs.ok and same_rows(
        without(shaped(case.operation, case.ours.body), "ConsumedCapacity"),
        without(shaped(case.operation, case.theirs.body), "ConsumedCapacity")) and "ConsumedCapacity" in case.theirs.body \
        and case.ours.body.get("ScannedCount") == 0


@rule("dynalite-key-paths", "dynalite", "dynalite checks paths into keys in projections and filters; in conditions only we do")
def _(case):
    return case.ours.message.startswith("Key attributes must be scalars")


@rule("dynalite-empty-attributes", "dynalite", "AWS leaves out Attributes when there are none; dynalite gives {}")
def _(case):
    return case.ours.ok and case.theirs.ok and case.operation == "UpdateItem" and \
        case.theirs.body.get("Attributes") == {} and without(case.theirs.body, "Attributes") == case.ours.body


@rule("dynalite-select", "dynalite", "dynalite does not check Select against what is asked for; moto does, in our words")
def _(case):
    return "Select" in case.body and re.match(r"(Cannot|Must) specify the|ALL_PROJECTED_ATTRIBUTES can be used", case.ours.message)


@rule("dynalite-comparison-types", "dynalite", "AWS refuses to order by <, <=, >, >= or BETWEEN what has no order; dynalite does not look")
def _(case):
    return re.search(r"operator or function: ([<>]=?|BETWEEN), operand type", case.ours.message) is not None


@rule("dynalite-which-attribute", "dynalite", "several attributes are at fault: dynalite names the first in the JSON, we the first by name")
def _(case):
    several = any(len(case.body.get(name) or ()) > 1 for name in ("AttributeUpdates", "Expected", "ScanFilter", "QueryFilter"))
    faults = r"One or more parameter values were invalid: |Supplied AttributeValue |The BETWEEN condition |.*number|.*[Nn]umeric|.*digits"
    return several and case.ours.type == case.theirs.type == "ValidationException" and \
        re.match(faults, case.ours.message) and re.match(faults, case.theirs.message)


@rule("dynalite-shown", "dynalite", "a message shows the request's value, whose members have no order")
def _(case):
    def rules_broken(answer):
        return re.sub(r"Value '.*?' at '", "Value at '", answer.message, flags=re.S)
    return " validation error" in case.ours.message and rules_broken(case.ours) == rules_broken(case.theirs)


@rule("dynalite-expected", "dynalite", "AWS's reference: Exists true compares Value too, and ConditionalOperator OR counts for Exists; dynalite "
                                        "(and moto) look at existence only, and at all of them")
def _(case):
    expected = case.body.get("Expected")
    old = isinstance(expected, dict) and any(isinstance(one, dict) and "Exists" in one for one in expected.values())
    either = case.body.get("ConditionalOperator") == "OR" or any(
        one.get("Exists") is True for one in expected.values() if isinstance(one, dict)) if old else False
    return either and "ConditionalCheckFailedException" in (case.ours.type, case.theirs.type)


@rule("dynalite-null-word", "dynalite", "in Expected dynalite takes NULL with a word for false, which it refuses elsewhere")
def _(case):
    return "Expected" in case.body and case.ours.message.endswith("Null attribute value types must have the value of true")


@rule("dynalite-unused-order", "dynalite", "unused placeholders are listed in the order of a hash")
def _(case):
    return " unused in expressions: keys: {" in case.ours.message and \
        sorted(re.findall(r"[#:]\w+", case.ours.message)) == sorted(re.findall(r"[#:]\w+", case.theirs.message))


@rule("dynalite-unknown-members", "dynalite", "dynalite's model lacks Scan's ConsistentRead and ReturnValuesOnConditionCheckFailure")
def _(case):
    return case.ours.status == 400 and (
        case.operation == "Scan" and not isinstance(case.body.get("ConsistentRead", True), bool) or
        case.body.get("ReturnValuesOnConditionCheckFailure", "NONE") not in ("NONE", "ALL_OLD"))


@rule("dynalite-in-distinct", "dynalite", "AWS refuses operands that are the same; dynalite forgets IN")
def _(case):
    return "operator: IN, first operand" in case.ours.message


@rule("dynalite-two-requests", "dynalite", "AWS refuses an entry of a batch that is a put and a delete; dynalite does one of them")
def _(case):
    return case.operation == "BatchWriteItem" and case.ours.message.startswith("Supplied AttributeValue has more than one")


@rule("dynalite-digits", "dynalite", "AWS refuses sums of more than 38 digits; dynalite keeps or rounds them")
def _(case):
    return case.operation == "UpdateItem" and "38 significant digits" in case.ours.message


@rule("dynalite-outvoted", "dynalite", "moto does as we do")
def _(case):
    return case.third_agrees() or case.third is not None and case.ours.ok and case.third.ok and same_rows(
        without(shaped(case.operation, case.ours.body), *CAPACITY),
        without(shaped(case.operation, case.third.body), *CAPACITY))


@rule("dynalite-missing-operands", "dynalite", "what is missing equals nothing; dynalite, as JavaScript, finds two missing operands equal. "
      "AWS's documents do not say")
def _(case):
    """Only the outcome of the condition differs, and the condition compares two paths."""
    failed = "ConditionalCheckFailedException"
    texts = " ".join(str(case.body.get(name)) for name in ("ConditionExpression", "FilterExpression"))
    if not re.search(rf"{OPERAND} *(=|<>|[<>]=?) *{OPERAND}|{OPERAND} between|between {OPERAND}", texts, re.I):
        return False
    if case.operation in ("Query", "Scan"):
        return case.ours.ok and case.theirs.ok and case.ours.body["ScannedCount"] == case.theirs.body["ScannedCount"]
    return failed in (case.ours.type, case.theirs.type)


# moto. Where dynalite, which was written after AWS's own answers, gives exactly our answer (or one that a rule
# above explains), moto is outvoted.

def confirmed(case):
    """Whether dynalite confirms our answer: the same, or explained."""
    if case.third is not None:
        other = type(case)(case.operation, case.body, "dynalite", case.ours, case.third, None)
        return other.same() or explain(other) is not None
    return case.alone is not None and confirmed_alone(case)


def confirmed_alone(case):
    """A transaction, which dynalite does not know: do its actions, one by one, end as we say?"""
    def agrees(number, message, kind, item=None):
        operation, body, answer = case.alone[number]
        ours = type(case.ours).refusal(kind, message)
        if case.operation == "TransactGetItems" and kind is None:
            ours.body = item
        if kind is None and case.operation != "TransactGetItems" and answer.ok:
            return True
        other = type(case)(operation, body, "dynalite", ours, answer, None)
        return other.same() or explain(other) is not None
    numbers = range(len(case.alone))
    if case.ours.ok:
        responses = case.ours.body.get("Responses", [{}] * len(case.alone))
        return all(agrees(n, "", None, responses[n]) for n in numbers)
    if case.ours.type != "TransactionCanceledException":
        return any(agrees(n, re.sub(r"transactItems\.\d+\.member\.\w+\.", "", case.ours.message), case.ours.type) for n in numbers)
    kinds = {"ConditionalCheckFailed": "ConditionalCheckFailedException", "ValidationError": "ValidationException"}
    return all(agrees(n, reason.get("Message", ""), kinds[reason["Code"]])
               for n, reason in enumerate(case.ours.body["CancellationReasons"]) if reason["Code"] in kinds)


@rule("moto-crash", "moto", "moto answers 500 where its code does not expect the input")
def _(case):
    return case.theirs.status == 500 and (case.ours.status == 400 or confirmed(case))


@rule("moto-empty-members", "moto", "moto adds empty ConsumedCapacity and ItemCollectionMetrics, or capacity that nobody asked for")
def _(case):
    return case.ours.ok and case.theirs.ok and \
        shaped(case.operation, case.ours.body) == without(shaped(case.operation, case.theirs.body), *CAPACITY)


@rule("moto-capacity", "moto", "moto counts every operation as one unit, transactions as none")
def _(case):
    return case.ours.ok and case.theirs.ok and without(shaped(case.operation, case.ours.body), *CAPACITY) == \
        without(shaped(case.operation, case.theirs.body), *CAPACITY)


@rule("moto-numbers", "moto", "moto gives numbers back as they were sent, not in AWS's one form")
def _(case):
    return case.ours.ok and case.theirs.ok and same_rows(
        without(shaped(case.operation, case.ours.body), *CAPACITY), without(shaped(case.operation, case.theirs.body), *CAPACITY))


@rule("moto-prefix", "moto", "moto puts '1 validation error detected: ' before words that AWS gives without")
def _(case):
    return case.theirs.message == "1 validation error detected: " + case.ours.message


@rule("moto-checks-less", "moto", "moto does what AWS refuses; dynalite refuses it in our words")
def _(case):
    return not case.ours.ok and case.theirs.ok and confirmed(case)


@rule("moto-words", "moto", "moto refuses too, for another reason or in other words; dynalite refuses it in our words")
def _(case):
    return not case.ours.ok and not case.theirs.ok and confirmed(case)


@rule("moto-checks-more", "moto", "moto refuses what dynalite does, and AWS documents")
def _(case):
    return case.ours.ok and not case.theirs.ok and confirmed(case)


@rule("moto-result", "moto", "moto's result is another; dynalite's is ours")
def _(case):
    return case.ours.ok and case.theirs.ok and confirmed(case)


@rule("moto-crash-in-transaction", "moto", "moto gives the class of a Python exception as the reason of a cancelled transaction")
def _(case):
    reasons = case.theirs.body.get("CancellationReasons")
    return isinstance(reasons, list) and any(
        re.fullmatch(r"[A-Z][A-Za-z]*(Error|Exception|Operation)", reason.get("Code", "")) and reason["Code"] != "ValidationError"
        for reason in reasons)


@rule("moto-shape", "moto", "moto does not check the JSON's types against AWS's model")
def _(case):
    return case.ours.type == "SerializationException"


@rule("moto-transaction-twice", "moto", "AWS refuses two actions of a transaction on one item before anything else")
def _(case):
    return case.ours.message == "Transaction request cannot include multiple operations on one item"


@rule("moto-transaction-shape", "moto", "moto does not check a transaction against AWS's model; we do, in the words for other operations")
def _(case):
    return case.operation.startswith("Transact") and (
        " validation error" in case.ours.message)

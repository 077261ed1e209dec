"""Sends the requests to all servers, compares, keeps the tables equal after an explained difference."""
import collections
import concurrent.futures
import random
import time

from differential import rules
from differential.compare import as_text, canonical, shaped, smaller, touched, unordered
from differential.generator import TABLES, Generator, create_table_body, key_names

LARGE_SIZES = [400_000, 300_000, 350_000, 200_000, 1_000, 380_000, 100, 399_000, 250_000, 150_000, 399_000, 10]


class Case:
    """One request, our answer and the answer of one peer; `third` is the other peer's, if it can do this."""

    def __init__(self, operation, body, peer, ours, theirs, third):
        self.operation, self.body, self.peer = operation, body, peer
        self.ours, self.theirs, self.third = ours, theirs, third
        self.text = as_text(body)
        self.alone = None  # of a transaction: what dynalite answers to each action alone

    def same(self):
        return (self.ours.status, self.ours.type, self.ours.message) == (
            self.theirs.status, self.theirs.type, self.theirs.message) and (
            shaped(self.operation, self.ours.body) == shaped(self.operation, self.theirs.body) if self.ours.ok else
            canonical(self.ours.body.get("Item")) == canonical(self.theirs.body.get("Item")) and
            canonical(self.ours.body.get("CancellationReasons")) == canonical(self.theirs.body.get("CancellationReasons")))

    def third_agrees(self):
        """Whether the other peer answers as we do."""
        return self.third is not None and Case(
            self.operation, self.body, "", self.ours, self.third, None).same()


class Run:
    """Counts and differences of one run."""

    def __init__(self, ours, peers, seed, max_printed=20):
        self.ours, self.peers, self.seed = ours, peers, seed
        self.servers = [ours, *peers]
        self.pool = concurrent.futures.ThreadPoolExecutor(len(self.servers))
        self.equal = collections.Counter()
        self.explained = collections.Counter()
        self.operations = collections.Counter()
        self.unexplained = collections.Counter()
        self.reports, self.max_printed = [], max_printed
        self.outcomes = collections.Counter()

    def everywhere(self, operation, body):
        return list(self.pool.map(lambda server: self.complete(server, operation, body), self.servers))

    @staticmethod
    def complete(server, operation, body):
        """The answer; of a scan all pages, since every server has its own order of partitions."""
        answer = server.send(operation, body)
        if operation != "Scan" or not answer.ok or "LastEvaluatedKey" not in answer.body:
            return answer
        page = answer
        while "LastEvaluatedKey" in page.body:
            page = server.send(operation, {**body, "ExclusiveStartKey": page.body["LastEvaluatedKey"]})
            if not page.ok:
                return page
            for name in ("Count", "ScannedCount"):
                answer.body[name] += page.body[name]
            answer.body.setdefault("Items", []).extend(page.body.get("Items", []))
        for name in ("LastEvaluatedKey", "ConsumedCapacity"):
            answer.body.pop(name, None)
        if body.get("Select") == "COUNT":
            answer.body.pop("Items", None)
        return answer

    def create_tables(self):
        for table in TABLES:
            for answer in self.everywhere("CreateTable", create_table_body(table)):
                if not answer.ok:
                    raise AssertionError(f"CreateTable: {answer}")
        for server in self.servers:
            deadline = time.monotonic() + 20
            for table in TABLES:
                while server.send("DescribeTable", {"TableName": table}).body["Table"]["TableStatus"] != "ACTIVE":
                    if time.monotonic() > deadline:
                        raise AssertionError(f"{server.name}: {table} does not become active")
                    time.sleep(0.05)
        for partition in ("p", "q"):
            for number, size in enumerate(LARGE_SIZES):
                item = {"h": {"S": partition}, "r": {"S": f"{number:02}"}, "x": {"S": "x" * size}, "a": {"N": str(number)}}
                for answer in self.everywhere("PutItem", {"TableName": "large", "Item": item}):
                    if not answer.ok:
                        raise AssertionError(f"PutItem: {answer}")

    def rows_of(self, server, places):
        """What the server has at the places that a request may write."""
        found = []
        for table, item in places:
            names = key_names(table) if table in TABLES else []
            if not names or any(name not in item for name in names):
                continue
            key = {name: item[name] for name in names}
            answer = server.send("GetItem", {"TableName": table, "Key": key, "ConsistentRead": True})
            if answer.ok:
                found.append((table, key, answer.body.get("Item")))
        return found

    @staticmethod
    def restore(server, rows):
        for table, key, item in rows:
            if item is None:
                server.send("DeleteItem", {"TableName": table, "Key": key})
            else:
                server.send("PutItem", {"TableName": table, "Item": item})

    def actions_alone(self, operation, body, before):
        """What dynalite answers to each action of a transaction alone, on the tables as they were."""
        single = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "DeleteItem",
                  "Get": "GetItem"}
        peer = next((peer for peer in self.peers if not rules.can_do(peer.name, operation)), None)
        items = body.get("TransactItems")
        if peer is None or not isinstance(items, list):
            return None
        found = []
        for item in items:
            if not isinstance(item, dict) or len(item) != 1 or next(iter(item)) not in single:
                return None
            (kind, action), = item.items()
            self.restore(peer, before)
            found.append((single[kind], action, peer.send(single[kind], action)))
        self.restore(peer, before)
        return found

    def judge(self, operation, body, answers, before, count=True):
        """The unexplained differences of one request: (peer, our answer, its answer)."""
        unexplained, differs = [], False
        by_name = {server.name: answer for server, answer in zip(self.servers, answers)}
        for peer in self.peers:
            if not rules.can_do(peer.name, operation):
                continue
            others = [by_name[other.name] for other in self.peers
                      if other is not peer and rules.can_do(other.name, operation)]
            case = Case(operation, body, peer.name, answers[0], by_name[peer.name], others[0] if others else None)
            if case.same():
                if count:
                    self.equal[peer.name] += 1
                continue
            differs = True
            if operation.startswith("Transact"):
                case.alone = self.actions_alone(operation, body, before)
            rule = rules.explain(case)
            if rule is None:
                unexplained.append(case)
            elif count:
                self.explained[rule] += 1
        return unexplained, differs

    def one(self, operation, body):
        places = touched(operation, body)
        before = self.rows_of(self.ours, places)
        answers = self.everywhere(operation, body)
        self.operations[operation] += 1
        self.outcomes[f"{operation} {'done' if answers[0].ok else answers[0].type}"] += 1
        unexplained, differs = self.judge(operation, body, answers, before)
        for case in unexplained:
            self.report(case, before)
        if places and (differs or not all(rules.can_do(peer.name, operation) for peer in self.peers)):
            self.align(places)

    def align(self, places):
        """After a difference: the peers get what we have, so that it does not come up again and again."""
        after = self.rows_of(self.ours, places)
        for peer in self.peers:
            self.restore(peer, after)

    def report(self, case, before):
        def pattern(answer):
            return answer.type or "done"
        signature = f"{case.peer} {case.operation}: {pattern(case.ours)} / {pattern(case.theirs)}: " \
                    f"{case.ours.message[:60]} / {case.theirs.message[:60]}"
        self.unexplained[signature] += 1
        if self.unexplained[signature] > 1 or len(self.reports) >= self.max_printed:
            return
        body, ours, theirs = self.shrink(case, before)
        self.reports.append(f"{signature}\n  {case.operation} {as_text(body)[:2500]}\n  before: {as_text(before)[:1500]}\n"
                            f"  lddynamo: {ours}\n  {case.peer}: {theirs}\n  the other: {case.third}")

    def shrink(self, case, before, tries=150):
        """A smaller request with an unexplained difference of the same peer."""
        best = (case.body, case.ours, case.theirs)
        again = True
        while again and tries > 0:
            again = False
            for body in smaller(best[0]):
                tries -= 1
                if tries <= 0:
                    break
                for server in self.servers:
                    self.restore(server, before)
                answers = self.everywhere(case.operation, body)
                found = [c for c in self.judge(case.operation, body, answers, before, count=False)[0] if c.peer == case.peer
                         and (c.ours.type, c.theirs.type) == (case.ours.type, case.theirs.type)
                         and (c.ours.message[:50], c.theirs.message[:28]) == (case.ours.message[:50], case.theirs.message[:28])]
                if found:
                    best, again = (body, found[0].ours, found[0].theirs), True
                    break
        return best

    def compare_tables(self):
        """Differences of whole tables at the end."""
        wrong = []
        for table in TABLES:
            ours, *theirs = self.pool.map(lambda server: unordered(canonical(server.all_rows(table))), self.servers)
            for peer, rows in zip(self.peers, theirs):
                kept = rules.rows_that_count(peer.name, rows, key_names(table))
                self.explained["moto-empty-keys"] += len(rows) - len(kept)
                rows = kept
                if rules.same_rows(ours, rows):
                    self.equal[f"rows of {peer.name}"] += len(rows)
                else:
                    odd = [row for row in ours if row not in rows][:3] + [row for row in rows if row not in ours][:3]
                    wrong.append(f"table {table}: {len(ours)} rows, {peer.name} {len(rows)}: {as_text(odd)[:2000]}")
        return wrong

    def go(self, operations):
        self.create_tables()
        generator = Generator(random.Random(self.seed))
        for _ in range(operations):
            self.one(*generator.next())
        return self.compare_tables()

    def summary(self):
        lines = [f"seed {self.seed}: {sum(self.operations.values())} operations "
                 f"({', '.join(f'{n} {c}' for n, c in sorted(self.operations.items()))})",
                 "equal answers: " + ", ".join(f"{n} {c}" for n, c in sorted(self.equal.items()))]
        lines += [f"explained: {count} {name}: {rules.REASONS[name]}" for name, count in self.explained.most_common()]
        lines.append(f"unexplained: {sum(self.unexplained.values())}")
        return "\n".join(lines)

"""What a client asks of the harness while a command runs: hooks, Big Segments, migrations."""
import base64
import hashlib
import json
import time
import unittest

from mock_launchdarkly import ENVIRONMENT
from service_case import BOB, ServiceCase, flag


class HookTest(ServiceCase):
    flags = [flag("a")]

    def hook(self, name, **more):
        callback = self.mock.callback(name)
        return callback, {"name": name, "callbackUri": callback.url, **more}

    def payloads(self, callback):
        return [json.loads(body) for _, body in callback.calls]

    def test_tells_of_an_evaluation(self):
        callback, hook = self.hook("h", data={"beforeEvaluation": {"from": "before"}, "afterEvaluation": {"x": 1}})
        client = self.create(hooks={"hooks": [hook]})
        self.assertIs(self.value(client, "a", "bool", False, detail=True), True)
        series = {"flagKey": "a", "context": BOB, "defaultValue": False, "method": "BoolVariationDetail",
                  "environmentId": ENVIRONMENT}
        self.assertEqual(self.payloads(callback), [
            {"stage": "beforeEvaluation", "evaluationSeriesContext": series, "evaluationSeriesData": {}},
            {"stage": "afterEvaluation", "evaluationSeriesContext": series,
             "evaluationSeriesData": {"from": "before"},
             "evaluationDetail": {"value": True, "variationIndex": 0, "reason": {"kind": "FALLTHROUGH"}}}])

    def test_tells_of_a_track(self):
        callback, hook = self.hook("h")
        client = self.create(hooks={"hooks": [hook]})
        self.command(client, "customEvent", eventKey="bought", context=BOB, data={"n": 2}, metricValue=1.5)
        self.command(client, "customEvent", eventKey="looked", context=BOB)
        first = {"key": "bought", "context": BOB, "data": {"n": 2}, "metricValue": 1.5,
                 "environmentId": ENVIRONMENT}
        second = {"key": "looked", "context": BOB, "data": None, "metricValue": None,
                  "environmentId": ENVIRONMENT}
        self.assertEqual(self.payloads(callback),
                         [{"stage": "afterTrack", "trackSeriesContext": first},
                          {"stage": "afterTrack", "trackSeriesContext": second}])

    def test_fails_where_it_is_told_to(self):
        failing, first = self.hook("failing", data={"beforeEvaluation": {"x": 1}},
                                   errors={"beforeEvaluation": "before", "afterTrack": "after"})
        healthy, second = self.hook("healthy")
        client = self.create(hooks={"hooks": [first, second]})
        self.assertIs(self.value(client, "a"), True)
        self.command(client, "customEvent", eventKey="e", context=BOB)
        self.assertEqual([(p["stage"], p.get("evaluationSeriesData")) for p in self.payloads(failing)],
                         [("afterEvaluation", {})])
        self.assertEqual([p["stage"] for p in self.payloads(healthy)],
                         ["beforeEvaluation", "afterEvaluation", "afterTrack"])


class BigSegmentTest(ServiceCase):
    flags = [flag("f", rules=[{"id": "r", "variation": 1, "clauses": [
        {"attribute": "", "op": "segmentMatch", "values": ["big"]}]}])]
    segments = [{"key": "big", "version": 1, "unbounded": True, "generation": 3, "salt": "s"}]

    def create_with(self, values, time_ms=None, status=200):
        def answer(path, body):
            if path == "getMetadata":
                return status, {"lastUpToDate": time.time() * 1000 if time_ms is None else time_ms}
            return status, {"values": values}
        self.callback = self.mock.callback("store", answer)
        return self.create(bigSegments={"callbackUri": self.callback.url, "userCacheSize": 10,
                                        "userCacheTimeMs": 60000, "statusPollIntervalMs": 10,
                                        "staleAfterMs": 1000})

    def matches(self, client):
        """Whether the context is in the segment, and the status."""
        answer = self.evaluate(client, "f", "bool", True, detail=True)
        return answer["value"] is False, answer["reason"]["bigSegmentsStatus"]

    def test_asks_for_memberships(self):
        client = self.create_with({"big.g3": True, "other.g1": False, "none.g1": None})
        self.assertEqual(self.matches(client), (True, "HEALTHY"))
        self.assertEqual(self.matches(client), (True, "HEALTHY"))  # remembered
        asked = [json.loads(body) for path, body in self.callback.calls if path == "getMembership"]
        expected = base64.b64encode(hashlib.sha256(b"bob").digest()).decode()
        self.assertEqual(asked, [{"contextHash": expected}])
        self.assertEqual(self.command(client, "getBigSegmentStoreStatus"), {"available": True, "stale": False})

    def test_takes_exclusions_and_nothing_at_all(self):
        self.assertEqual(self.matches(self.create_with({"big.g3": False})), (False, "HEALTHY"))
        self.assertEqual(self.matches(self.create_with(None)), (False, "HEALTHY"))

    def test_sees_old_data_and_failures(self):
        client = self.create_with({"big.g3": True}, time_ms=1)
        self.assertEqual(self.matches(client), (True, "STALE"))
        self.assertEqual(self.command(client, "getBigSegmentStoreStatus"), {"available": True, "stale": True})
        client = self.create_with({}, status=500)
        self.assertEqual(self.matches(client), (False, "STORE_ERROR"))
        self.assertIs(self.command(client, "getBigSegmentStoreStatus")["available"], False)


class MigrationTest(ServiceCase):
    flags = [flag(stage, variations=[stage, "off"]) for stage in
             ("off", "dualwrite", "shadow", "live", "rampdown", "complete")]

    def operate(self, stage, operation, **more):
        """The result, and which systems were asked, in order."""
        order = []

        def system(name, status=200):
            def answer(_, body):
                order.append(name)
                return status, f"{name} {body}"
            return answer
        self.old = self.mock.callback("old", system("old", more.pop("old_status", 200)))
        self.new = self.mock.callback("new", system("new", more.pop("new_status", 200)))
        self.client = self.create(events=self.events())
        parameters = {"key": stage, "context": BOB, "defaultStage": "off", "readExecutionOrder": "serial",
                      "operation": operation, "oldEndpoint": self.old.url, "newEndpoint": self.new.url,
                      "payload": "p", "trackLatency": False, "trackErrors": False, "trackConsistency": False}
        result = self.command(self.client, "migrationOperation", **{**parameters, **more})["result"]
        return result, order

    def measured(self):
        self.command(self.client, "flushEvents")
        event = self.mock.events("migration_op")[-1]
        return event["operation"], {m["key"]: m for m in event["measurements"]}

    def test_tells_the_stage(self):
        client = self.create()
        for key, default, expected in (("shadow", "off", "shadow"), ("missing", "live", "live")):
            self.assertEqual(self.command(client, "migrationVariation", key=key, context=BOB,
                                          defaultStage=default), {"result": expected})

    def test_reads(self):
        self.assertEqual(self.operate("off", "read"), ("old p", ["old"]))
        self.assertEqual(self.operate("shadow", "read"), ("old p", ["old", "new"]))
        self.assertEqual(self.operate("live", "read"), ("new p", ["new", "old"]))
        self.assertEqual(self.operate("complete", "read"), ("new p", ["new"]))
        for order in ("random", "concurrent"):
            result, asked = self.operate("live", "read", readExecutionOrder=order)
            self.assertEqual((result, sorted(asked)), ("new p", ["new", "old"]))

    def test_writes(self):
        self.assertEqual(self.operate("dualwrite", "write"), ("old p", ["old", "new"]))
        self.assertEqual(self.operate("rampdown", "write"), ("new p", ["new", "old"]))
        operation, measurements = self.measured()
        self.assertEqual((operation, set(measurements)), ("write", {"invoked"}))
        self.assertEqual(measurements["invoked"]["values"], {"old": True, "new": True})

    def test_measures_what_it_is_told_to(self):
        self.operate("shadow", "read", trackLatency=True, trackErrors=True, trackConsistency=True,
                     payload=None)
        _, measurements = self.measured()
        self.assertEqual(set(measurements), {"invoked", "latency_ms", "consistent"})
        self.assertIs(measurements["consistent"]["value"], False)

    def test_says_what_failed(self):
        result, asked = self.operate("dualwrite", "write", old_status=409, trackErrors=True)
        self.assertIn("409", result)
        self.assertEqual(asked, ["old"])
        _, measurements = self.measured()
        self.assertEqual(measurements["error"]["values"], {"old": True})


if __name__ == "__main__":
    unittest.main()

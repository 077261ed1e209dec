"""The service's own resources, evaluations, contexts and what configurations come to on the wire."""
import hashlib
import hmac
import json
import unittest

from mock_launchdarkly import MockLaunchDarkly
from service_case import BOB, KEY, RunningService, ServiceCase, ask, flag

ANY_FLAGS = [
    flag("bool"),
    flag("int", variations=[7, 8]),
    flag("double", variations=[2.5, 3]),
    flag("string", variations=["a", "b"]),
    flag("any", variations=[{"x": [1]}, 2]),
    flag("off", on=False),
    flag("front-end", clientSideAvailability={"usingEnvironmentId": True}),
]


class ResourceTest(unittest.TestCase):
    def start(self, *arguments):
        service = RunningService(*arguments)
        self.addCleanup(service.process.kill)
        return service

    def test_tells_what_it_is_and_stops_when_asked(self):
        service = self.start()
        status = ask("GET", service.url + "/").json()
        self.assertEqual(status["name"], "lddynamo")
        self.assertRegex(status["clientVersion"], r"^\d+\.\d+\.\d+")
        capabilities = status["capabilities"]
        self.assertEqual(len(capabilities), len(set(capabilities)))
        self.assertLessEqual({"server-side", "migrations", "persistent-data-store-dynamodb", "user-type"},
                             set(capabilities))
        self.assertFalse([c for c in capabilities if c.startswith("retry-conformance")])
        self.assertEqual(ask("DELETE", service.url + "/").status, 200)
        self.assertEqual(service.wait(), 0)

    def test_declares_slow_retries_on_demand(self):
        service = self.start("--retry-conformance")
        capabilities = ask("GET", service.url + "/").json()["capabilities"]
        self.assertLessEqual({"retry-conformance-fdv1-streaming", "retry-conformance-fdv1-polling"},
                             set(capabilities))
        self.assertEqual(service.stop(), 0)


class BadRequestTest(ServiceCase):
    def refused(self, method, path, body, *words, status=400):
        answer = ask(method, self.service.url + path, body)
        self.assertEqual(answer.status, status, answer.body)
        for word in words:
            self.assertIn(word, answer.body)

    def test_says_what_it_does_not_understand_in_a_configuration(self):
        self.refused("POST", "/", b"{", "line 1")
        self.refused("POST", "/", b"[]", "request", "object")
        self.refused("POST", "/", b"{}", "configuration", "missing")
        self.refused("POST", "/", {"configuration": {}}, "configuration.credential", "missing")
        self.refused("POST", "/", {"configuration": {"credential": KEY, "events": {"enableGzip": 1}}},
                     "configuration.events.enableGzip", "true or false")
        self.refused("POST", "/", {"configuration": {"credential": KEY, "hooks": {"hooks": [None]}}},
                     "configuration.hooks.hooks[0]", "object")
        store = {"store": {"type": "redis", "dsn": "x"}, "cache": {"mode": "off"}}
        self.refused("POST", "/", {"configuration": {"credential": KEY, "persistentDataStore": store}},
                     "persistentDataStore.store.type")
        # What the client refuses.
        self.refused("POST", "/", {"configuration": {"credential": KEY, "streaming": {"baseUri": "ftp://x"}}})

    def test_says_what_it_does_not_understand_in_a_command(self):
        client = self.create().removeprefix(self.service.url)
        self.refused("POST", client, b"", "line 1")
        self.refused("POST", client, {}, "command", "missing")
        self.refused("POST", client, {"command": "dance"}, "dance")
        self.refused("POST", client, {"command": "evaluate"}, "evaluate.context", "missing")
        self.refused("POST", client, {"command": "evaluate", "evaluate": [1]}, "evaluate", "object")
        bad = {"flagKey": "x", "context": BOB, "valueType": "bool", "defaultValue": "yes"}
        self.refused("POST", client, {"command": "evaluate", "evaluate": bad}, "evaluate.defaultValue")
        bad = {"flagKey": "x", "context": {"kind": "kind", "key": "x"}}
        self.refused("POST", client, {"command": "evaluate", "evaluate": bad}, "evaluate.context")

    def test_knows_its_resources_and_methods(self):
        self.refused("GET", "/x", None, status=404)
        self.refused("PUT", "/", b"", status=405)
        self.refused("POST", "/clients/77", {"command": "flushEvents"}, status=404)
        client = self.create().removeprefix(self.service.url)
        self.refused("GET", client, None, status=405)


class EvaluationTest(ServiceCase):
    flags = ANY_FLAGS

    def test_evaluates_by_each_method(self):
        client = self.create()
        for kind, default, expected in (("bool", False, True), ("int", 1, 7), ("double", 1.5, 2.5),
                                        ("string", "z", "a"), ("any", None, {"x": [1]})):
            with self.subTest(kind):
                self.assertEqual(self.evaluate(client, kind, kind, default), {"value": expected})
                self.assertEqual(self.evaluate(client, kind, kind, default, detail=True),
                                 {"value": expected, "variationIndex": 0, "reason": {"kind": "FALLTHROUGH"}})
        wrong = self.evaluate(client, "string", "bool", True, detail=True)
        self.assertEqual(wrong, {"value": True, "reason": {"kind": "ERROR", "errorKind": "WRONG_TYPE"}})
        missing = self.evaluate(client, "missing", "int", 5, detail=True)
        self.assertEqual(missing, {"value": 5, "reason": {"kind": "ERROR", "errorKind": "FLAG_NOT_FOUND"}})

    def test_takes_an_older_user_in_place_of_a_context(self):
        client = self.create()
        self.assertIs(self.value(client, "bool", "bool", False, context=None, user={"key": ""}), True)

    def test_gives_all_flags(self):
        client = self.create()
        state = self.command(client, "evaluateAll", context=BOB, withReasons=True)["state"]
        self.assertEqual((state["$valid"], state["int"], len(state)), (True, 7, len(ANY_FLAGS) + 2))
        self.assertEqual(state["$flagsState"]["off"]["reason"], {"kind": "OFF"})
        state = self.command(client, "evaluateAll", context=BOB, clientSideOnly=True)["state"]
        self.assertEqual(set(state), {"front-end", "$valid", "$flagsState"})
        state = self.command(client, "evaluateAll", context=BOB, withReasons=True,
                             detailsOnlyForTrackedFlags=True)["state"]
        self.assertNotIn("reason", state["$flagsState"]["off"])

    def test_follows_the_stream(self):
        client = self.create()
        self.mock.patch("/flags/bool", flag("bool", version=2, on=False))
        self.eventually(lambda: self.value(client, "bool", "bool", True) is False)
        self.mock.delete("/flags/int", 2)
        self.eventually(lambda: self.value(client, "int", "int", 5) == 5)

    def test_closes_a_client(self):
        client = self.create()
        self.mock.wait_for_streams(1)
        self.assertEqual(ask("DELETE", client).status, 200)
        self.mock.wait_for_streams(0)
        self.assertEqual(ask("DELETE", client).status, 404)

    def test_keeps_several_clients_apart(self):
        other = self.enter(MockLaunchDarkly([flag("bool", on=False)]))
        first = self.create()
        second = self.create(streaming={"baseUri": other.url})
        self.assertIs(self.value(first, "bool"), True)
        self.assertIs(self.value(second, "bool"), False)

    def test_has_a_client_that_could_not_start(self):
        client = self.create(startWaitTimeMs=1, streaming={"baseUri": self.mock.url + "/nowhere"})
        self.assertEqual(self.evaluate(client, "bool", "bool", False, detail=True)["reason"],
                         {"kind": "ERROR", "errorKind": "CLIENT_NOT_READY"})

    def test_hashes_for_secure_mode(self):
        client = self.create()
        expected = hmac.new(KEY.encode(), b"org:a%3Ab", hashlib.sha256).hexdigest()
        context = {"kind": "org", "key": "a:b"}
        self.assertEqual(self.command(client, "secureModeHash", context=context), {"result": expected})


class ContextTest(ServiceCase):
    def setUp(self):
        super().setUp()
        self.client = self.create()

    def output(self, command, **parameters):
        answer = self.command(self.client, command, **parameters)
        self.assertEqual(set(answer), {"output"}, answer)
        return json.loads(answer["output"])

    def error(self, command, **parameters):
        answer = self.command(self.client, command, **parameters)
        self.assertEqual(set(answer), {"error"}, answer)
        return answer["error"]

    def test_builds(self):
        self.assertEqual(self.output("contextBuild", single={"key": "a", "kind": None}),
                         {"kind": "user", "key": "a"})
        self.assertEqual(
            self.output("contextBuild", single={"kind": "org", "key": "a", "name": "n", "anonymous": True,
                                                "private": ["/x/y"], "custom": {"x": {"y": 1}, "z": None}}),
            {"kind": "org", "key": "a", "name": "n", "anonymous": True, "x": {"y": 1},
             "_meta": {"privateAttributes": ["/x/y"]}})
        self.assertEqual(self.output("contextBuild", multi=[{"key": "a"}, {"kind": "org", "key": "b"}]),
                         {"kind": "multi", "user": {"key": "a"}, "org": {"key": "b"}})
        self.assertTrue(self.error("contextBuild", single={"key": ""}))
        self.assertTrue(self.error("contextBuild", multi=[{"key": "a"}, {"key": "b"}]))

    def test_converts(self):
        self.assertEqual(self.output("contextConvert", input='{"key": "", "custom": {"a": 1, "b": null}}'),
                         {"kind": "user", "key": "", "a": 1})
        self.assertTrue(self.error("contextConvert", input="{"))
        self.assertTrue(self.error("contextConvert", input='{"kind": "kind", "key": "x"}'))

    def equals(self, first, second):
        return self.command(self.client, "contextComparison", context1=first, context2=second)["equals"]

    def test_compares(self):
        def context(key="a", attributes=(), private=()):
            return {"kind": "user", "key": key,
                    "attributes": [{"name": n, "value": v} for n, v in attributes],
                    "privateAttributes": [{"value": v, "literal": literal} for v, literal in private]}
        one = {"single": context(attributes=[("x", 1), ("y", 2)])}
        self.assertIs(self.equals(one, {"single": context(attributes=[("y", 2), ("x", 1)])}), True)
        self.assertIs(self.equals(one, {"single": context(attributes=[("x", 1)])}), False)
        literal = {"single": context(private=[("/a/b", True)])}
        self.assertIs(self.equals(literal, {"single": context(private=[("/~1a~1b", False)])}), True)
        self.assertIs(self.equals(literal, {"single": context(private=[("/a/b", False)])}), False)
        both = [context("a"), {"kind": "org", "key": "o"}]
        self.assertIs(self.equals({"multi": both}, {"multi": both[::-1]}), True)
        self.assertIs(self.equals({"multi": both}, {"multi": both[:1]}), False)


class ConfigurationTest(ServiceCase):
    flags = [flag("a"), flag("tracked", trackEvents=True)]

    def test_names_the_application_and_the_wrapper(self):
        self.create(tags={"applicationId": "shop", "applicationVersion": "1.2"},
                    wrapper={"name": "shell", "version": "3"})
        path, headers = self.mock.request("GET", "/all")
        self.assertEqual(path, "/all")
        self.assertEqual(headers["Authorization"], KEY)
        self.assertEqual(headers["X-LaunchDarkly-Tags"], "application-id/shop application-version/1.2")
        self.assertEqual(headers["X-LaunchDarkly-Wrapper"], "shell/3")
        self.assertTrue(headers["X-LaunchDarkly-Instance-Id"])

    def test_filters(self):
        self.create(streaming={"baseUri": self.mock.url, "filter": "mine"})
        self.assertEqual(self.mock.request("GET", "/all")[0], "/all?filter=mine")

    def test_polls(self):
        client = self.create(streaming=None, polling={"baseUri": self.mock.url, "filter": "mine"})
        self.assertIs(self.value(client, "a"), True)
        self.assertEqual(self.mock.request("GET", "/sdk")[0], "/sdk/latest-all?filter=mine")

    def test_takes_endpoints_without_a_source(self):
        client = self.create(streaming=None, serviceEndpoints={"streaming": self.mock.url,
                                                              "events": self.mock.url}, events={})
        self.assertIs(self.value(client, "a"), True)
        self.command(client, "identifyEvent", context=BOB)
        self.command(client, "flushEvents")
        self.mock.events("identify")

    def test_asks_by_a_proxy(self):
        proxy = {"httpProxy": self.mock.url}
        client = self.create(streaming={"baseUri": "http://launchdarkly.invalid"}, proxy=proxy)
        self.assertIs(self.value(client, "a"), True)
        self.assertEqual(self.mock.request("GET", "http:")[0], "http://launchdarkly.invalid/all")

    def test_sends_events(self):
        client = self.create(events=self.events())
        self.command(client, "identifyEvent", context={**BOB, "plan": "gold"})
        self.command(client, "customEvent", eventKey="bought", context=BOB, data={"n": 2}, metricValue=1.5)
        self.command(client, "customEvent", eventKey="looked", context=None, user={"key": "bob"}, data=None,
                     omitNullData=True, metricValue=None)
        self.value(client, "tracked")
        self.command(client, "flushEvents")
        identify = self.mock.events("identify")[0]
        self.assertEqual(identify["context"], {**BOB, "plan": "gold"})
        bought, looked = self.mock.events("custom", 2)
        self.assertEqual((bought["key"], bought["data"], bought["metricValue"]), ("bought", {"n": 2}, 1.5))
        self.assertEqual(looked["key"], "looked")
        self.assertNotIn("data", looked)
        feature = self.mock.events("feature")[0]
        self.assertEqual((feature["key"], feature["value"], feature["context"]), ("tracked", True, BOB))
        self.assertEqual(set(self.mock.events("summary")[0]["features"]), {"tracked"})
        _, headers = self.mock.request("POST", "/bulk")
        self.assertEqual((headers["Authorization"], headers["Content-Encoding"]), (KEY, None))

    def test_hides_what_is_private_and_compresses(self):
        client = self.create(events=self.events(enableGzip=True, globalPrivateAttributes=["plan"],
                                                omitAnonymousContexts=True))
        self.command(client, "identifyEvent", context={**BOB, "anonymous": True})
        self.command(client, "identifyEvent", context={**BOB, "plan": "gold", "x": 1})
        self.command(client, "flushEvents")
        self.assertEqual([e["context"] for e in self.mock.events("identify")],
                         [{**BOB, "x": 1, "_meta": {"redactedAttributes": ["plan"]}}])
        self.assertEqual(self.mock.request("POST", "/bulk")[1]["Content-Encoding"], "gzip")

    def test_hides_everything(self):
        client = self.create(events=self.events(allAttributesPrivate=True))
        self.command(client, "identifyEvent", context={**BOB, "plan": "gold"})
        self.command(client, "flushEvents")
        self.assertEqual(self.mock.events("identify")[0]["context"],
                         {**BOB, "_meta": {"redactedAttributes": ["plan"]}})

    def test_flushes_by_itself_as_often_as_wanted(self):
        client = self.create(events=self.events(flushIntervalMs=10, capacity=1))
        self.command(client, "identifyEvent", context=BOB)
        self.mock.events("identify")


if __name__ == "__main__":
    unittest.main()

"""Endpoints: ours and those of botocore's rule sets are the same for random settings."""
import random
import unittest

import botocore.session
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError

from probe import ask

COUNT = 3000
SEED = 20261125
VERSIONS = {"dynamodb": "2012-08-10", "sts": "2011-06-15", "sso": "2019-06-10", "sso-oidc": "2019-06-10"}
# botocore 1.44's rules give these two partitions account-based endpoints too; AWS's published cases, which
# we follow, say that only the partition "aws" has them.
NEWER = {"us-gov-east-1", "us-gov-west-1", "cn-north-1", "cn-northwest-1"}


class EndpointTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        loader = botocore.session.get_session().get_component("data_loader")
        cls.partitions = loader.load_data("partitions")
        cls.providers = {
            name: EndpointProvider(loader.load_service_model(name, "endpoint-rule-set-1", version), cls.partitions)
            for name, version in VERSIONS.items()}
        cls.regions = [r for p in cls.partitions["partitions"] for r in p["regions"]]

    def theirs(self, question):
        params = {"Region": question["region"], "UseFIPS": question["fips"], "UseDualStack": question["dual"]}
        if "url" in question:
            params["Endpoint"] = question["url"]
        if question["service"] == "dynamodb":
            params["AccountIdEndpointMode"] = question["mode"]
            if "account" in question:
                params["AccountId"] = question["account"]
            if question["arn"]:
                params["ResourceArn"] = question["arn"]
        elif question["service"] == "sts":
            params["UseGlobalEndpoint"] = False
        try:
            found = self.providers[question["service"]].resolve_endpoint(**params)
        except EndpointProviderError as error:
            return "error: " + str(error).replace("not supported in this region", "not supported in this partition")
        schemes = found.properties.get("authSchemes") or [{}]
        return found.url + "/ " + schemes[0].get("signingRegion", question["region"])

    def question(self, rand):
        region = rand.choice([*self.regions, "local", "mars-north-1", "us-isox-east-1", "us-gov-x", "eu-central-99",
                              "eusc-fr-west-1", "cn-north-1a", "us-east"])
        found = {"op": "endpoint", "service": rand.choice(["dynamodb", "dynamodb", *VERSIONS]), "region": region,
                 "fips": rand.random() < 0.3, "dual": rand.random() < 0.3,
                 "mode": rand.choice(["disabled", "preferred", "required"]), "arn": ""}
        if region in NEWER:
            found["mode"] = "disabled"
        if rand.random() < 0.2:
            found["url"] = rand.choice(["http://localhost:8000", "https://vpce-1.dynamodb.us-east-1.vpce.amazonaws.com",
                                        f"https://dynamodb.{region}.api.aws", f"https://dynamodb.{region}.amazonaws.com"])
        if rand.random() < 0.7:
            found["account"] = rand.choice(["111111111111", "222222222222", "", "a.b", "-a", "a_b", "1" * 64])
        if rand.random() < 0.5:
            service = rand.choice(["dynamodb", "dynamodb", "s3"])
            of = rand.choice([region, region, "us-east-1"])
            account = rand.choice(["333333333333", "333333333333", "", "a.b"])
            found["arn"] = rand.choice([f"arn:aws:{service}:{of}:{account}:table/flags", "flags", "arn:aws:dynamodb",
                                        f"arn::{service}:{of}:{account}:table/flags", f"arn:aws:{service}:{of}:{account}:"])
        return found

    def test_random_settings(self):
        rand = random.Random(SEED)
        questions = [self.question(rand) for _ in range(COUNT)]
        for question, ours in zip(questions, ask(questions)):
            self.assertEqual(ours, self.theirs(question), question)
        print(f"{COUNT} endpoints equal botocore's", flush=True)

    def test_every_region_plainly(self):
        questions = [{"op": "endpoint", "service": s, "region": r, "fips": f, "dual": d, "mode": "disabled", "arn": ""}
                     for s in VERSIONS for r in self.regions for f in (False, True) for d in (False, True)]
        self.assertGreater(len(questions), 500)
        for question, ours in zip(questions, ask(questions)):
            self.assertEqual(ours, self.theirs(question), question)


if __name__ == "__main__":
    unittest.main()

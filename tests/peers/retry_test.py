"""Standard retries: what is tried again, after which pause and at what cost, as botocore does it."""
import random
import unittest

import botocore.session
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.retries import quota, standard

from probe import ask

COUNT = 3000
SEED = 20261125
CODES = ["", "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "RequestThrottled",
         "TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException",
         "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "SlowDown",
         "PriorRequestNotComplete", "EC2ThrottledException", "RequestTimeout", "RequestTimeoutException",
         "ReplicatedWriteConflictException", "ConditionalCheckFailedException", "ValidationException",
         "AccessDeniedException", "ResourceNotFoundException", "UnrecognizedClientException", "InternalServerError",
         "ServiceUnavailable", "TransactionConflictException", "ItemCollectionSizeLimitExceededException", "throttling"]
STATUSES = [400, 400, 400, 403, 404, 408, 409, 429, 500, 501, 502, 503, 504, 505, 509]


class RetryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.operation = botocore.session.get_session().get_service_model("dynamodb").operation_model("PutItem")
        cls.modelled = {shape.name for shape in cls.operation.error_shapes}
        cls.detector = standard.ThrottlingErrorDetector(standard.RetryEventAdapter())

    def theirs(self, question):
        headers = HeadersDict()
        if "retry_after" in question:
            headers["x-amz-retry-after"] = question["retry_after"]
        context = standard.RetryContext(
            attempt_number=question["attempt"], operation_model=self.operation,
            parsed_response={"Error": {"Code": question["code"]}} if question["code"] else {},
            http_response=AWSResponse(url="", status_code=question["status"], headers=headers, raw=None))
        if not standard.StandardRetryConditions(max_attempts=1000).is_retryable(context):
            return None
        backoff = standard.ExponentialBackoff(random=lambda: question["fraction"], service_name="dynamodb",
                                              throttling_detector=self.detector)
        purse = quota.RetryQuota()
        standard.RetryQuotaChecker(purse, self.detector).acquire_retry_quota(context)
        cost = quota.RetryQuota.INITIAL_CAPACITY - purse.available_capacity
        kind = "throttling" if self.detector.is_throttling_error_from_context(context) else "transient"
        return kind, 1000 * backoff.delay_amount(context), cost

    def question(self, rand):
        found = {"op": "retry", "status": rand.choice(STATUSES), "code": rand.choice(CODES),
                 "attempt": rand.randint(1, 12), "fraction": rand.random()}
        if found["status"] == 429 and found["code"] in self.modelled:
            found["status"] = 400  # as DynamoDB sends its own errors; a 429 is that of a proxy
        if rand.random() < 0.3:
            found["retry_after"] = rand.choice(["0", "1", "700", "4999", "60000", "-1", "soon", "", "1.5"])
        return found

    def test_random_answers(self):
        rand = random.Random(SEED)
        questions = [self.question(rand) for _ in range(COUNT)]
        retried = 0
        for question, ours in zip(questions, ask(questions)):
            theirs = self.theirs(question)
            if theirs is None:
                self.assertEqual(ours, "never", question)
                continue
            retried += 1
            kind, pause, cost = ours.split()
            self.assertEqual((kind, int(cost)), (theirs[0], theirs[2]), question)
            self.assertAlmostEqual(int(pause), theirs[1], delta=1.001, msg=question)  # ours are whole milliseconds
        self.assertGreater(retried, COUNT / 4)
        self.assertLess(retried, COUNT)
        print(f"{COUNT} answers are retried as by botocore", flush=True)


if __name__ == "__main__":
    unittest.main()

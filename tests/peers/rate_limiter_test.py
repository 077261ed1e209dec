"""Retry mode adaptive: our rate limiter has botocore's numbers, step by step."""
import random
import unittest

from botocore.exceptions import CapacityNotAvailableError
from botocore.retries import adaptive, bucket, throttling

from probe import ask

HISTORIES = 40
STEPS = 400
SEED = 20261125


class FakeClock:
    def __init__(self, now):
        self.now = now

    def current_time(self):
        return self.now


class Detector:
    def is_throttling_error(self, throttled):
        return throttled


def their_numbers(question):
    clock = FakeClock(question["start"])
    tokens = bucket.TokenBucket(max_rate=1, clock=clock)
    limiter = adaptive.ClientRateLimiter(
        rate_adjustor=throttling.CubicCalculator(starting_max_rate=0, start_time=clock.now),
        rate_clocker=adaptive.RateClocker(clock), token_bucket=tokens, throttling_detector=Detector(), clock=clock)
    for step in question["steps"]:
        clock.now = step[0]
        if len(step) == 2:
            limiter.on_receiving_response(throttled=step[1])
            yield tokens.max_rate
        elif not limiter._enabled:
            yield 0.0
        else:
            try:
                tokens.acquire(block=False)
                yield 0.0
            except CapacityNotAvailableError:
                yield tokens._sleep_amount(1)


def history(rand):
    now = start = rand.uniform(0, 2e5)
    pace, share = rand.choice([0.01, 0.1, 1.0]), rand.choice([0.02, 0.2, 0.6])
    steps = []
    for _ in range(STEPS):
        now += rand.expovariate(1 / pace)
        if rand.random() < 0.01:
            now += 60
        steps.append([now] if rand.random() < 0.5 else [now, rand.random() < share])
    return {"op": "limiter", "start": start, "steps": steps}


class RateLimiterTest(unittest.TestCase):
    def test_random_histories(self):
        rand = random.Random(SEED)
        questions = [history(rand) for _ in range(HISTORIES)]
        waits = 0
        for question, line in zip(questions, ask(questions)):
            ours = [float(text) for text in line.split()]
            theirs = list(their_numbers(question))
            self.assertEqual(len(ours), len(theirs))
            for i, (a, b) in enumerate(zip(ours, theirs)):
                self.assertAlmostEqual(a, b, delta=1e-6 * max(1.0, abs(b)), msg=f"step {i}: {question['steps'][i]}")
            waits += sum(1 for step, n in zip(question["steps"], theirs) if len(step) == 1 and n > 0)
        self.assertGreater(waits, 500)
        print(f"{HISTORIES * STEPS} steps of the rate limiter have botocore's numbers, {waits} of them waits", flush=True)


if __name__ == "__main__":
    unittest.main()

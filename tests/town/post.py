"""Stripe's post on a bad day: notices come late, out of order, twice at once, or never; refused ones come again."""

import heapq
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from tests.stripe_fake import FakeStripe
from tests.stripe_fake.shapes import Thing

LATEST_S = 20.0  # later than the next order, so that the order of things is lost
TWICE, NEVER = 0.15, 0.03  # of all notices
AGAIN_S = 1.0  # after a notice was refused or nobody answered


class Post:
    """Delivers what the fake tells, and does other things that happen to its money later (`later`).

    `pace` shortens all waits: 2 is twice as fast.
    """

    def __init__(self, stripe: FakeStripe, dice: random.Random, pace: float = 1) -> None:
        self._stripe = stripe
        self._dice = dice
        self._pace = pace
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self._news = threading.Condition()
        self._is_open = True
        self._busy = 0
        self.lost = 0
        self.repeated = 0
        self.refused = 0
        self._couriers = ThreadPoolExecutor(4)
        threading.Thread(target=self._work, daemon=True).start()

    def take(self, event: Thing) -> None:
        """Take a notice in, to be delivered some time."""
        self._stripe.notes.event(event)
        if self._dice.random() < NEVER:
            self.lost += 1
            return
        wait_s = self._dice.uniform(0, LATEST_S) * self._dice.random()
        times = 2 if self._dice.random() < TWICE else 1
        self.repeated += times - 1
        for _ in range(times):
            self.later(wait_s, lambda: self._deliver(event))

    def later(self, wait_s: float, what: Callable[[], None]) -> None:
        """Do something in so many seconds of the town's time."""
        with self._news:
            heapq.heappush(self._due, (time.monotonic() + wait_s / self._pace, next(self._numbers), what))
            self._news.notify()

    def wait_until_quiet(self, timeout_s: float) -> bool:
        """Wait until nothing is on its way any more; False if the time does not suffice."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            with self._news:
                if not self._due and not self._busy:
                    return True
            time.sleep(0.05)
        return False

    def close(self) -> None:
        """Deliver nothing more."""
        with self._news:
            self._is_open = False
            self._news.notify()
        self._couriers.shutdown(cancel_futures=True)

    def _deliver(self, event: Thing) -> None:
        if self._stripe.webhooks.deliver(event) >= 300:
            self.refused += 1
            self.later(AGAIN_S * self._pace, lambda: self._deliver(event))

    def _work(self) -> None:
        while True:
            with self._news:
                while self._is_open and (not self._due or self._due[0][0] > time.monotonic()):
                    self._news.wait(self._due[0][0] - time.monotonic() if self._due else None)
                if not self._is_open:
                    return
                _, _, what = heapq.heappop(self._due)
                self._busy += 1
            self._couriers.submit(self._do, what)

    def _do(self, what: Callable[[], None]) -> None:
        try:
            what()
        finally:
            with self._news:
                self._busy -= 1

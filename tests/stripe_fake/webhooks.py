"""Delivers the fake's events, signed; a test decides which come, when, how often and in which order."""

import http.client
import json
import random
import time
from collections.abc import Callable, Iterable
from queue import Empty, Queue
from threading import Event as Flag
from threading import Thread
from urllib.parse import urlsplit

from stripe import WebhookSignature

from tests.stripe_fake.shapes import Thing

Send = Callable[[bytes, str], int]  # body and signature → status
SECRET = "whsec_fake"


class Webhooks:
    """The shop's door. Events wait in `pending` until they are delivered with success.

    They are signed with the secret of each registered endpoint that wants them, or with `secret`
    while the account has no endpoint.
    """

    def __init__(self, send: Send, secret: str = SECRET) -> None:
        self.send = send
        self.secret = secret
        self.secrets_for: Callable[[Thing], list[str] | None] = lambda event: None
        self.pending: list[Thing] = []
        self._automatic: Queue[Thing] | None = None
        self._stopped = Flag()

    def note(self, event: Thing) -> None:
        """Take an event in, if anybody wants it; it goes out at once only after `deliver_by_itself`."""
        if self.secrets_for(event) == []:
            return
        self.pending.append(event)
        if self._automatic is not None:
            self._automatic.put(event)

    def deliver(self, event: Thing) -> int:
        """Deliver one event (again); give the shop's (worst) status."""
        secrets = self.secrets_for(event)
        sent = [signed(event, each) for each in ([self.secret] if secrets is None else secrets)]
        status = max((self.send(body, signature) for body, signature in sent), default=200)
        if status < 300 and event in self.pending:
            self.pending.remove(event)
        return status

    def deliver_all(self, events: Iterable[Thing] | None = None, *, times: int = 1) -> list[int]:
        """Deliver what is pending (or these events, in this order), each so many times."""
        return [self.deliver(each) for each in list(self.pending if events is None else events) for _ in range(times)]

    def drop_all(self) -> None:
        """Lose what is pending, as a broken endpoint does."""
        self.pending.clear()

    def deliver_by_itself(self, dice: random.Random | None = None) -> None:
        """From now on deliver as Stripe does: soon, in the background, again after a failure.

        With `dice` also as Stripe does on a bad day: some twice, some late, so that the order is lost.
        """
        self._automatic = Queue()
        Thread(target=self._work, args=(self._automatic, dice), daemon=True).start()

    def stop(self) -> None:
        """End the delivery in the background."""
        self._stopped.set()

    def _work(self, events: Queue[Thing], dice: random.Random | None) -> None:
        while not self._stopped.is_set():
            try:
                event = events.get(timeout=0.1)
            except Empty:
                continue
            if dice is not None and not events.empty() and dice.random() < 0.3:
                events.put(event)  # others first
                continue
            again = dice is not None and dice.random() < 0.1
            statuses = [self.deliver(event) for _ in range(1 + again)]
            if min(statuses) >= 300 and not self._stopped.wait(0.3):
                events.put(event)


def signed(event: Thing, secret: str, at: float | None = None) -> tuple[bytes, str]:
    """An event's body and its Stripe-Signature, made now or at another moment."""
    body = json.dumps(event, indent=2, ensure_ascii=False)
    return body.encode(), WebhookSignature.generate_signature_header(body, secret, int(at or time.time()))


def over_http(url: str) -> Send:
    """Deliver to an address; an unreachable one counts as 503."""
    target = urlsplit(url)

    def send(body: bytes, signature: str) -> int:
        connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=10)
        try:
            connection.request(
                "POST", target.path, body, {"Content-Type": "application/json", "Stripe-Signature": signature}
            )
            with connection.getresponse() as answer:
                answer.read()
                return answer.status
        except (OSError, http.client.HTTPException):
            return 503
        finally:
            connection.close()

    return send

"""Stripe's idempotency: a key's first answer is kept and given again, a saved 500 too.

Answers of validation (4xx) are not kept, so the same key may then be used properly
(docs.stripe.com/api/idempotent_requests).
"""

import json
from collections.abc import Callable
from threading import Lock
from typing import Any

from tests.stripe_fake.account import ApiError

Answer = tuple[int, dict[str, Any]]


class Keys:
    """The keys of an account and what was answered under each."""

    def __init__(self) -> None:
        self._answers: dict[str, tuple[str, Answer]] = {}
        self._busy: set[str] = set()
        self._lock = Lock()

    def once(self, key: str, request: object, work: Callable[[], Answer]) -> Answer:
        """Do the work of a key once. Raises ApiError for other parameters or while it is being done."""
        print_of_request = json.dumps(request, sort_keys=True)
        with self._lock:
            if key in self._answers:
                return self._again(key, print_of_request)
            if key in self._busy:
                raise ApiError(
                    409, "There is a request in progress with this key.", kind="idempotency_error",
                    code="idempotency_key_in_use",
                )  # fmt: skip
            self._busy.add(key)
        try:
            answer = work()
            if not 400 <= answer[0] < 500:
                self._answers[key] = (print_of_request, answer)
            return answer
        finally:
            with self._lock:
                self._busy.discard(key)

    def _again(self, key: str, print_of_request: str) -> Answer:
        first_print, answer = self._answers[key]
        if first_print != print_of_request:
            raise ApiError(
                400, "Keys for idempotent requests can only be used with the same parameters.", kind="idempotency_error"
            )
        return answer

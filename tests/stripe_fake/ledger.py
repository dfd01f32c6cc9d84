"""What all parts of the fake's account share: its clock, its lock, its objects, its refusals and its events."""

import copy
import secrets
import time
from collections.abc import Callable, Iterable
from threading import RLock
from typing import Any

from tests.stripe_fake import shapes
from tests.stripe_fake.shapes import Thing

EVENTS_LIVE = 30 * 24 * 60 * 60  # seconds


class ApiError(Exception):
    """An answer that is no success, as Stripe words it."""

    def __init__(
        self, status: int, message: str, *, kind: str = "invalid_request_error", code: str = "", param: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        said = {"type": kind, "message": message, "code": code, "param": param}
        self.body: Thing = {"error": {key: value for key, value in said.items() if value}}


class Ledger:
    """The objects of one account, of its test and its live mode. Every method is safe for many threads.

    Told are the events that somebody in this project wants, and whatever a test makes up: the real
    Stripe tells more of each payment (charge.succeeded, payment_intent.created and so on).
    """

    def __init__(self, base_url: str, clock: Callable[[], float] = time.time) -> None:
        self.base_url = base_url
        self.clock = clock
        self.sessions: dict[str, Thing] = {}
        self.asked: dict[str, Thing] = {}
        self.items: dict[str, list[Thing]] = {}
        self.intents: dict[str, Thing] = {}
        self.charges: dict[str, Thing] = {}
        self.refunds: dict[str, Thing] = {}
        self.disputes: dict[str, Thing] = {}
        self.endpoints: dict[str, Thing] = {}
        self.secrets: dict[str, str] = {}  # of the endpoints, which only their creation tells
        self.events: list[Thing] = []
        self.on_event: Callable[[Thing], None] = lambda event: None
        self._lock = RLock()

    @property
    def now(self) -> int:
        """Stripe's clock, in whole seconds."""
        return int(self.clock())

    def list_events(self, asked: Thing, *, is_live: bool) -> Thing:
        """Events of the last thirty days, newest first."""
        with self._lock:
            check_names(asked, {"created", "ending_before", "limit", "starting_after", "type", "types"})
            types = asked.get("types") or ([asked["type"]] if "type" in asked else [])
            if len(types) > 20:
                raise ApiError(400, "You may pass up to 20 types.", param="types")
            oldest = self.now - EVENTS_LIVE
            mine = [
                each
                for each in self.events
                if each["livemode"] == is_live
                and each["created"] >= oldest
                and is_in(each, asked)
                and (not types or each["type"] in types)
            ]
            return self.page(mine, "/v1/events", asked)

    def make_up(self, event_type: str, about: Thing, *, is_live: bool = False) -> Thing:
        """Tell something that has nothing to do with the shop."""
        with self._lock:
            return self.tell(event_type, about, is_live)

    def tell(self, event_type: str, about: Thing, is_live: bool) -> Thing:
        """Write an event down and hand it to whoever delivers it."""
        told = shapes.event(new_id("evt"), self.now, event_type, copy.deepcopy(about), is_live)
        self.events.append(told)
        self.on_event(copy.deepcopy(told))
        return copy.deepcopy(told)

    def found(self, things: dict[str, Thing], thing_id: str, name: str, is_live: bool) -> Thing:
        """One object of a mode. Raises ApiError."""
        known = things.get(thing_id)
        if known is None or self.is_live(known) != is_live:
            raise ApiError(404, f"No such {name}: '{thing_id}'", code="resource_missing", param="id")
        return known

    def is_live(self, thing: Thing) -> bool:
        """Which mode an object belongs to; a refund does not say it, its charge does."""
        live: bool = thing["livemode"] if "livemode" in thing else self.charges[thing["charge"]]["livemode"]
        return live

    def page(self, things: Iterable[Thing], url: str, asked: Thing) -> Thing:
        """A copy of a list answer."""
        known = list(things)
        for name in ("starting_after", "ending_before"):
            if name in asked and asked[name] not in {each["id"] for each in known}:
                raise ApiError(400, f"No such object: '{asked[name]}'", code="resource_missing", param=name)
        return copy.deepcopy(shapes.page_of(known, url, asked))


def new_id(kind: str) -> str:
    """An id as Stripe makes them."""
    return f"{kind}_{secrets.token_hex(12)}"


def is_in(thing: Thing, asked: Thing) -> bool:
    """Whether an object was created in the time that is asked for."""
    span: Any = asked.get("created", {})
    created = int(thing["created"])
    return created >= int(span.get("gte", 0)) and created <= int(span.get("lte", created))


def check_names(asked: Thing, known: set[str]) -> None:
    """Refuse what Stripe does not know (or this fake does not do)."""
    for name in asked:
        if name not in known:
            raise ApiError(400, f"Received unknown parameter: {name}", code="parameter_unknown", param=name)

"""A shopper at her telephone: fills a cart, orders, pays, and loads a page again when it does not come."""

import http.client
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import urlencode, urlsplit

from tests.town.forms import hidden_fields

PATIENCE_S = 60  # how long somebody who wants the goods loads a page again and again
PAUSE_S = (0.3, 1.2)  # between two of these tries


@dataclass(frozen=True)
class Wishes:
    """What a shopper is going to do. `sku` is what she wants most, `instead` what she takes if that is gone.

    `payment` is a key of the shop's ways to pay; at Stripe she pays by `how` ("card", "debit", "declined" first
    and then by card, "" not at all). `leaves`: she closes the browser once she has paid. `two_tabs`: she presses
    the order button in both, and pays in both.
    """

    name: str
    sku: str
    length: str
    instead: str
    payment: str
    how: str
    leaves: bool
    two_tabs: bool
    address: str  # of her telephone


@dataclass
class Notes:
    """What shoppers of a day have seen. Safe for many threads."""

    troubles: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    confirm_s: list[float] = field(default_factory=list)
    ordered: dict[str, Wishes] = field(default_factory=dict)  # by the token of the order
    keys: set[str] = field(default_factory=set)
    gave_up: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def trouble(self, kind: str) -> None:
        """An answer that nobody should see, or none at all."""
        with self._lock:
            self.troubles[kind] += 1

    def refusal(self, kind: str) -> None:
        """An answer that says no for a good reason."""
        with self._lock:
            self.refusals[kind] += 1

    def confirmed(self, seconds: float) -> None:
        """The time that one order button took to be answered."""
        with self._lock:
            self.confirm_s.append(seconds)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    text: str


class GaveUp(Exception):
    """The shop did not answer for so long that she has gone."""


class Shopper:
    """One visit. `port` is the shop's, `stripe_url` where its payment pages are."""

    def __init__(self, wishes: Wishes, port: int, stripe_url: str, notes: Notes, dice: random.Random) -> None:
        self.wishes = wishes
        self._port = port
        self._stripe = urlsplit(stripe_url)
        self._notes = notes
        self._dice = dice
        self._cookies: dict[str, str] = {}

    def visit(self) -> None:
        """Everything from the first page to the last."""
        try:
            if not self._order(self.wishes.sku):
                self._cookies.clear()
                self._order(self.wishes.instead)
        except GaveUp as gone:
            self._notes.gave_up.append(f"{self.wishes.name}: {gone}")

    def _order(self, sku: str) -> bool:
        """Buy an article; False where it has gone meanwhile."""
        if not self._fill_cart(sku):
            return False
        review = self._tell()
        if review is None:
            return False
        answers = self._press(hidden_fields(review.text, "schluessel"))
        sold = [answer for answer in answers if answer.status == 303 and "/warenkorb" not in answer.location]
        if not sold:
            self._notes.refusal("gone at the button")
            return False
        self._pay(sold)
        return True

    def _fill_cart(self, sku: str) -> bool:
        wish = {"laenge": self.wishes.length} if sku.startswith("STOFF") else {"menge": "2"}
        added = self._ask("POST", "/warenkorb", {"variante": sku, "stuecke": "1"} | wish)
        if added.status == 422:
            self._notes.refusal("gone before the cart")
        return added.status == 303

    def _tell(self) -> Answer | None:
        """Tell who she is, and read the page with the button; None where the goods have gone meanwhile."""
        is_pickup = self.wishes.payment == "on_pickup"
        facts = {
            "name": self.wishes.name, "email": f"{self.wishes.name.replace(' ', '.').lower()}@kundin.example",
            "street": "Am Anger 1", "postal_code": "16835", "city": "Lindow", "country": "DE",
            "delivery": "pickup" if is_pickup else "Paket", "payment": self.wishes.payment,
        }  # fmt: skip
        self._ask("GET", "/kasse")
        told = self._ask("POST", "/kasse", facts)
        review = self._ask("GET", "/kasse/pruefen") if told.location.endswith("/kasse/pruefen") else told
        if review.status != 200:
            self._notes.refusal("gone at the checkout")
            return None
        return review

    def _press(self, form: dict[str, str]) -> list[Answer]:
        """Press the order button, in two tabs at once if she has two."""
        self._notes.keys.add(form["schluessel"])

        def press(_: int) -> Answer:
            return self._ask("POST", "/kasse/bestellen", form, took=self._notes.confirmed)

        with ThreadPoolExecutor(2) as tabs:
            return list(tabs.map(press, range(1 + self.wishes.two_tabs)))

    def _pay(self, answers: list[Answer]) -> None:
        pages = [answer.location for answer in answers]
        for page in pages:
            if page.startswith(self._stripe.geturl()):
                self._pay_at_stripe(page)
            else:
                self._look_at(page)

    def _pay_at_stripe(self, page: str) -> None:
        if self.wishes.how == "declined":
            self._at_stripe("POST", f"{urlsplit(page).path}/declined")
        how = {"": "", "declined": "card"}.get(self.wishes.how, self.wishes.how)
        if not how:
            return
        back = self._at_stripe("POST", f"{urlsplit(page).path}/{how}").location
        if back and not self.wishes.leaves:
            self._look_at(self._ask("GET", _inside(back)).location)

    def _look_at(self, address: str) -> None:
        """Look at the order's page, which is where the shop says that the order is there."""
        path = _inside(address).partition("?")[0]
        if "/bestellung/" in path and self._ask("GET", path).status == 200:
            self._notes.ordered[path.split("/")[2]] = self.wishes

    def _ask(
        self, method: str, path: str, form: dict[str, str] | None = None, took: Callable[[float], None] | None = None
    ) -> Answer:
        """Ask the shop, again and again while it does not answer. Raises GaveUp."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            began = time.monotonic()
            answer = self._try(self._port, method, path, form)
            if answer is not None:
                if took is not None:
                    took(time.monotonic() - began)
                return answer
            time.sleep(self._dice.uniform(*PAUSE_S))
        raise GaveUp(f"{method} {path.split('?')[0]}")

    def _at_stripe(self, method: str, path: str) -> Answer:
        return self._try(self._stripe.port or 0, method, path, None) or Answer(0, "", "")

    def _try(self, port: int, method: str, path: str, form: dict[str, str] | None) -> Answer | None:
        """One request; None where no sensible answer came, with a note of what came instead."""
        headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": self.wishes.address}
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers |= {"Cookie": cookies} if cookies and port == self._port else {}
        headers |= {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request(method, path, urlencode(form) if form else None, headers)
            with connection.getresponse() as answer:
                text = answer.read().decode()
                self._keep_cookies(answer.headers.get_all("Set-Cookie", []))
                if answer.status < 500:
                    return Answer(answer.status, answer.getheader("Location", ""), text)
                self._notes.trouble(f"status {answer.status}")
        except ConnectionRefusedError:
            self._notes.trouble("nobody answers")
        except TimeoutError:
            self._notes.trouble("waited 30 s")
        except (OSError, http.client.HTTPException):
            self._notes.trouble("cut off")
        finally:
            connection.close()
        return None

    def _keep_cookies(self, headers: Sequence[str]) -> None:
        for header in headers:
            name, _, value = header.partition(";")[0].partition("=")
            self._cookies[name] = value


def _inside(address: str) -> str:
    """An address of the shop without its host."""
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")

"""The walk through the specimen, as a shopper without script takes it: look, buy, get letters, withdraw."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from catalog.products import Product, Variant
from catalog.units import Unit
from checkout import fulfilment, orders, returns, wordings
from checkout.orders import Order, OrderLine
from checkout.outbox import Letter
from checkout.shipping import PICKUP
from shop import legal, letters, themes
from shop.context import Shop
from shop.law import markup
from shop.law.markup import Element
from shop.law.specimen_goods import AUTHOR, DEPARTMENT
from shop.letter_facts import Attachment, NothingToWrite
from shop.profile import Profile

log = logging.getLogger("dorfladen.law")

_BUYER = {
    "name": "Erika Musterfrau",
    "email": "erika@beispiel.example",
    "street": "Am Anger 1",
    "postal_code": "12345",
    "city": "Beispielstadt",
}
_POSTAL_CODES = {"AT": "1010", "CH": "8001", "LI": "9490", "LU": "1009", "BE": "1000", "DK": "1050"}


@dataclass(frozen=True)
class Page:
    """A page as it came: `path` says where from, `status` is that of HTTP, `headers` by their names.

    A header that came several times (Set-Cookie) has a line for each.
    """

    name: str
    path: str
    status: int
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def tree(self) -> Element:
        """Its elements."""
        return markup.parse(self.html)

    @property
    def text(self) -> str:
        """What is read on it."""
        return self.tree.text


@dataclass(frozen=True)
class SpecimenLetter:
    """A letter in words: subject, text, and the same as HTML; and the files that go with it."""

    kind: str
    recipient: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()

    @cached_property
    def tree(self) -> Element:
        """The elements of its HTML."""
        return markup.parse(self.html)


@dataclass(frozen=True)
class Line:
    """What was ordered of an article, and what the order keeps of it because it was shown before."""

    sku: str
    name: str
    fibres: str
    essentials: str
    base_price: str
    delivery_time: str
    line_cents: int


@dataclass
class Seen:
    """What the walk has collected so far."""

    pages: dict[str, Page] = field(default_factory=dict)
    letters: dict[str, SpecimenLetter] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    total_cents: int = 0
    payment: str = ""


def walk(app: Flask, shop: Shop, owner: Profile) -> Seen:
    """Walk through a furnished specimen. A step that does not succeed leaves its pages out; the others are taken."""
    walker = _Walker(app, shop, owner)
    for step in (walker.look_around, walker.read, walker.buy, walker.serve_order, walker.withdraw, walker.open_letters):
        _take(step)
    return walker.seen


def _take(step: Callable[[], None]) -> None:
    try:
        step()
    except Exception as error:  # a stranger's theme may break anything; what is missing is what rules complain of
        log.warning("the specimen's %s broke off: %s", step.__name__, error, exc_info=True)


class _Walker:
    def __init__(self, app: Flask, shop: Shop, owner: Profile) -> None:
        self.app, self.shop, self.owner = app, shop, owner
        self.seen = Seen()
        self.client: FlaskClient = app.test_client()
        self.client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"

    def look_around(self) -> None:
        """Window, department, search, every article, and a page that is not there."""
        self._visit("home", "/")
        with self.shop.database.reading() as session:
            goods = session.exec(select(Product.slug, Variant.sku).join(Variant).order_by(col(Product.id))).all()
        self._visit("department", self._path_of(DEPARTMENT))
        self._visit("search", "/suche?q=Baumwollstoff")
        self._visit("search-miss", "/suche?q=Quastenflosser")
        for slug, sku in goods:
            self._visit(f"product-{sku}", f"/artikel/{slug}")
        self._visit("not-found", "/gibt-es-nicht")

    def read(self) -> None:
        """The legal pages."""
        for slug in legal.slugs(self.owner):
            self._visit(slug, f"/{slug}")

    def buy(self) -> None:
        """Fill the cart, tell, confirm, order."""
        self._visit("cart-empty", "/warenkorb")
        for form in self._wishes():
            self._post("/warenkorb", form)
        self._visit("cart", "/warenkorb")
        checkout = self._visit("checkout", "/kasse")
        self._keep("checkout-problems", "/kasse", self._post("/kasse", {"name": ""}))
        self._post("/kasse", markup.fields_of(_form_to(checkout, "/kasse")) | self._told(checkout))
        confirm = self._visit("confirm", "/kasse/pruefen")
        last = _form_with(confirm, wordings.ORDER_BUTTON)
        answer = self._post(last["action"], markup.fields_of(last))
        self._visit("order", answer.headers["Location"])

    def serve_order(self) -> None:
        """Let the money come in and the goods leave, as the owner does: letters are owed for it."""
        with self.shop.database.writing() as session:
            order = session.exec(select(Order)).one()
            self.seen.total_cents, self.seen.payment = order.total_cents, self.shop.payments[order.payment].label
            self.seen.lines = tuple(map(_line, orders.lines_of(session, order)))
            now = self.shop.clock()
            if order.delivery == PICKUP:
                fulfilment.pick_up(session, order, now=now, author=AUTHOR)
                return
            fulfilment.mark_paid(
                session, order, cents=order.total_cents, reference="Muster", method="transfer", now=now, author=AUTHOR
            )
            fulfilment.ship(session, order, carrier="dhl", tracking="00340434161094000000", now=now, author=AUTHOR)

    def withdraw(self) -> None:
        """Declare a withdrawal in its two steps, without the secret link."""
        page = self._visit("withdrawal", "/widerruf")
        form = _form_to(page, "/widerruf")
        told = {"name": _BUYER["name"], "email": _BUYER["email"], "which_order": "Baumwollstoff vom Montag"}
        answer = self._post("/widerruf", markup.fields_of(form) | told)
        confirm = self._keep("withdrawal-confirm", "/widerruf", answer)
        form = _form_with(confirm, wordings.WITHDRAW_BUTTON)
        answer = self._post(form["action"], markup.fields_of(form))
        self._visit("withdrawal-received", answer.headers["Location"])
        with self.shop.database.writing() as session:
            returns.look_up(session, self.shop.clock())

    def open_letters(self) -> None:
        """Write every letter that is owed by now, and all others about an order."""
        folders = themes.chain(self.shop.settings.themes, self.shop.settings.theme)
        with self.shop.database.reading() as session:
            owed = [(each.kind, each.reason, each.recipient) for each in session.exec(select(Letter)).all()]
            order_id = session.exec(select(Order.id)).first()
            about = [(name, f"order:{order_id}", "") for name, kind in letters.LETTERS.items() if kind.about == "order"]
            for kind, reason, recipient in [*owed, *about]:
                if kind not in self.seen.letters:
                    with suppress(NothingToWrite):
                        self._open(session, kind, reason, recipient, folders)

    def _open(self, session: Session, kind: str, reason: str, recipient: str, folders: Sequence[Path]) -> None:
        url, payments = self.shop.settings.url, self.shop.payments
        draft = letters.compose(session, kind, reason, url=url, payments=payments, themes=folders)
        written = letters.write(self.app.jinja_env, draft)
        self.seen.letters[kind] = SpecimenLetter(
            kind, recipient, written.subject, written.text, written.html, tuple(draft.attachments)
        )

    def _wishes(self) -> list[dict[str, str]]:
        """One of each article: a length of what is sold by length, else a piece."""
        with self.shop.database.reading() as session:
            goods = session.exec(select(Product, Variant.sku).join(Variant).order_by(col(Product.id))).all()
        return [
            {"variante": sku, "menge": "1"} if product.unit == Unit.PIECE
            else {"variante": sku, "stuecke": "1", "laenge": "1,5", "menge": "1"}
            for product, sku in goods
        ]  # fmt: skip

    def _told(self, checkout: Page) -> dict[str, str]:
        """What the buyer types: a parcel paid by transfer where the shop has that, else what it has."""
        countries = self.owner.delivery_countries.split()
        country = "DE" if "DE" in countries else countries[0]
        ways = _choices(checkout, "delivery")
        delivery = next((each for each in ways if each != PICKUP), PICKUP)
        methods = _choices(checkout, "payment")
        payment = "transfer" if "transfer" in methods else methods[0]
        postal_code = _POSTAL_CODES.get(country, _BUYER["postal_code"])
        return _BUYER | {
            "country": country, "postal_code": postal_code, "delivery": delivery, "payment": payment,
        }  # fmt: skip

    def _path_of(self, department: str) -> str:
        home = self.seen.pages["home"].tree
        return next(each["href"] for each in home.all("a") if each.text.startswith(department))

    def _visit(self, name: str, path: str) -> Page:
        return self._keep(name, path, self.client.get(path, base_url=self.shop.settings.url))

    def _post(self, path: str, form: Mapping[str, str]) -> TestResponse:
        return self.client.post(path, data=dict(form), base_url=self.shop.settings.url)

    def _keep(self, name: str, path: str, answer: TestResponse) -> Page:
        headers = {each: "\n".join(answer.headers.getlist(each)) for each in dict(answer.headers)}
        page = Page(name, path, answer.status_code, answer.get_data(as_text=True), headers)
        if page.status < 300 or page.status >= 400:
            self.seen.pages[name] = page
        return page


def _line(line: OrderLine) -> Line:
    return Line(line.sku, line.name, line.fibres, line.essentials, line.base_price, line.delivery_time, line.line_cents)


def _choices(page: Page, name: str) -> list[str]:
    return [each["value"] for each in page.tree.all("input", type="radio", name=name)]


def _form_to(page: Page, action: str) -> Element:
    return next(each for each in page.tree.all("form") if each["action"].partition("#")[0] == action)


def _form_with(page: Page, words: str) -> Element:
    """The form that is sent with a button of these words."""
    return next(
        form for form in page.tree.all("form") if words in [markup.words_on(each) for each in markup.buttons(form)]
    )

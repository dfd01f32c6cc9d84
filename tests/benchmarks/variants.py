"""CPU time of an article's page with 4 and with 400 variants: rendered for its first visitor, and kept."""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlmodel import Session

from catalog import categories, prices, products, variants
from catalog.images import Picture
from catalog.products import Kind, Product
from catalog.units import Unit
from shop.context import Shop, utc_now
from tests.benchmarks.pages import cpu_us, get
from tests.benchmarks.stocking import make_shop

FEW, MANY = 4, 400
OTHERS = 40  # so that the page has related goods, as in any shop
ROUNDS = 7  # interleaved; the best round of each counts, so that a busy machine does not decide
REQUESTS = 20


def measure() -> dict[str, float]:
    """What `figures` gives, under the name that all benchmarks have."""
    return figures()


def figures() -> dict[str, float]:
    """µs of CPU per request and bytes of HTML, and how many times 4 variants the page of 400 costs."""
    with tempfile.TemporaryDirectory() as folder:
        app = make_shop(Path(folder), OTHERS)
        parts: Shop = app.extensions["dorfladen"]
        with parts.database.writing() as session:
            for number in (FEW, MANY):
                _stock(session, number)
        best = _best(app)
        sizes = {f"{number} variants, bytes of HTML": float(_bytes(app, number)) for number in (FEW, MANY)}
        parts.database.close()
    ratios = {f"{what}, {MANY} ÷ {FEW}": best[MANY, what] / best[FEW, what] for what in ("first visit", "kept")}
    return {f"{number} variants, {what} µs": value for (number, what), value in best.items()} | ratios | sizes


def _stock(session: Session, number: int) -> None:
    """A sewing thread in so many shades: every tenth sold out, every seventh reduced, every fifth dearer."""
    now = utc_now()
    before = now - timedelta(days=60)
    with products.touched_once(session):
        thread = products.add(session, name=f"Nähgarn {number}", now=before, kind=Kind.THREAD, slug=_slug(number))
        assert thread.id is not None
        for shade in range(number):
            _shade(session, thread, shade)
        session.add(Picture(product_id=thread.id, hash="a" * 64, alt="Garnrollen", width=1200, height=1200))
        group = categories.at_path(session, ["Stoffe", "Jersey"]).id
        assert group is not None
        products.place_in(session, thread.id, [group], now)
        products.publish(session, thread, now)


def _shade(session: Session, thread: Product, number: int) -> None:
    now = utc_now()
    before = now - timedelta(days=60)
    variant = variants.add(
        session, thread, sku=f"{thread.slug}-{number}", price_cents=345 if number % 5 else 395, now=before,
        author="Probe", options=[("Farbe", f"{1000 + number} Ton {number}", f"#{number * 37 % 4096:03x}")],
        on_hand=0 if number % 10 == 9 else 40, content=20_000, content_unit=Unit.LENGTH, weight_g=12,
    )  # fmt: skip
    if number % 7 == 1:
        prices.reduce(session, variant, 295, starts_at=now, ends_at=None, now=now, author="Probe")


def _best(app: Flask) -> dict[tuple[int, str], float]:
    visits: dict[tuple[int, str], Callable[[], None]] = {
        (number, what): _visit(app, number, is_first=what == "first visit")
        for number in (FEW, MANY)
        for what in ("first visit", "kept")
    }
    best = dict.fromkeys(visits, float("inf"))
    for _ in range(ROUNDS):
        for name, visit in visits.items():
            visit()
            best[name] = min(best[name], cpu_us(visit, REQUESTS))
    return best


def _visit(app: Flask, number: int, *, is_first: bool) -> Callable[[], None]:
    address = f"/artikel/{_slug(number)}"

    def visit() -> None:
        if is_first:
            app.extensions.pop("dorfladen.pages", None)
        get(app, address)

    return visit


def _bytes(app: Flask, number: int) -> int:
    return len(app.test_client().get(f"/artikel/{_slug(number)}").data)


def _slug(number: int) -> str:
    return f"naehgarn-{number}"

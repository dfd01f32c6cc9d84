"""A real shop in a process of its own, a fake Stripe beside it, and a browser before it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlmodel import Session

from catalog import categories, fibres, images, makers, products
from catalog.products import Variant
from checkout.payments import PaymentMethod
from checkout.shipping import ShippingRate
from shop import accounts, legal, preparing
from shop.app import create_shop
from shop.context import Shop, utc_now
from shop.db import Database
from shop.profile import Profile
from shop.settings import Settings, read_settings
from tests.conftest import needs
from tests.make import make_fabric
from tests.stripe_fake import FakeStripe
from tests.stripe_fake.server import TEST_KEY
from tests.stripe_fake.webhooks import SECRET

OWNER, PASSWORD = "Inhaberin", "sieben-bunte-knoepfe"
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                      "--disable-background-networking", "--disable-component-update"]  # fmt: skip


@dataclass(frozen=True)
class LiveShop:
    """A running shop, and what a test may look at behind its back."""

    url: str
    settings: Settings
    database: Database
    stripe: FakeStripe
    fabric: str  # SKU of the fabric that is bought

    def variant(self, session: Session) -> Variant:
        """The fabric in the colour that the journeys buy."""
        from sqlmodel import select

        return session.exec(select(Variant).where(Variant.sku == self.fabric)).one()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    needs("Chromium (Debian: apt install chromium)", program is not None)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def live_shop(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LiveShop]:
    """An open shop with two colours of a jersey, all ways to pay, and its jobs running.

    A test may add to its environment, by the fixture's parameter.
    """
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    with FakeStripe(webhook_url=f"{url}/webhooks/stripe") as stripe:
        stripe.webhooks.deliver_by_itself()
        environment = {"DORFLADEN_URL": url, "DORFLADEN_PORT": str(port), "DORFLADEN_STRIPE_SECRET_KEY": TEST_KEY,
                       "DORFLADEN_STRIPE_API": stripe.url, "DORFLADEN_STRIPE_WEBHOOK_SECRETS": SECRET}  # fmt: skip
        environment |= getattr(request, "param", {})
        folder = tmp_path / "data"
        folder.mkdir()
        settings = read_settings(folder, environment)
        parts: Shop = create_shop(settings).extensions["dorfladen"]
        database = parts.database
        preparing.upgrade(settings, database, lambda line: None)
        with database.writing() as session:
            sku = _stock_up(session, settings, parts.payments)
        with _serving(settings, environment):
            yield LiveShop(url, settings, database, stripe, sku)
        database.close()
        assert stripe.notes.problems == []


@pytest.fixture
def visit(browser: Browser, live_shop: LiveShop) -> Iterator[Callable[..., Page]]:
    """Open a new visitor's page: `visit(java_script=False)`. No page may fail or ask a foreign host."""
    contexts: list[BrowserContext] = []
    foreign: list[str] = []
    errors: list[str] = []
    ours = (live_shop.url, live_shop.stripe.url, "data:")

    def open_page(*, java_script: bool = True, width: int = 360, touch: bool = False) -> Page:
        context = browser.new_context(
            java_script_enabled=java_script,
            has_touch=touch,
            locale="de-DE",
            viewport={"width": width, "height": 740},
            base_url=live_shop.url,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda asked: None if asked.url.startswith(ours) else foreign.append(asked.url))
        page.on("console", lambda said: errors.append(f"{said.text} {said.location}") if said.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert foreign == [], "a page asked a foreign host"
    assert errors == [], "a page complained in the browser's console"


def _stock_up(session: Session, settings: Settings, payments: Mapping[str, PaymentMethod]) -> str:
    now = utc_now()
    owner = Profile(
        shop_name="Nähladen Probe", owner_name="Petra Probe", street="Dorfstraße 1", postal_code="16835",
        city="Musterow", email="laden@probe.example", phone="033 100", tax_number="052/123/45678",
        return_costs_by="shop", account_holder="Petra Probe", iban="DE89370400440532013000", offers_pickup=True,
        opening_hours="Mo–Fr 9–18 Uhr",
    )  # fmt: skip
    session.add(owner)
    session.add(ShippingRate(name="Paket", country="DE", max_weight_g=31_500, price_cents=549, free_from_cents=None))
    session.flush()
    legal.refresh(session, owner, settings, payments, now=now, author="test")
    accounts.add(session, OWNER, PASSWORD, now)
    petrol = make_fabric(session, "Jersey Waldtiere", sku="JER-1-PETROL", on_hand=500, weight_g=320,
                         options=[("Farbe", "Petrol", "#0f6b6e")])  # fmt: skip
    jersey = session.get(products.Product, petrol.product_id)
    assert jersey is not None
    assert jersey.id is not None
    _another_colour(session, jersey)
    maker = makers.named(session, "Weberei Beispiel")
    maker.street, maker.postal_code, maker.city, maker.contact = (
        "Mühlweg 2",
        "02700",
        "Webstadt",
        "info@weberei.example",
    )
    jersey.maker_id = maker.id
    fibres.set_composition(session, jersey.id, [("Baumwolle", 95), ("Elasthan", 5)], now)
    category = categories.at_path(session, ["Stoffe", "Jersey"])
    assert category.id is not None
    products.place_in(session, jersey.id, [category.id], now)
    stored = images.store(settings.media, _photograph())
    images.attach(session, jersey.id, stored, alt="Jersey mit Waldtieren in Petrol", now=now)
    return petrol.sku


def _another_colour(session: Session, jersey: products.Product) -> None:
    from tests.make import make_variant

    make_variant(session, jersey, sku="JER-1-SENF", price_cents=1290, on_hand=300, weight_g=320,
                 options=[("Farbe", "Senf", "#d9a514")])  # fmt: skip


def _photograph() -> bytes:
    file = BytesIO()
    Image.radial_gradient("L").resize((900, 900)).convert("RGB").save(file, "JPEG")
    return file.getvalue()


class _serving:  # noqa: N801 - reads as what it does: `with _serving(…)`
    """The shop's own command line in a process of its own, until the block ends."""

    def __init__(self, settings: Settings, environment: dict[str, str]) -> None:
        self._url = settings.url
        command = [sys.executable, "-m", "shop.cli", "--data", str(settings.data)]
        self._log = (settings.data / "log.txt").open("wb")
        self._process = subprocess.Popen(
            command, env=os.environ | environment, stdout=self._log, stderr=self._log, start_new_session=True
        )

    def __enter__(self) -> None:
        for _ in range(600):
            with suppress(OSError):
                urllib.request.urlopen(f"{self._url}/healthz", timeout=5).read()
                return
            if self._process.poll() is not None:
                break
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)
        pytest.fail("the shop did not start:\n" + Path(self._log.name).read_text(encoding="utf-8"))

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(30)
        self._log.close()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port

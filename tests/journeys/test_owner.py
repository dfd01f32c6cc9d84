"""The owner at her phone: a new fabric is on sale within a minute, with ten taps or fewer besides typing."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from catalog import rolls
from catalog.products import Kind, Product, Variant
from tests.journeys.conftest import OWNER, PASSWORD, LiveShop
from tests.journeys.test_keyboard import look

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Visit = Callable[..., Page]
IN_THE_CAMERA = 2  # the shutter, and "use this photograph"
PER_TAP, PER_LETTER = 2.0, 0.35  # seconds of somebody who is in no hurry


class Thumb:
    """A thumb on a phone: counts what it taps and types."""

    def __init__(self) -> None:
        self.taps = 0
        self.letters = 0

    def tap(self, at: Locator) -> None:
        at.tap()
        self.taps += 1

    def type(self, into: Locator, text: str) -> None:
        self.tap(into)
        into.press_sequentially(text)
        self.letters += len(text)

    def photograph(self, page: Page, at: Locator, file: Path) -> None:
        with page.expect_file_chooser() as chooser:
            self.tap(at)
        chooser.value.set_files(file)
        self.taps += IN_THE_CAMERA

    @property
    def seconds(self) -> float:
        """What a person needs for it."""
        return self.taps * PER_TAP + self.letters * PER_LETTER


@pytest.mark.parametrize("java_script", [False, True], ids=["plain", "script"])
def test_a_new_fabric_is_on_sale_in_a_minute(
    live_shop: LiveShop, visit: Visit, tmp_path: Path, java_script: bool
) -> None:
    last_article_was_a_fabric(live_shop)
    page, thumb = visit(java_script=java_script, touch=True), Thumb()
    sign_in(page)
    started = time.monotonic()
    thumb.tap(page.get_by_role("link", name="Neuen Artikel anlegen"))
    thumb.photograph(page, page.get_by_label("Foto", exact=True), photograph(tmp_path))
    thumb.type(page.get_by_label("Name (nötig)"), "Musselin Punkte")
    thumb.type(page.get_by_label("Preis je Meter"), "14,90")
    thumb.type(page.get_by_label("Wie lang ist der Ballen?"), "12,5")
    thumb.tap(page.get_by_text("95 % Baumwolle, 5 % Elasthan").first)
    thumb.tap(page.get_by_role("button", name="Speichern und in den Laden stellen"))
    expect(page.get_by_text("Der Artikel ist gespeichert und im Laden zu sehen.")).to_be_visible()
    waited = time.monotonic() - started
    if java_script:
        look(page, "Artikel")

    page.goto("/artikel/musselin-punkte")
    expect(page.get_by_role("heading", name="Musselin Punkte")).to_be_visible()
    expect(page.get_by_text("14,90").first).to_be_visible()
    assert on_one_roll(live_shop, "musselin-punkte") == [1250]
    assert thumb.taps <= 10
    assert thumb.seconds + waited < 60


def photograph(folder: Path) -> Path:
    """A photograph of a phone: twelve megapixels."""
    file = folder / "IMG_0001.jpg"
    Image.radial_gradient("L").resize((4032, 3024)).convert("RGB").save(file, "JPEG", quality=88)
    return file


def last_article_was_a_fabric(live_shop: LiveShop) -> None:
    with live_shop.database.writing() as session:
        jersey = session.get_one(Product, live_shop.variant(session).product_id)
        jersey.kind, jersey.needs_no_warnings = Kind.FABRIC, True


def on_one_roll(live_shop: LiveShop, slug: str) -> list[int]:
    with live_shop.database.reading() as session:
        variant = session.exec(
            select(Variant).join(Product, Product.id == Variant.product_id).where(Product.slug == slug)  # type: ignore[arg-type]
        ).one()
        return [each.on_hand for each in rolls.of(session, [variant.id or 0])[variant.id or 0]]


def sign_in(page: Page) -> None:
    page.goto("/backoffice/")
    page.get_by_label("Name").fill(OWNER)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()

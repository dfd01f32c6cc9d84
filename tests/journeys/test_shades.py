"""One of four hundred shades by keyboard, and several at once without any script."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from catalog import categories, products
from tests.journeys.conftest import LiveShop
from tests.make import NOW, make_shades

pytestmark = [pytest.mark.browser, pytest.mark.slow]

THREAD = "/artikel/naehgarn"


@pytest.fixture(autouse=True)
def _thread(live_shop: LiveShop) -> None:
    with live_shop.database.writing() as session:
        thread = make_shades(session, 400)
        products.place_in(session, thread.id or 0, [categories.at_path(session, ["Stoffe"]).id or 0], NOW)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element of this name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.labels?.[0]?.innerText || document.activeElement.innerText") == name:
            return
    pytest.fail(f"{name} cannot be reached by keyboard")


def test_shade_317_of_400_is_bought_by_keyboard(visit: Callable[..., Page]) -> None:
    page = visit(width=360)
    page.goto(THREAD)
    tab_to(page, "Farbe oder Nummer suchen")
    page.keyboard.type("317")
    expect(page.get_by_text("1 von 400", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Gewählt: 317 Rot")).to_be_visible()
    assert page.url.endswith("?v=N317")
    tab_to(page, "Menge")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("3")
    tab_to(page, "In den Warenkorb")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Farbe: 317 Rot")).to_be_visible()
    expect(page.get_by_text("9,00\xa0€").first).to_be_visible()


def test_arrows_walk_through_what_the_search_left(visit: Callable[..., Page]) -> None:
    page = visit(width=1280)
    page.goto(THREAD)
    page.get_by_label("Farbe oder Nummer suchen").fill("31")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name=re.compile("^31 Rot"))).to_be_checked()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name=re.compile("^131 Rot"))).to_be_checked()
    expect(page.get_by_text("Gewählt: 131 Rot")).to_be_visible()
    expect(page.get_by_role("radio", name="132 Rot")).to_be_hidden()


def test_three_shades_are_ordered_at_once_without_script(visit: Callable[..., Page]) -> None:
    page = visit(width=360, java_script=False)
    page.goto(THREAD)
    page.get_by_role("link", name="Mehrere Farben auf einmal").click()
    for shade, number in (("3 Rot", "1"), ("150 Rot", "2"), ("320 Rot", "12")):
        page.get_by_label(f"Menge {shade}", exact=True).fill(number)
    page.get_by_role("button", name="Alles in den Warenkorb").click()
    for shade in ("3 Rot", "150 Rot", "320 Rot"):
        expect(page.get_by_text(f"Farbe: {shade}")).to_be_visible()


def test_choice_without_script_shows_its_price_on_request(visit: Callable[..., Page]) -> None:
    page = visit(width=360, java_script=False)
    page.goto(THREAD)
    page.get_by_role("radio", name="317 Rot").check()
    page.get_by_role("button", name="Preis und Bestand der Auswahl zeigen").click()
    expect(page.get_by_text("Gewählt: 317 Rot")).to_be_visible()
    assert page.url.endswith("?v=N317")


def test_shades_fit_a_small_telephone_and_bar_nobody(visit: Callable[..., Page]) -> None:
    page = visit(width=360)
    for address in (THREAD, f"{THREAD}/farben"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
        found = Axe().run(page).response["violations"]
        assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == [], address
    page.goto(THREAD)
    sizes = page.locator(".swatch").evaluate_all(
        "all => all.map(each => Math.min(each.offsetWidth, each.offsetHeight))"
    )
    assert min(sizes) >= 44


def test_a_filter_of_a_hundred_shades_does_not_lengthen_the_page(visit: Callable[..., Page]) -> None:
    page = visit(width=1280)
    page.goto("/kategorie/stoffe")
    expect(page.locator(".filter__value").nth(60)).to_be_attached()
    below_the_end = (
        "document.documentElement.scrollHeight - document.querySelector('footer').getBoundingClientRect().bottom"
    )
    assert page.evaluate(below_the_end) < 2

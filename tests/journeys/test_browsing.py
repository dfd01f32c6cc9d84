"""Walking through the shop on a small telephone: everything fits, is reachable, and follows the choice."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ARTICLE = "/artikel/jersey-waldtiere"
PAGES = ("/", "/kategorie/stoffe", ARTICLE, "/suche?q=xyzzy", "/warenkorb")


def test_pages_fit_a_small_telephone_and_bar_nobody(visit: Callable[..., Page]) -> None:
    page = visit(width=360)
    for address in PAGES:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
        found = Axe().run(page).response["violations"]
        assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == [], address


def test_withdrawal_is_in_sight_on_a_small_telephone_without_script(visit: Callable[..., Page]) -> None:
    page = visit(width=360, java_script=False)
    for address in PAGES:
        page.goto(address)
        button = page.get_by_role("contentinfo").get_by_role("link", name="Vertrag widerrufen")
        expect(button).to_be_visible()
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
        assert not button.evaluate("link => Boolean(link.closest('details, dialog, [hidden]'))"), address


def test_sum_and_address_follow_the_choice(visit: Callable[..., Page]) -> None:
    page = visit(width=1280)
    page.goto(ARTICLE)
    page.get_by_label("Länge").fill("1,5")
    page.get_by_label("Stücke").fill("2")
    expect(page.locator("[data-sum]")).to_have_text("Zusammen 38,70\xa0€")
    page.get_by_label("Senf").check()
    expect(page.get_by_text("höchstens 3,00 m am Stück")).to_be_visible()
    expect(page.get_by_label("Länge")).to_have_value("1,5")
    assert page.url.endswith("?v=JER-1-SENF")

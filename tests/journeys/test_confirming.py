"""The last page before an order on a telephone, as § 312j Abs. 2 BGB wants it (law.md C10, C11, D04)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from catalog import products
from catalog.products import Product
from shop import artwork
from shop.context import utc_now
from tests.journeys.conftest import LiveShop
from tests.journeys.test_buying import fill_the_cart, tell_address, tell_name
from tests.shop.artworks import hang, painted

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTH = 360


def test_c10_c11_d04_official_pictures_are_seen_whole_above_the_button(
    live_shop: LiveShop, visit: Callable[..., Page]
) -> None:
    show_official_pictures(live_shop)
    page = visit(java_script=False, width=WIDTH)
    fill_the_cart(page)
    tell_name(page)
    page.get_by_label("Paket").check()
    tell_address(page)
    page.locator("input[name=payment][value=transfer]").check()
    page.get_by_role("button", name="Weiter zur Übersicht").click()

    notice, label = page.locator(".guarantee__artwork"), page.locator("main .guarantee-label")
    is_seen_whole(notice, 1240 / 1754)
    is_seen_whole(label, 500 / 400)
    assert page.request.get(notice.get_attribute("src") or "").body() == painted()
    blocks = [
        page.get_by_role("heading", name="Lieferung"),
        page.get_by_role("heading", name="Zahlung", exact=True),
        page.get_by_role("heading", name="Gut zu wissen").first,
        notice,
        page.get_by_role("link", name="Ihre Rechte in der Europäischen Union"),
        page.locator("main table"),
        label,
        page.locator("main tfoot"),
        page.get_by_role("button", name="zahlungspflichtig bestellen"),
    ]
    tops = [top_of(each) for each in blocks]
    assert tops == sorted(tops)
    between = page.locator("main a, main input:not([type=hidden]), main button, main details")
    total, button = tops[-2], tops[-1]
    assert [each for each in between.all() if each.is_visible() and total < top_of(each) < button] == []


def show_official_pictures(live_shop: LiveShop) -> None:
    """A notice for the shop, and a guarantee with its label for the fabric."""
    content, folder = painted(500, 400), live_shop.settings.artwork
    sheet = artwork.check(content, "label")
    artwork.keep(folder, content, sheet)
    with live_shop.database.writing() as session:
        hang(session, folder)
        jersey = session.get_one(Product, live_shop.variant(session).product_id)
        jersey.guarantee_months, jersey.guarantee_label = 36, sheet.file
        jersey.guarantee_brand, jersey.guarantee_model, jersey.guarantee_terms = "Weberei", "W 1", "Drei Jahre."
        products.touch(session, jersey.id or 0, utc_now())


def is_seen_whole(picture: Locator, ratio: float) -> None:
    """On the screen's width, in its own proportions, and in nothing that folds."""
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] / box["height"] == pytest.approx(ratio, rel=0.01)
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= WIDTH
    assert picture.locator("xpath=ancestor::details | ancestor::dialog").count() == 0


def top_of(what: Locator) -> float:
    box = what.bounding_box()
    assert box is not None
    return box["y"]

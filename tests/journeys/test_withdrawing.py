"""Withdrawing on a small telephone without script, while no letter can leave the house: nothing is lost."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from checkout.orders import Order
from checkout.outbox import Letter
from checkout.returns import Withdrawal
from tests.journeys.conftest import OWNER, PASSWORD, LiveShop
from tests.journeys.test_buying import fill_the_cart, tell_address, tell_name

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NO_MAIL_SERVER = {"DORFLADEN_SMTP_URL": "smtp://127.0.0.1:9"}  # port 9 discards, and nobody listens there

# The contrast of an element's words to what they stand on (WCAG 2.2, 1.4.3).
CONTRAST = """element => {
  const light = colour => {
    const [red, green, blue] = colour.match(/[\\d.]+/g).map(Number).map(each => each / 255)
      .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  let ground = element;
  while (/, 0\\)$|transparent/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
  const [a, b] = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor].map(light);
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""
FOLDED = "link => Boolean(link.closest('details, dialog, [hidden], [aria-hidden=true]'))"


@pytest.mark.parametrize("live_shop", [NO_MAIL_SERVER], indirect=True)
def test_b01_b04_a_part_is_withdrawn_while_the_mail_server_is_away(
    live_shop: LiveShop, visit: Callable[..., Page]
) -> None:
    page = visit(width=360, java_script=False)
    for address in ("/", "/kategorie/stoffe", "/artikel/jersey-waldtiere", "/suche?q=xyzzy", "/warenkorb",
                    "/impressum", "/widerrufsbelehrung", "/widerruf"):  # fmt: skip
        page.goto(address)
        _is_in_sight(page)
    fill_the_cart(page)
    _is_in_sight(page)
    page.goto("/kasse")
    _is_in_sight(page)
    tell_name(page)
    page.get_by_label("Paket").check()
    tell_address(page)
    page.locator("input[name=payment][value=transfer]").check()
    page.get_by_role("button", name="Weiter zur Übersicht").click()
    _is_in_sight(page)
    page.get_by_role("button", name="zahlungspflichtig bestellen").click()
    page.wait_for_url("**/bestellung/**")
    _is_in_sight(page)

    page.get_by_role("main").get_by_role("link", name="Vertrag widerrufen").click()
    expect(page.get_by_label("Ihr Name")).to_have_value("Karla Käufer")
    page.get_by_role("checkbox").check()
    page.get_by_label("dazu etwas schreiben").fill("die längere Seite\nist wellig")
    page.get_by_role("button", name="Weiter").click()
    expect(page.get_by_role("main")).to_contain_text("1 Stück à 1,50 m Jersey Waldtiere")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Widerruf bestätigen", exact=True).click()
    page.wait_for_url("**/widerruf/eingang/**")
    expect(page.get_by_role("heading", name="Ihr Widerruf ist eingegangen")).to_be_visible()
    _is_in_sight(page)
    with page.expect_download() as kept:
        page.get_by_role("link", name="Als PDF herunterladen").click()
    assert kept.value.path().read_bytes().startswith(b"%PDF")

    _wait_until_tried_in_vain(live_shop)
    with live_shop.database.reading() as session:
        declared = session.exec(select(Withdrawal)).one()
        assert declared.order_id == session.exec(select(Order.id)).one()
    owner = visit(width=360)
    owner.goto("/backoffice/widerrufe")
    owner.get_by_label("Name").fill(OWNER)
    owner.get_by_label("Passwort").fill(PASSWORD)
    owner.get_by_role("button", name="Anmelden").click()
    owner.goto("/backoffice/widerrufe")
    owner.get_by_role("link", name="Karla Käufer").click()
    expect(owner.get_by_text("noch nicht hinausgegangen")).to_be_visible()
    expect(owner.get_by_text("Zurückzahlen bis")).to_be_visible()
    assert owner.evaluate("document.documentElement.scrollWidth") <= 360


def test_b01_the_link_is_there_where_there_is_no_page(live_shop: LiveShop, visit: Callable[..., Page]) -> None:
    page = visit(width=360, java_script=False)
    page.route("**/gibt-es-nicht", lambda route: route.fulfill(response=route.fetch(), status=200))  # no console error
    page.goto("/gibt-es-nicht")
    expect(page.get_by_text("Fehler 404")).to_be_visible()
    _is_in_sight(page)


def _is_in_sight(page: Page) -> None:
    """Visible without unfolding, large enough for a thumb, and easy to read."""
    link: Locator = page.get_by_role("contentinfo").get_by_role("link", name="Vertrag widerrufen", exact=True)
    expect(link).to_be_visible()
    box = link.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24, page.url
    assert box["x"] >= 0, page.url
    assert box["x"] + box["width"] <= 360, page.url
    assert not link.evaluate(FOLDED), page.url
    assert link.evaluate(CONTRAST) >= 4.5, page.url


def _wait_until_tried_in_vain(live_shop: LiveShop) -> None:
    """The receipt was offered to the mail server, which is not there, and the order was looked up meanwhile."""
    for _ in range(300):
        with live_shop.database.reading() as session:
            letter = session.exec(select(Letter).where(Letter.kind == "withdrawal_received")).first()
            looked_up = session.exec(select(Withdrawal.looked_up_at)).first()
            if letter is not None and letter.last_error and looked_up:
                assert letter.sent_at is None
                return
        time.sleep(0.1)
    pytest.fail("no letter was tried within 30 s")

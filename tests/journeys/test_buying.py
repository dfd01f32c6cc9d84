"""From the search for "Jersey" to an order that the owner sees, with and without JavaScript."""

import re
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from checkout.orders import Order, State
from checkout.outbox import Letter
from checkout.payments import StripeEvent
from tests.journeys.conftest import OWNER, PASSWORD, LiveShop

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Visit = Callable[..., Page]
with_and_without_script = pytest.mark.parametrize("java_script", [False, True], ids=["plain", "script"])


@with_and_without_script
def test_a_jersey_is_bought_with_stripe(live_shop: LiveShop, visit: Visit, java_script: bool) -> None:
    page = visit(java_script=java_script)
    fill_the_cart(page)
    tell_name(page)
    page.get_by_label("Paket").check()
    tell_address(page)
    page.locator("input[name=payment][value=stripe]").check()
    order(page)
    expect(page.get_by_role("heading", name="Bezahlen: 24,84 EUR")).to_be_visible()
    page.get_by_role("button", name="Bezahlen", exact=True).click()

    page.wait_for_url("**/bestellung/**")
    expect(page.get_by_text("bezahlt").first).to_be_visible()
    assert state_of_the_order(live_shop) == State.PAID
    webhook_is_worked_off(live_shop)
    stock_is(live_shop, on_hand=500, held=150)
    assert "Bestellung" in str(one_letter(live_shop, "kundin@example.org")["Subject"])
    owner_sees(live_shop, visit(), "bezahlt")


@with_and_without_script
def test_a_jersey_is_bought_by_transfer(live_shop: LiveShop, visit: Visit, java_script: bool) -> None:
    page = visit(java_script=java_script)
    fill_the_cart(page)
    tell_name(page)
    page.get_by_label("Paket").check()
    tell_address(page)
    page.locator("input[name=payment][value=transfer]").check()
    order(page)
    page.wait_for_url("**/bestellung/**")
    expect(page.get_by_text("DE89 3704 0044 0532 0130 00").first).to_be_visible()
    assert state_of_the_order(live_shop) == State.AWAITING_PAYMENT
    stock_is(live_shop, on_hand=500, held=150)
    letter = one_letter(live_shop, "kundin@example.org")
    body = letter.get_body(("plain",))
    assert body is not None
    assert "DE89 3704 0044 0532 0130 00" in body.get_content()
    owner_sees(live_shop, visit(), "")


@with_and_without_script
def test_a_jersey_is_ordered_for_pickup(live_shop: LiveShop, visit: Visit, java_script: bool) -> None:
    page = visit(java_script=java_script)
    fill_the_cart(page)
    tell_name(page)
    page.get_by_role("radio", name="Abholung im Laden").check()
    page.locator("input[name=payment][value=on_pickup]").check()
    order(page)
    page.wait_for_url("**/bestellung/**")
    assert state_of_the_order(live_shop) == State.CONFIRMED
    stock_is(live_shop, on_hand=500, held=150)
    one_letter(live_shop, "kundin@example.org")
    owner_sees(live_shop, visit(), "")


def fill_the_cart(page: Page) -> None:
    """Search for the jersey, choose petrol, 1,5 m, and go to the checkout."""
    page.goto("/")
    page.get_by_label("Im Laden suchen").fill("Jersey")
    page.get_by_label("Im Laden suchen").press("Enter")
    page.get_by_role("link", name=re.compile("Jersey Waldtiere")).first.click()
    page.get_by_label("Petrol").check()
    page.get_by_label("Länge").fill("1,5")
    page.get_by_role("button", name="In den Warenkorb").click()
    page.wait_for_url("**/warenkorb*")
    expect(page.get_by_text("1,50").first).to_be_visible()
    page.get_by_role("button", name="Zur Kasse").click()


def tell_name(page: Page) -> None:
    page.get_by_label("Vor- und Nachname").fill("Karla Käufer")
    page.get_by_label("E-Mail").fill("kundin@example.org")


def tell_address(page: Page) -> None:
    page.get_by_label("Straße und Hausnummer").first.fill("Lindenweg 3")
    page.get_by_label("Postleitzahl").first.fill("10115")
    page.get_by_label("Ort *").fill("Berlin")


def order(page: Page) -> None:
    page.get_by_role("button", name="Weiter zur Übersicht").click()
    page.get_by_role("button", name="zahlungspflichtig bestellen").click()


def state_of_the_order(live_shop: LiveShop) -> str:
    with live_shop.database.reading() as session:
        return session.exec(select(Order.state)).one()


def stock_is(live_shop: LiveShop, *, on_hand: int, held: int) -> None:
    """150 cm of the petrol are held, and nothing of the mustard."""
    with live_shop.database.reading() as session:
        petrol = live_shop.variant(session)
        assert (petrol.on_hand, petrol.held) == (on_hand, held)
        mustard = session.exec(select(type(petrol)).where(type(petrol).sku == "JER-1-SENF")).one()
        assert (mustard.on_hand, mustard.held) == (300, 0)


def webhook_is_worked_off(live_shop: LiveShop) -> None:
    """The signed notice has reached the shop, and its work is done; waits for it a while."""
    for _ in range(100):
        with live_shop.database.reading() as session:
            done = session.exec(select(StripeEvent).where(col(StripeEvent.done_at).is_not(None))).all()
        if not live_shop.stripe.webhooks.pending and "checkout.session.completed" in {event.type for event in done}:
            return
        time.sleep(0.1)
    pytest.fail("no webhook was worked off within 10 s")


def one_letter(live_shop: LiveShop, recipient: str) -> EmailMessage:
    """The one confirmation that the running jobs have written for a person; waits for it a while."""
    for _ in range(300):
        letters = [
            message_from_bytes(file.read_bytes(), policy=policy.default)
            for file in live_shop.settings.mail.glob("*.eml")
        ]
        received = [letter for letter in letters if recipient in str(letter["To"])]
        confirmations = [letter for letter in received if "Bestell" in str(letter["Subject"])]
        if confirmations:
            assert len(confirmations) == 1
            confirmation = confirmations[0]
            assert isinstance(confirmation, EmailMessage)
            with live_shop.database.reading() as session:
                assert session.exec(select(Letter.kind).where(Letter.recipient == recipient)).all() == [
                    "order_received"
                ]
            return confirmation
        time.sleep(0.1)
    pytest.fail("no letter came within 30 s")


def owner_sees(live_shop: LiveShop, page: Page, word: str) -> None:
    """The owner signs in on her phone and finds the order."""
    with live_shop.database.reading() as session:
        number = session.exec(select(Order.number)).one()
    page.goto("/backoffice/")
    page.get_by_label("Name").fill(OWNER)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    page.goto("/backoffice/bestellungen?zeige=alle")
    page.get_by_role("link", name=re.compile(number)).first.click()
    expect(page.get_by_text("Karla Käufer").first).to_be_visible()
    expect(page.get_by_text("1,50").first).to_be_visible()
    if word:
        expect(page.get_by_text(word).first).to_be_visible()

"""The owner sets up online payment by herself: key, webhook, proof, another key, and away again."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from checkout.orders import State
from checkout.payments import inbox
from checkout.payments.stripe import VERSION, StripePayment
from checkout.payments.stripe_words import EVENTS
from shop import backup, stripe_keys
from shop.app import create_shop
from shop.settings import Settings
from tests.checkout.payments.ordering import Clock
from tests.checkout.payments.store import Store
from tests.shop.backoffice.conftest import NAME, QUICK_HASH, sign_in
from tests.stripe_fake import FakeStripe
from tests.stripe_fake.server import LIVE_KEY, RESTRICTED_KEY, TEST_KEY

PAGE, URL = "/backoffice/online-zahlung", "https://naehladen.example"


@pytest.fixture
def shop_clock() -> Clock:
    return Clock()


@pytest.fixture
def stripe(shop_clock: Clock) -> Iterator[FakeStripe]:
    with FakeStripe(clock=shop_clock.timestamp) as fake:
        yield fake
    assert fake.notes.problems == []


@pytest.fixture
def shop_app(settings: Settings, stripe: FakeStripe, shop_clock: Clock) -> Iterator[Flask]:
    """A shop on the open web that knows no key yet."""
    app = create_shop(replace(settings, stripe_api=stripe.url, url=URL), clock=shop_clock)
    payment = app.extensions["dorfladen"].payments["stripe"]
    payment._retries = 0
    yield app
    app.extensions["dorfladen"].database.close()


@pytest.fixture
def store(shop_app: Flask, stripe: FakeStripe, shop_clock: Clock) -> Store:
    """The same, as shoppers and Stripe see it."""
    return Store(shop_app, stripe, shop_clock)


def paste(owner: FlaskClient, key: str) -> str:
    """Paste a key; give the page that follows."""
    return owner.post(f"{PAGE}/schluessel", data={"schluessel": f" {key}\n"}, follow_redirects=True).text


def keys_of(store: Store) -> stripe_keys.Keys:
    return stripe_keys.read(store.shop.settings)


def test_a_pasted_key_is_checked_kept_and_proven(owner: FlaskClient, store: Store) -> None:
    page = paste(owner, TEST_KEY)
    assert "Probe-Nachricht ist unterwegs" in page
    assert 'http-equiv="refresh"' in page
    assert TEST_KEY not in page
    (endpoint,) = store.stripe.account.endpoints.values()
    assert endpoint["url"] == f"{URL}/webhooks/stripe"
    assert (endpoint["api_version"], endpoint["enabled_events"]) == (VERSION, list(EVENTS))
    assert store.deliver() == [200]
    page = owner.get(PAGE).text
    assert "Alles ist fertig" in page
    assert "Nähladen Probe" in page
    assert "Testbetrieb" in page
    assert store.payment.missing() == ""
    assert store.is_paid_once(store.paid())  # the running shop has taken it up


def test_the_key_is_for_nobody_else_to_read_and_in_no_backup(owner: FlaskClient, store: Store, tmp_path: Path) -> None:
    paste(owner, TEST_KEY)
    file = store.shop.settings.data / stripe_keys.FILE
    assert file.stat().st_mode & 0o777 == 0o600
    made = backup.make(store.shop.settings, store.database, store.clock.now, tmp_path)
    assert TEST_KEY.encode() not in made.read_bytes()
    assert "stripe_secret_key" in backup.restore(made, tmp_path / "new")
    assert not (tmp_path / "new" / stripe_keys.FILE).exists()


def test_another_process_takes_a_new_key_up_at_once(owner: FlaskClient, store: Store) -> None:
    other = create_shop(store.shop.settings, clock=store.clock)
    payment = other.extensions["dorfladen"].payments["stripe"]
    assert payment.missing()
    paste(owner, TEST_KEY)
    assert (payment.missing(), payment.secret_key) == ("", TEST_KEY)
    other.extensions["dorfladen"].database.close()


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("pk_test_1234567", "öffentliche Schlüssel"),
        ("whsec_1234567", "Geheimnis eines Webhooks"),
        ("hallo", "kein Schlüssel von Stripe"),
        ("", "Bitte fügen Sie hier"),
        ("sk_test_unknown", "Stripe kennt diesen Schlüssel nicht"),
    ],
)
def test_what_is_no_key_is_told_in_plain_words(owner: FlaskClient, store: Store, key: str, sentence: str) -> None:
    answer = owner.post(f"{PAGE}/schluessel", data={"schluessel": key})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert keys_of(store) == stripe_keys.Keys()
    assert store.stripe.account.endpoints == {}


def test_a_stripe_that_is_down_keeps_nothing(owner: FlaskClient, store: Store) -> None:
    store.stripe.fail("GET", "/v1/.*", "dead", times=9)
    assert "antwortet gerade nicht" in paste(owner, TEST_KEY)
    assert keys_of(store) == stripe_keys.Keys()


def test_a_restricted_key_needs_its_rights(owner: FlaskClient, store: Store) -> None:
    store.stripe.forbidden |= {"/v1/disputes", "/v1/account"}
    assert "fehlen Rechte: Disputes" in paste(owner, RESTRICTED_KEY)
    store.stripe.forbidden.discard("/v1/disputes")
    paste(owner, RESTRICTED_KEY)
    assert keys_of(store).secret_key == RESTRICTED_KEY


def test_a_notice_that_does_not_come_is_told_and_tried_again(owner: FlaskClient, store: Store) -> None:
    paste(owner, TEST_KEY)
    store.lose_webhooks()
    store.clock.forward(minutes=3)
    inbox.catch_up(store.database, store.shop.payments, store.clock.now)  # what was fetched proves nothing
    assert "nicht angekommen" in owner.get(PAGE).text
    owner.post(f"{PAGE}/probe")
    assert len(store.stripe.account.endpoints) == 1
    store.deliver()
    assert "Alles ist fertig" in owner.get(PAGE).text


def test_on_this_machine_it_says_that_stripe_cannot_reach_it(owner: FlaskClient, store: Store) -> None:
    here = replace(store.shop, settings=replace(store.shop.settings, url="http://localhost:8000"))
    store.app.extensions["dorfladen"] = here
    assert "Stripe kann diesen Rechner nicht erreichen" in paste(owner, TEST_KEY)
    assert store.stripe.account.endpoints == {}
    assert store.payment.missing() == ""


def test_the_old_secret_holds_while_the_webhook_is_replaced(owner: FlaskClient, store: Store) -> None:
    paste(owner, TEST_KEY)
    old_event = store.stripe.webhooks.pending.pop()
    (old_secret,) = keys_of(store).webhook_secrets
    (endpoint,) = store.stripe.account.endpoints.values()
    endpoint["api_version"] = "2020-03-02"  # somebody has made it by hand
    owner.post(f"{PAGE}/probe")
    (endpoint,) = store.stripe.account.endpoints.values()
    assert endpoint["api_version"] == VERSION
    assert keys_of(store).webhook_secrets == (store.stripe.account.secrets[endpoint["id"]], old_secret)
    store.stripe.webhooks.secrets_for = lambda event: [old_secret]
    assert store.stripe.webhooks.deliver(old_event) == 200


def test_changed_events_are_put_right(owner: FlaskClient, store: Store) -> None:
    paste(owner, TEST_KEY)
    (endpoint,) = store.stripe.account.endpoints.values()
    endpoint.update(enabled_events=["charge.refunded"], status="disabled")
    owner.post(f"{PAGE}/probe")
    assert (endpoint["enabled_events"], endpoint["status"]) == (list(EVENTS), "enabled")
    assert len(store.stripe.account.endpoints) == 1


def test_going_live_ends_test_pages_and_marks_what_test_money_paid(owner: FlaskClient, store: Store) -> None:
    paste(owner, TEST_KEY)
    paid, waiting = store.order(quantity=50), store.order(quantity=50)
    store.stripe.account.pay(store.go_to_pay(paid))
    store.deliver()
    session_id = store.go_to_pay(waiting)
    assert "echtes Geld" in paste(owner, LIVE_KEY)
    assert store.stripe.account.sessions[session_id]["status"] == "expired"
    assert [attempt.state for attempt in store.attempts(waiting)] == ["expired"]
    assert "nur mit Testgeld bezahlt" in store.find(paid).attention
    assert (store.find(waiting).attention, store.state(waiting)) == ("", State.AWAITING_PAYMENT)
    live = store.go_to_pay(waiting)
    assert live.startswith("cs_live_")
    store.stripe.account.pay(live)
    store.deliver()
    assert store.state(waiting) is State.PAID
    assert sorted(each["livemode"] for each in store.stripe.account.endpoints.values()) == [False, True]


def test_a_debit_on_its_way_when_the_account_is_changed_leaves_nothing_half(owner: FlaskClient, store: Store) -> None:
    paste(owner, TEST_KEY)
    placed = store.order()
    store.stripe.account.pay_by_debit(store.go_to_pay(placed))
    store.deliver()
    assert store.state(placed) is State.PROCESSING
    paste(owner, LIVE_KEY)
    store.hour(minutes=3)
    assert (store.state(placed), store.stock(placed)) == (State.EXPIRED, (500, 0))
    assert "nicht kennt" in store.find(placed).attention


def test_it_can_be_switched_off(owner: FlaskClient, store: Store) -> None:
    paste(owner, TEST_KEY)
    page = owner.post(f"{PAGE}/trennen", follow_redirects=True).text
    assert "ausgeschaltet" in page
    assert store.payment.missing()
    assert store.stripe.account.endpoints == {}


def test_a_key_of_the_host_is_only_shown(
    settings: Settings, stripe: FakeStripe, shop_clock: Clock, tmp_path: Path
) -> None:
    from shop.accounts import Account
    from shop.profile import Profile
    from tests.make import NOW

    app = create_shop(replace(settings, stripe_api=stripe.url, stripe_secret_key=TEST_KEY), clock=shop_clock)
    with app.extensions["dorfladen"].database.writing() as session:
        session.add(Account(name=NAME, password_hash=QUICK_HASH, session_key="anna", created_at=NOW))
        session.add(Profile(shop_name="Schnuckidu"))
    visitor = app.test_client()
    visitor.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    sign_in(visitor)
    page = visitor.get(PAGE).text
    assert "Einstellungen des Servers" in page
    assert TEST_KEY not in page
    assert visitor.post(f"{PAGE}/schluessel", data={"schluessel": LIVE_KEY}).status_code == 409
    assert isinstance(app.extensions["dorfladen"].payments["stripe"], StripePayment)
    app.extensions["dorfladen"].database.close()


def test_the_comparison_is_shown_and_can_be_made_now(owner: FlaskClient, store: Store) -> None:
    paste(owner, TEST_KEY)
    store.lose_webhooks()
    placed = store.order()
    store.stripe.account.pay(store.go_to_pay(placed))
    store.lose_webhooks()
    page = owner.post(f"{PAGE}/vergleich", follow_redirects=True).text
    assert re.search(r"stimmt.*Nachgeholt.*24,25", page, re.S)
    assert store.is_paid_once(placed)


def test_an_order_shows_that_its_payment_is_disputed_and_does_not_go_out(owner: FlaskClient, store: Store) -> None:
    paste(owner, TEST_KEY)
    store.lose_webhooks()
    placed = store.paid()
    opened = store.stripe.account.open_dispute(next(iter(store.stripe.account.intents)))
    store.deliver()
    address = f"/backoffice/bestellungen/{placed.id}"
    page = owner.get(address).text
    assert "Zahlung wird bestritten: 24,25" in page
    assert f"https://dashboard.stripe.com/disputes/{opened['id']}" in page
    sent = owner.post(f"{address}/versand", data={"dienst": "DHL", "sendung": ""}, follow_redirects=True)
    assert "geht gerade nicht hinaus" in sent.text
    assert store.state(placed) is State.PAID
    store.stripe.account.close_dispute(opened["id"], "won")
    store.deliver()
    assert "Bestrittene Zahlung gewonnen" in owner.get(address).text


def test_today_says_that_the_books_and_stripe_differ(owner: FlaskClient, store: Store) -> None:
    paste(owner, TEST_KEY)
    owner.post(f"{PAGE}/vergleich")
    assert "Stripe" not in owner.get("/backoffice/").text
    store.stripe.accepted_keys.clear()
    owner.post(f"{PAGE}/vergleich")
    assert "Vergleich mit Stripe ist ausgefallen" in owner.get("/backoffice/").text
    assert "bitte ansehen" in owner.get(f"{PAGE}/vergleich").text


def test_a_stranger_sets_nothing_up(client: FlaskClient, store: Store) -> None:
    answer = client.post(f"{PAGE}/schluessel", data={"schluessel": TEST_KEY})
    assert answer.location.startswith("/backoffice/anmelden")
    assert keys_of(store) == stripe_keys.Keys()

"""The shopper's way to the payment page and back."""

from flask import Flask
from flask.testing import FlaskClient

from checkout.orders import State
from checkout.payments import attempts
from shop.db import Database
from tests.checkout.payments.ordering import Clock, Placed, order_of, place_order, stock_of
from tests.make import make_variant
from tests.shop.storefront import selling
from tests.stripe_fake import FakeStripe

CREATE = "/v1/checkout/sessions"


def go_to_pay(client: FlaskClient, placed: Placed) -> str:
    """Press the button; give the session that the browser is sent to."""
    answer = client.post(f"/bestellung/{placed.token}/zahlung")
    assert answer.status_code == 303
    return answer.location.rsplit("/", 1)[1]


def come_back(client: FlaskClient, placed: Placed, session_id: str) -> str:
    """Follow Stripe's link back; give the address that the shop sends on to."""
    answer = client.get(f"/bestellung/{placed.token}/zurueck?session_id={session_id}")
    assert answer.status_code == 303
    assert answer.headers["Cache-Control"] == "private, no-store"
    return answer.location


def test_the_shopper_pays_and_comes_back_to_a_paid_order(
    client: FlaskClient, stripe: FakeStripe, database: Database, placed: Placed
) -> None:
    session_id = go_to_pay(client, placed)
    asked = stripe.account.sessions[session_id]
    assert asked["success_url"].endswith(f"/bestellung/{placed.token}/zurueck?session_id={{CHECKOUT_SESSION_ID}}")
    assert asked["cancel_url"].endswith(f"/bestellung/{placed.token}")
    stripe.account.pay(session_id)
    assert come_back(client, placed, session_id) == f"/bestellung/{placed.token}"
    assert order_of(database, placed).state == State.PAID
    assert "Ihre Zahlung ist da" in client.get(f"/bestellung/{placed.token}").text


def test_who_turns_back_can_pay_again_on_the_same_page(client: FlaskClient, stripe: FakeStripe, placed: Placed) -> None:
    first = go_to_pay(client, placed)
    assert "noch einmal versuchen" in client.get(f"/bestellung/{placed.token}").text
    assert go_to_pay(client, placed) == first
    assert len(stripe.account.sessions) == 1


def test_what_the_address_claims_is_not_believed(client: FlaskClient, database: Database, placed: Placed) -> None:
    for claimed in (go_to_pay(client, placed), "cs_test_invented", "../../v1/events", "", "x" * 300):
        come_back(client, placed, claimed)
        assert order_of(database, placed).state == State.AWAITING_PAYMENT


def test_case_18_another_orders_session_pays_nothing_here(
    client: FlaskClient, stripe: FakeStripe, database: Database, placed: Placed, clock: Clock
) -> None:
    other = place_order(database, clock.now)
    session_id = go_to_pay(client, other)
    stripe.account.pay(session_id)
    come_back(client, placed, session_id)
    assert order_of(database, placed).state == order_of(database, other).state == State.AWAITING_PAYMENT


def test_case_11_who_paid_on_a_page_that_was_never_saved_comes_back_to_a_paid_order(
    client: FlaskClient, stripe: FakeStripe, database: Database, placed: Placed
) -> None:
    stripe.fail("POST", CREATE, "lost", times=3)
    client.post(f"/bestellung/{placed.token}/zahlung")
    (session_id,) = stripe.account.sessions
    stripe.account.pay(session_id)
    come_back(client, placed, session_id)
    assert order_of(database, placed).state == State.PAID


def test_a_stripe_that_is_down_leaves_the_order_and_says_so(
    client: FlaskClient, stripe: FakeStripe, database: Database, placed: Placed
) -> None:
    stripe.accepted_keys.clear()
    answer = client.post(f"/bestellung/{placed.token}/zahlung")
    assert answer.location == f"/bestellung/{placed.token}?zahlung=gestoert"
    assert "antwortet gerade nicht" in client.get(answer.location).text
    assert stock_of(database, placed) == (500, 150)


def test_a_return_that_cannot_be_checked_says_that_nothing_is_lost(
    client: FlaskClient, stripe: FakeStripe, placed: Placed
) -> None:
    session_id = go_to_pay(client, placed)
    stripe.account.pay(session_id)
    stripe.accepted_keys.clear()
    page = client.get(come_back(client, placed, session_id)).text
    assert "brauchen Sie nichts weiter zu tun" in page


def test_a_paid_order_is_not_paid_again(client: FlaskClient, stripe: FakeStripe, placed: Placed) -> None:
    session_id = go_to_pay(client, placed)
    stripe.account.pay(session_id)
    answer = client.post(f"/bestellung/{placed.token}/zahlung")
    assert answer.location == f"/bestellung/{placed.token}"
    assert len(stripe.account.sessions) == 1


def test_an_order_to_be_paid_otherwise_is_not_sent_to_stripe(
    client: FlaskClient, stripe: FakeStripe, database: Database, placed: Placed
) -> None:
    with database.writing() as session:
        session.get_one(type(order_of(database, placed)), placed.id).payment = "transfer"
    assert client.post(f"/bestellung/{placed.token}/zahlung").location == f"/bestellung/{placed.token}"
    assert stripe.calls == []


def test_an_unknown_order_is_not_found(client: FlaskClient, stripe: FakeStripe) -> None:
    assert client.post("/bestellung/unbekannt/zahlung").status_code == 404
    assert client.get("/bestellung/unbekannt/zurueck?session_id=cs_test_1").status_code == 404
    assert stripe.calls == []


def test_a_form_of_a_stranger_opens_no_payment(client: FlaskClient, stripe: FakeStripe, placed: Placed) -> None:
    strange = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(f"/bestellung/{placed.token}/zahlung", headers=strange).status_code == 403
    assert stripe.calls == []


def test_a_forgotten_attempt_that_was_paid_is_booked_on_return(
    client: FlaskClient, stripe: FakeStripe, database: Database, placed: Placed
) -> None:
    session_id = go_to_pay(client, placed)
    with database.writing() as session:
        attempts.forget(session, session_id)
    stripe.account.pay(session_id)
    come_back(client, placed, session_id)
    assert order_of(database, placed).state == State.PAID


def test_the_order_button_leads_to_stripe_with_the_order_committed(
    shop_app: Flask, client: FlaskClient, stripe: FakeStripe
) -> None:
    selling.open_shop(shop_app)
    page = selling.place_order(client, payment="stripe")
    assert page.startswith(f"{stripe.url}/pay/")
    (session,) = stripe.account.sessions.values()
    assert session["amount_total"] == 2 * 1935 + 549
    stripe.account.pay(session["id"])
    assert stripe.webhooks.deliver_all() == [200]


def test_case_15_a_second_click_on_the_order_button_leads_to_the_same_page(
    shop_app: Flask, client: FlaskClient, stripe: FakeStripe
) -> None:
    selling.open_shop(shop_app)
    selling.fill_cart(client)
    selling.tell(client, payment="stripe")
    form = selling.seen(client)
    first, second = (client.post("/kasse/bestellen", data=form).location for _ in range(2))
    assert first == second
    assert len(stripe.account.sessions) == 1


def test_what_is_too_cheap_for_stripe_is_to_be_paid_otherwise(
    shop_app: Flask, client: FlaskClient, database: Database, stripe: FakeStripe
) -> None:
    selling.open_shop(shop_app)
    with database.writing() as session:
        make_variant(session, sku="KNOPF-MINI", price_cents=45)
    client.post("/warenkorb", data={"variante": "KNOPF-MINI", "stuecke": "1"})
    answer = client.post("/kasse", data=selling.ADDRESS | {"delivery": "pickup", "payment": "stripe"})
    assert answer.status_code == 422
    assert "erst ab 0,50\u00a0€" in answer.text
    assert stripe.calls == []

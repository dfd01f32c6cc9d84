"""The owner's side of a withdrawal: find its order, see the deadline, pay back once, end it."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from checkout import deliveries, fulfilment, orders, refunds, returns, taking_back, withdrawal_cases
from checkout.orders import Order, State
from checkout.outbox import Letter
from checkout.returns import Declared, Withdrawal, WithdrawalEvent
from tests.checkout.ordering import make_cart, make_order, pay, place
from tests.make import NOW, make_fabric, make_variant
from tests.shop.backoffice.conftest import Clock, sign_in
from tests.shop.storefront.selling import words

Write = Callable[[], Any]
BY: dict[str, Any] = {"now": NOW, "author": "Anna"}


def make_withdrawn(
    write: Write, *, sent: bool = True, cheapest_cents: int | None = 490, ticked: bool = False, **facts: Any
) -> tuple[int, int]:
    """Two pieces of fabric (19,35 € each) and a button (4,95 €), sent by express (9,90 €), withdrawn; both ids."""
    with write() as session:
        basket = make_cart(session, (make_fabric(session), 2, 150), (make_variant(session), 1, 1))
        order = place(session, basket, shipping_cents=990, cheapest_shipping_cents=cheapest_cents)
        pay(session, order)
        if sent:
            fulfilment.ship(session, order, carrier="DHL", tracking="", **BY)
        size = deliveries.deliverable(session, order)[0].size
        told = {"which_order": order.number} | facts
        declared = Declared(
            "Erika", order.email, **told, ticked={size: 1} if ticked else {}, order_token=order.token if ticked else ""
        )
        withdrawal = returns.declare(session, declared, key="k" * 20, now=NOW)
        returns.look_up(session, NOW)
        return withdrawal.id or 0, order.id or 0


def fields(page: str) -> dict[str, str]:
    """What the form of the refund would send."""
    found = re.findall(r'name="((?:teil-[\d-]+)|versand|abzug|grund|ja)" value="([^"]*)"', page)
    return dict(found)


def pay_back(owner: FlaskClient, withdrawal_id: int, **more: str) -> str:
    """Fill in the refund's form, look at what it comes to, say yes; give the page that was looked at."""
    form = fields(owner.get(f"/backoffice/widerrufe/{withdrawal_id}").text) | more
    check = owner.post(f"/backoffice/widerrufe/{withdrawal_id}/erstattung", data=form)
    assert check.status_code == 200, words(check.text)
    done = owner.post(f"/backoffice/widerrufe/{withdrawal_id}/erstattung", data=fields(check.text))
    assert done.status_code == 303, words(done.text)
    return words(check.text)


def given_back(session: Session, order_id: int) -> int:
    return sum(each.cents for each in refunds.of(session, session.get_one(Order, order_id)))


def test_b10_everything_gives_back_the_goods_and_the_cheapest_shipping(owner: FlaskClient, write: Write) -> None:
    withdrawal_id, order_id = make_withdrawn(write)
    page = pay_back(owner, withdrawal_id)
    for told in ("38,70 €", "4,95 €", "günstigste Standardlieferung, bezahlt 9,90 € 4,90 €", "Zusammen 48,55 €"):
        assert told in page
    with write() as session:
        assert given_back(session, order_id) == 3870 + 495 + 490
        assert session.get_one(Withdrawal, withdrawal_id).outcome == "settled"
        assert [each.kind for each in session.exec(select(WithdrawalEvent)).all()] == ["refunded", "settled"]


def test_b10_a_part_gives_back_no_shipping(owner: FlaskClient, write: Write) -> None:
    withdrawal_id, order_id = make_withdrawn(write, ticked=True)
    page = pay_back(owner, withdrawal_id)
    assert "1 Stück à 1,50 m Jersey Waldtiere 19,35 €" in page
    assert "Zusammen 19,35 €" in page
    with write() as session:
        assert given_back(session, order_id) == 1935


def test_b10_what_lost_its_value_is_kept_and_told(owner: FlaskClient, write: Write) -> None:
    withdrawal_id, order_id = make_withdrawn(write)
    missing = owner.post(f"/backoffice/widerrufe/{withdrawal_id}/erstattung", data={"abzug": "5,00"})
    assert missing.status_code == 422
    page = pay_back(owner, withdrawal_id, abzug="5,00", grund="Stoff gewaschen")
    assert "Abzug: Stoff gewaschen −5,00 €" in page
    with write() as session:
        assert given_back(session, order_id) == 3870 + 495 + 490 - 500
        reason = refunds.of(session, session.get_one(Order, order_id))[0].reason
        assert reason == "Widerruf; einbehalten 5,00\u00a0€: Stoff gewaschen"


def test_b10_nothing_is_paid_twice_when_the_goods_come_later(owner: FlaskClient, write: Write) -> None:
    withdrawal_id, order_id = make_withdrawn(write, cheapest_cents=490)
    pay_back(owner, withdrawal_id)
    again = owner.post(f"/backoffice/widerrufe/{withdrawal_id}/erstattung", data={"ja": "ja"})
    assert again.status_code == 409
    with write() as session:
        order = session.get_one(Order, order_id)
        back = {part.size: part.gone for part in taking_back.out_there(session, order)}
        assert sum(back.values()) == 3
        taking_back.take_back(
            session, order, back, reason="Widerruf", shipping_cents=0, withdrawal_id=withdrawal_id, key="r", **BY
        )
        assert given_back(session, order_id) == 3870 + 495 + 490
        assert taking_back.out_there(session, order) == []


def test_only_the_part_that_was_withdrawn_is_expected_back(owner: FlaskClient, write: Write) -> None:
    withdrawal_id, order_id = make_withdrawn(write, ticked=True)
    door = f"/backoffice/bestellungen/{order_id}/rueckgabe"
    form = fields(owner.get(door).text)
    assert sorted(form.values()) == ["0", "1"]
    check = owner.post(door, data=form).text
    assert owner.post(door, data=dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', check)))
    with write() as session:
        assert given_back(session, order_id) == 1935
        assert session.get_one(Withdrawal, withdrawal_id).outcome == "settled"
    assert set(fields(owner.get(door).text).values()) == {"0"}


def test_b10_goods_that_came_first_are_not_paid_again(owner: FlaskClient, write: Write) -> None:
    withdrawal_id, order_id = make_withdrawn(write)
    form = fields(owner.get(f"/backoffice/bestellungen/{order_id}/rueckgabe").text)
    check = owner.post(f"/backoffice/bestellungen/{order_id}/rueckgabe", data=form).text
    assert 'name="versand" inputmode="decimal" value="4,90"' in check
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', check)) | {"versand": "4,90"}
    assert owner.post(f"/backoffice/bestellungen/{order_id}/rueckgabe", data=hidden).status_code == 303
    with write() as session:
        assert given_back(session, order_id) == 3870 + 495 + 490
        assert session.get_one(Withdrawal, withdrawal_id).outcome == "settled"
    assert "erstattung" not in owner.get(f"/backoffice/widerrufe/{withdrawal_id}").text


def test_b10_what_never_left_does_not_leave_any_more(owner: FlaskClient, write: Write) -> None:
    """All of it: the order is cancelled; a part: it is dropped from the order, and what is left can be sent."""
    withdrawal_id, order_id = make_withdrawn(write, sent=False, ticked=True)
    page = pay_back(owner, withdrawal_id)
    assert "geht nicht mehr hinaus" in page
    with write() as session:
        order = session.get_one(Order, order_id)
        assert [part.goods.pieces for part in deliveries.to_come(session, order)] == [1, 1]
        assert given_back(session, order_id) == 1935
        fulfilment.ship(session, order, carrier="DHL", tracking="", **BY)
        assert order.state == State.SHIPPED


def test_b10_a_whole_order_that_never_left_is_cancelled(owner: FlaskClient, write: Write) -> None:
    withdrawal_id, order_id = make_withdrawn(write, sent=False)
    pay_back(owner, withdrawal_id)
    with write() as session:
        order = session.get_one(Order, order_id)
        assert (order.state, given_back(session, order_id)) == (State.CANCELLED, order.total_cents)


def test_b10_the_owner_waits_for_goods_or_proof_and_then_it_is_due(
    owner: FlaskClient, write: Write, clock: Clock
) -> None:
    withdrawal_id, _ = make_withdrawn(write)
    page = words(owner.get(f"/backoffice/widerrufe/{withdrawal_id}").text)
    assert "Warten auf die Ware" in page
    assert "06.12.2026" in page
    clock.advance(timedelta(days=15))
    sign_in(owner)
    page = words(owner.get("/backoffice/widerrufe").text)
    assert "wartet auf die Ware" in page
    assert "überfällig" not in page
    assert owner.post(f"/backoffice/widerrufe/{withdrawal_id}/beleg", data={"tag": "2027-01-01"}).status_code == 422
    assert owner.post(f"/backoffice/widerrufe/{withdrawal_id}/beleg", data={"tag": "2026-12-07"}).status_code == 303
    assert "überfällig" in owner.get("/backoffice/widerrufe").text
    assert "bald fällig oder überfällig" in owner.get("/backoffice/").text


def test_an_unknown_order_is_found_by_hand_and_the_match_is_undone(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        order = make_order(session)
        order_id, number = order.id, order.number
        withdrawal = returns.declare(session, Declared("Erika Muster", "neu@post.example", "Jersey"), key="k", now=NOW)
        returns.look_up(session, NOW)
    page = f"/backoffice/widerrufe/{withdrawal.id}"
    assert number in owner.get(page).text, "the same name is a hint"
    assert number not in owner.get(f"{page}?suche=niemand").text
    assert number in owner.get(f"{page}?suche={number[:4].lower()}").text
    assert owner.post(f"{page}/bestellung", data={"bestellung": str(order_id)}).status_code == 303
    assert "Gehört zu einer anderen Bestellung" in owner.get(page).text
    assert owner.post(f"{page}/andere-bestellung").status_code == 303
    with write() as session:
        assert session.get_one(Withdrawal, withdrawal.id).order_id is None
        kinds = [each.kind for each in orders.events_of(session, session.get_one(Order, order_id))]
        assert kinds[-2:] == ["withdrawal", "withdrawal_elsewhere"]


def test_an_order_whose_money_went_back_stays_matched(owner: FlaskClient, write: Write) -> None:
    withdrawal_id, _ = make_withdrawn(write)
    pay_back(owner, withdrawal_id)
    assert owner.post(f"/backoffice/widerrufe/{withdrawal_id}/andere-bestellung").status_code == 409


def test_b05_a_late_one_is_flagged_to_the_owner_only_and_declined_by_her_alone(
    owner: FlaskClient, write: Write
) -> None:
    withdrawal_id, order_id = make_withdrawn(write)
    with write() as session:
        order = session.get_one(Order, order_id)
        order.placed_at = NOW - timedelta(days=30)
        (parcel,) = deliveries.of(session, order)
        parcel.shipped_at, parcel.delivered_on = NOW - timedelta(days=30), date(2026, 10, 26)
        session.exec(select(Letter).where(Letter.kind == "order_received")).one().sent_at = NOW - timedelta(days=30)
    page = words(owner.get(f"/backoffice/widerrufe/{withdrawal_id}").text)
    assert "nach der Frist" in page
    assert "endete am 09.11.2026" in page
    assert owner.post(f"/backoffice/widerrufe/{withdrawal_id}/ende", data={"ende": "declined"}).status_code == 409
    ended = owner.post(f"/backoffice/widerrufe/{withdrawal_id}/ende", data={"ende": "declined", "warum": "zu spät"})
    assert ended.status_code == 303
    assert "Abgelehnt" in owner.get(f"/backoffice/widerrufe/{withdrawal_id}").text
    assert owner.post(f"/backoffice/widerrufe/{withdrawal_id}/wieder-offen").status_code == 303
    with write() as session:
        assert session.get_one(Withdrawal, withdrawal_id).outcome == ""
        about = session.exec(select(Letter.kind).where(Letter.reason == f"withdrawal:{withdrawal_id}")).all()
        assert sorted(about) == ["withdrawal_for_owner", "withdrawal_received"], "the shopper is told nothing more"


def test_the_day_of_arrival_is_noted_with_the_parcel(owner: FlaskClient, write: Write) -> None:
    _, order_id = make_withdrawn(write)
    with write() as session:
        (parcel,) = deliveries.of(session, session.get_one(Order, order_id))
    form = f"/backoffice/bestellungen/{order_id}/sendungen/{parcel.id}/ankunft"
    owner.post(form, data={"ankunft": "2026-11-22"})
    assert 'value="2026-11-22"' in owner.get(f"/backoffice/bestellungen/{order_id}").text
    owner.post(form, data={"ankunft": "2026-11-30"})
    assert "nur zwischen dem Tag" in owner.get(f"/backoffice/bestellungen/{order_id}").text
    assert owner.post(f"/backoffice/bestellungen/{order_id + 1}/sendungen/{parcel.id}/ankunft").status_code == 404


@pytest.mark.parametrize("path", ["/backoffice/widerrufe", "/backoffice/widerrufe/1"])
def test_strangers_see_no_withdrawal(client: FlaskClient, with_account: None, path: str) -> None:
    assert client.get(path).status_code in (302, 303)


def test_no_sign_in_a_name_stands_for_other_people(write: Write) -> None:
    with write() as session:
        order = make_order(session)

        def offered(name: str, email: str, words: str = "") -> list[Order]:
            declared = Withdrawal(declaration_key="k", received_at=NOW, name=name, email=email, which_order="?")
            return withdrawal_cases.candidates(session, declared, words)

        assert offered("%", "%@kundin.example") == offered("Erika_Muster", "") == offered("", "") == []
        assert offered("A", "", "%") == offered("A", "", "E_ika") == []
        assert offered("ERIKA MUSTER", "") == offered("A", order.email.upper()) == offered("A", "", "muster") == [order]


def test_however_many_are_declared_they_are_looked_up_in_parts(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returns, "_MOST", 2)
    with write() as session:
        for number in range(3):
            returns.declare(session, Declared("A", "", f"Nr. {number}"), key=f"{number:020}", now=NOW)
        assert [len(returns.look_up(session, NOW)) for _ in range(3)] == [2, 1, 0]


def test_however_many_strangers_declare_the_owner_sees_the_orders_she_knows(
    owner: FlaskClient, write: Write, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawal_cases, "MOST_SHOWN", 2)
    with write() as session:
        for number in range(3):
            returns.declare(session, Declared(f"Fremd {number}", "", "?"), key=f"{number:020}", now=NOW)
    make_withdrawn(write)
    page = words(owner.get("/backoffice/widerrufe").text)
    assert "4 sind offen; hier stehen 2 davon" in page
    assert [name in page for name in ("Erika", "Fremd 0", "Fremd 1", "Fremd 2")] == [True, True, False, False]
    with monkeypatch.context() as patched:
        patched.setattr(withdrawal_cases, "of", None)  # the start page looks at none that is young
        assert "4 Widerrufe" in words(owner.get("/backoffice/").text)
    clock.advance(timedelta(days=11))
    sign_in(owner)
    assert "Bei 1 Widerruf ist das Geld bald fällig" in words(owner.get("/backoffice/").text)

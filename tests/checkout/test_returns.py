"""Withdrawals (§ 356a BGB): kept whatever is declared, silent about which orders exist."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from checkout import orders, outbox, returns
from checkout.returns import Withdrawal
from tests.checkout.ordering import make_order
from tests.make import NOW


def declare(session: Session, **facts: Any) -> Withdrawal:
    told: dict[str, Any] = {
        "key": "k1",
        "name": "Erika Muster",
        "email": "erika@kundin.example",
        "which_order": "",
        "extent": "",
    }
    return returns.declare(session, **told | facts, now=NOW)


def test_a_declaration_is_kept_even_if_nobody_knows_the_order(session: Session) -> None:
    declared = declare(session, which_order="die mit den Knöpfen", extent="nur der Jersey")
    assert declared.id is not None
    assert (declared.order_id, declared.received_at, declared.extent) == (None, NOW, "nur der Jersey")


@pytest.mark.parametrize("written", ["{}", "Bestellung {} vom Montag", "nr. {}"])
def test_number_and_email_together_find_the_order(session: Session, written: str) -> None:
    order = make_order(session)
    number = order.number.lower().replace("-", " ")
    declared = declare(session, which_order=written.format(number), email="Erika@Kundin.example ")
    assert declared.order_id == order.id
    assert orders.events_of(session, order)[-1].kind == "withdrawal"


def test_a_strangers_email_matches_nothing_and_is_told_nothing(session: Session) -> None:
    order = make_order(session)
    declared = declare(session, which_order=order.number, email="otto@fremd.example")
    assert declared.order_id is None
    assert declared.which_order == order.number


def test_the_secret_link_names_the_order(session: Session) -> None:
    order = make_order(session)
    declared = declare(session, order_token=order.token, email="neue@adresse.example")
    assert declared.order_id == order.id


def test_declaring_twice_counts_once(session: Session) -> None:
    first = declare(session)
    assert declare(session, name="Anders").id == first.id
    assert len(session.exec(select(Withdrawal)).all()) == 1
    assert len(outbox.letters_about(session, f"withdrawal:{first.id}")) == 2
    assert declare(session, key="k2").id != first.id


def test_receipt_and_notice_are_owed_at_once(session: Session) -> None:
    letters = outbox.letters_about(session, f"withdrawal:{declare(session).id}")
    assert [(letter.kind, letter.recipient) for letter in letters] == [
        ("withdrawal_received", "erika@kundin.example"),
        ("withdrawal_for_owner", outbox.OWNER),
    ]


def test_a_late_declaration_is_kept_as_well(session: Session) -> None:
    order = make_order(session, now=NOW - timedelta(days=500))
    assert declare(session, which_order=order.number).order_id == order.id

"""Withdrawals (§ 356a BGB): kept whatever is declared, silent about which orders exist."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from checkout import orders, outbox, returns
from checkout.outbox import Letter
from checkout.returns import Declared, Withdrawal
from shop.db import Database
from tests.at_once import in_threads
from tests.checkout.ordering import make_order
from tests.make import NOW

TOLD: dict[str, Any] = {"name": "Erika Muster", "email": "erika@kundin.example", "which_order": "die mit den Knöpfen"}


def declare(session: Session, key: str = "k1", now: datetime = NOW, **facts: Any) -> Withdrawal:
    declared = returns.declare(session, Declared(**TOLD | facts), key=key, now=now)
    returns.look_up(session, now)
    return declared


def test_b02_a_declaration_is_kept_even_if_nobody_knows_the_order(session: Session) -> None:
    declared = declare(session, extent="nur der Jersey")
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


def test_b03_declaring_twice_counts_once(session: Session) -> None:
    first = declare(session)
    assert declare(session, name="Anders").id == first.id  # the same click
    assert declare(session, key="k2", name=" erika  MUSTER").id == first.id  # the same words, typed once more
    assert len(session.exec(select(Withdrawal)).all()) == 1
    assert len(outbox.letters_about(session, f"withdrawal:{first.id}")) == 2
    assert declare(session, key="k3", extent="nur die Knöpfe").id != first.id
    assert declare(session, key="k4", now=NOW + timedelta(days=1)).id != first.id


def test_b04_receipt_and_notice_are_owed_at_once(session: Session) -> None:
    letters = outbox.letters_about(session, f"withdrawal:{declare(session).id}")
    assert [(letter.kind, letter.recipient) for letter in letters] == [
        ("withdrawal_received", "erika@kundin.example"),
        ("withdrawal_for_owner", outbox.OWNER),
    ]


@pytest.mark.parametrize("days", [15, 400])
def test_b05_a_late_declaration_is_kept_as_well(session: Session, days: int) -> None:
    order = make_order(session, now=NOW - timedelta(days=days))
    declared = declare(session, which_order=order.number)
    assert declared.order_id == order.id
    assert outbox.letters_about(session, f"withdrawal:{declared.id}")[0].kind == "withdrawal_received"


def test_b04_the_moment_is_kept_to_the_microsecond(either_database: Database) -> None:
    moment = datetime(2026, 10, 25, 0, 30, 59, 123456, tzinfo=UTC)
    with either_database.writing() as session:
        declare(session, now=moment)
    with either_database.reading() as session:
        assert session.exec(select(Withdrawal.received_at)).one() == moment


@pytest.mark.parametrize("words", [False, True])
def test_b03_two_clicks_at_once_are_one_declaration(either_database: Database, words: bool) -> None:
    """Both by the same key, and by two keys with the same words."""
    found: list[int | None] = []

    def click(which: int) -> None:
        with either_database.writing() as session:
            key = f"k{which}" if words else "k"
            found.append(returns.declare(session, Declared(**TOLD), key=key, now=NOW).id)

    in_threads(6, click)
    assert len(set(found)) == 1
    in_threads(2, lambda _: _look_up(either_database))
    with either_database.reading() as session:
        assert len(session.exec(select(Withdrawal)).all()) == 1
        kinds = session.exec(select(Letter.kind).order_by(col(Letter.kind))).all()
    assert list(kinds) == ["withdrawal_for_owner", "withdrawal_received"]


def _look_up(database: Database) -> None:
    with database.writing() as session:
        returns.look_up(session, NOW)

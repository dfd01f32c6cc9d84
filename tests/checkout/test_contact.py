"""A misspelt address: put right with its event, and the letters follow."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from checkout import contact, orders, outbox
from checkout.contact import NotAnAddress
from checkout.orders import Order
from checkout.outbox import Letter
from tests.checkout.ordering import make_order
from tests.make import NOW


def letters_to(session: Session, order: Order) -> list[tuple[str, str, bool]]:
    found = session.exec(select(Letter).where(Letter.recipient != outbox.OWNER).order_by("id")).all()
    return [(letter.kind, letter.recipient, letter.sent_at is not None) for letter in found]


def test_what_went_out_is_owed_anew_and_what_waits_goes_to_the_new_address(session: Session) -> None:
    order = make_order(session)
    former = order.email
    first = outbox.claim(session, NOW, 1)[0]
    outbox.sent(session, first.id or 0, subject="", body="", now=NOW)
    outbox.queue(session, "shipped", f"order:{order.id}", former, NOW)
    assert contact.correct_email(session, order, " neu@kundin.example ", now=NOW, author="Anna") == 2
    assert letters_to(session, order) == [
        ("order_received", former, True),
        ("shipped", "neu@kundin.example", False),
        ("order_received", "neu@kundin.example", False),
    ]
    event = orders.events_of(session, order)[-1]
    assert (event.kind, event.author, event.note) == (contact.CORRECTED, "Anna", f"{former} → neu@kundin.example")


def test_a_worker_that_has_just_claimed_a_letter_does_not_send_it_to_the_former_address(session: Session) -> None:
    order = make_order(session)
    claimed = outbox.claim(session, NOW, 1)[0]
    session.expunge(claimed)
    contact.correct_email(session, order, "neu@kundin.example", now=NOW + timedelta(seconds=1), author="Anna")
    assert not outbox.hand_over(session, claimed, subject="", body="", now=NOW + timedelta(seconds=1))


def test_the_same_address_changes_nothing(session: Session) -> None:
    order = make_order(session)
    before = len(orders.events_of(session, order))
    assert contact.correct_email(session, order, order.email, now=NOW, author="Anna") == 0
    assert len(orders.events_of(session, order)) == before


@pytest.mark.parametrize("typed", ["", "kein.at", "a b@c.example"])
def test_no_address_is_refused(session: Session, typed: str) -> None:
    with pytest.raises(NotAnAddress):
        contact.correct_email(session, make_order(session), typed, now=NOW, author="Anna")

"""Letters owed: each once, again after a failure, and never given to two workers."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from checkout import outbox
from checkout.outbox import CLAIMED_FOR, PAUSES, Counts
from shop.db import Database
from tests.make import NOW


def queue(session: Session, reason: str = "order:1", kind: str = "order_received") -> bool:
    return outbox.queue(session, kind, reason, "erika@kundin.example", NOW)


def test_a_letter_is_owed_once_per_kind_reason_and_recipient(session: Session) -> None:
    assert queue(session)
    assert not queue(session)
    assert queue(session, "order:2")
    assert queue(session, kind="shipped")
    assert outbox.counts(session) == Counts(waiting=3, given_up=0)


def test_owing_it_again_spoils_nothing_else_of_the_transaction(session: Session) -> None:
    queue(session)
    outbox.queue(session, "shipped", "order:1", "erika@kundin.example", NOW)
    queue(session)
    assert len(outbox.letters_about(session, "order:1")) == 2


def test_a_claimed_letter_is_nobody_elses_until_its_time_is_up(session: Session) -> None:
    queue(session)
    assert len(outbox.claim(session, NOW, 10)) == 1
    assert outbox.claim(session, NOW, 10) == []
    assert outbox.claim(session, NOW + CLAIMED_FOR - timedelta(seconds=1), 10) == []
    assert len(outbox.claim(session, NOW + CLAIMED_FOR, 10)) == 1


def test_letters_come_oldest_first_and_no_more_than_asked(session: Session) -> None:
    for number in range(5):
        queue(session, f"order:{number}")
    assert [letter.reason for letter in outbox.claim(session, NOW, 2)] == ["order:0", "order:1"]
    assert [letter.reason for letter in outbox.claim(session, NOW, 2)] == ["order:2", "order:3"]


def test_a_sent_letter_is_kept_as_it_went_out_and_never_goes_again(session: Session) -> None:
    queue(session)
    letter = outbox.claim(session, NOW, 1)[0]
    assert letter.id is not None
    outbox.sent(session, letter.id, subject="Danke", body="Guten Tag", now=NOW)
    outbox.failed(session, letter.id, "too late", NOW)
    outbox.retry(session, letter.id, NOW)
    session.refresh(letter)
    assert (letter.subject, letter.body, letter.sent_at, letter.last_error) == ("Danke", "Guten Tag", NOW, "")
    assert outbox.claim(session, NOW + timedelta(days=9), 1) == []
    assert outbox.counts(session) == Counts(waiting=0, given_up=0)


def test_pauses_grow_and_after_about_two_days_a_person_must_look(session: Session) -> None:
    queue(session)
    now, waits = NOW, []
    while claimed := outbox.claim(session, now, 1):
        assert claimed[0].id is not None
        outbox.failed(session, claimed[0].id, "no route to host", now)
        session.refresh(claimed[0])
        if claimed[0].given_up_at is None:
            waits.append(claimed[0].due_at - now)
            now = claimed[0].due_at
    assert waits == list(PAUSES) == sorted(waits)
    assert timedelta(days=1, hours=12) < now - NOW < timedelta(days=2, hours=12)
    assert outbox.counts(session) == Counts(waiting=0, given_up=1)


def test_the_owner_can_try_a_given_up_letter_again(session: Session) -> None:
    queue(session)
    letter = outbox.claim(session, NOW, 1)[0]
    assert letter.id is not None
    letter.tries = 99
    session.flush()
    outbox.failed(session, letter.id, "mailbox full", NOW)
    assert outbox.counts(session).given_up == 1
    outbox.retry(session, letter.id, NOW)
    again = outbox.claim(session, NOW, 1)[0]
    assert (again.tries, again.given_up_at, again.last_error) == (1, None, "mailbox full")


def test_two_workers_share_the_letters(either_database: Database) -> None:
    with either_database.writing() as session:
        for number in range(20):
            queue(session, f"order:{number}")
    taken: list[str] = []
    while True:
        with either_database.writing() as session:
            claimed = outbox.claim(session, NOW, 3)
        if not claimed:
            break
        taken += [letter.reason for letter in claimed]
    assert len(taken) == len(set(taken)) == 20


@pytest.mark.parametrize("due", [True, False])
def test_a_worker_may_ask_before_it_writes(session: Session, due: bool) -> None:
    queue(session)
    assert outbox.is_any_due(session, NOW if due else NOW - timedelta(seconds=1)) is due

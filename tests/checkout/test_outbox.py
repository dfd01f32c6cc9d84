"""Letters owed: each once, again after a failure, and never given to two workers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import Session

from checkout import outbox
from checkout.outbox import CLAIMED_FOR, PAUSES, Counts, Letter, NotInDoubt
from shop.db import Database
from tests.make import NOW


def queue(session: Session, reason: str = "order:1", kind: str = "order_received") -> bool:
    return outbox.queue(session, kind, reason, "erika@kundin.example", NOW)


def test_a_letter_is_owed_once_per_kind_reason_and_recipient(session: Session) -> None:
    assert queue(session)
    assert not queue(session)
    assert queue(session, "order:2")
    assert queue(session, kind="shipped")
    assert outbox.counts(session, NOW) == Counts(waiting=3, given_up=0)


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
    outbox.failed(session, letter, "too late", NOW)
    outbox.retry(session, letter.id, NOW)
    session.refresh(letter)
    assert (letter.subject, letter.body, letter.sent_at, letter.last_error) == ("Danke", "Guten Tag", NOW, "")
    assert outbox.claim(session, NOW + timedelta(days=9), 1) == []
    assert outbox.counts(session, NOW) == Counts(waiting=0, given_up=0)


def test_pauses_grow_and_after_about_two_days_a_person_must_look(session: Session) -> None:
    queue(session)
    now, waits = NOW, []
    while claimed := outbox.claim(session, now, 1):
        outbox.failed(session, claimed[0], "no route to host", now)
        session.refresh(claimed[0])
        if claimed[0].given_up_at is None:
            waits.append(claimed[0].due_at - now)
            now = claimed[0].due_at
    assert waits == list(PAUSES) == sorted(waits)
    assert timedelta(days=1, hours=12) < now - NOW < timedelta(days=2, hours=12)
    assert outbox.counts(session, NOW) == Counts(waiting=0, given_up=1)


def test_the_owner_can_try_a_given_up_letter_again(session: Session) -> None:
    queue(session)
    letter = outbox.claim(session, NOW, 1)[0]
    assert letter.id is not None
    letter.tries = 99
    session.flush()
    outbox.failed(session, letter, "mailbox full", NOW)
    assert outbox.counts(session, NOW).given_up == 1
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


def handing_over(session: Session) -> Letter:
    """A letter that its worker lets the mail server have this moment."""
    queue(session)
    letter = outbox.claim(session, NOW, 1)[0]
    assert outbox.hand_over(session, letter, subject="Danke", body="Guten Tag", now=NOW)
    session.refresh(letter)
    return letter


def test_a_letter_whose_worker_died_while_handing_it_over_is_never_sent_by_itself(session: Session) -> None:
    letter = handing_over(session)
    assert not outbox.is_in_doubt(letter, NOW), "its worker is still at it"
    assert outbox.counts(session, NOW).in_doubt == 0
    later = NOW + CLAIMED_FOR
    assert outbox.is_in_doubt(letter, later)
    assert outbox.counts(session, later) == Counts(waiting=0, given_up=0, in_doubt=1)
    assert not outbox.is_any_due(session, later + timedelta(days=9))
    assert outbox.claim(session, later + timedelta(days=9), 10) == []


def test_a_lost_answer_is_in_doubt_at_once(session: Session) -> None:
    letter = handing_over(session)
    assert letter.id is not None
    outbox.doubt(session, letter.id, "no answer", NOW)
    assert outbox.counts(session, NOW) == Counts(waiting=0, given_up=0, in_doubt=1)
    assert outbox.claim(session, NOW, 10) == []


def test_a_person_knows_that_a_letter_in_doubt_has_arrived(session: Session) -> None:
    letter = handing_over(session)
    assert letter.id is not None
    outbox.has_arrived(session, letter.id, author="Anna", now=NOW + CLAIMED_FOR)
    session.refresh(letter)
    assert (letter.sent_at, letter.subject) == (NOW, "Danke")
    assert letter.decision == "Anna: ist angekommen"
    assert outbox.claim(session, NOW + timedelta(days=9), 10) == []


def test_a_person_sends_a_letter_in_doubt_again_under_the_same_message_id(session: Session) -> None:
    letter = handing_over(session)
    assert letter.id is not None
    before = letter.message_id
    outbox.send_again(session, letter.id, author="Anna", now=NOW + CLAIMED_FOR)
    again = outbox.claim(session, NOW + CLAIMED_FOR, 1)[0]
    assert (again.id, again.message_id, again.tries) == (letter.id, before, 1)


@pytest.mark.parametrize("decide", [outbox.has_arrived, outbox.send_again])
def test_nobody_decides_while_a_worker_is_at_it_or_twice(session: Session, decide: Callable[..., None]) -> None:
    letter = handing_over(session)
    with pytest.raises(NotInDoubt):
        decide(session, letter.id, author="Anna", now=NOW)
    outbox.retry(session, letter.id or 0, NOW)
    assert outbox.claim(session, NOW, 1) == []
    decide(session, letter.id, author="Anna", now=NOW + CLAIMED_FOR)
    with pytest.raises(NotInDoubt):
        decide(session, letter.id, author="Bea", now=NOW + CLAIMED_FOR)


def test_a_worker_that_slept_through_its_claim_hands_nothing_over(either_database: Database) -> None:
    with either_database.writing() as session:
        queue(session)
    with either_database.writing() as session:
        sleepy = outbox.claim(session, NOW, 1)[0]
    later = NOW + CLAIMED_FOR
    with either_database.writing() as session:
        assert not outbox.hand_over(session, sleepy, subject="", body="", now=later)
        awake = outbox.claim(session, later, 1)[0]
    with either_database.writing() as session:
        assert not outbox.hand_over(session, sleepy, subject="", body="", now=later)
        assert outbox.hand_over(session, awake, subject="", body="", now=later)
        outbox.failed(session, sleepy, "too late", later)
        session.refresh(session.get_one(Letter, awake.id))
        assert session.get_one(Letter, awake.id).handing_over_at == later, "the sleeper takes no mark away"


def test_one_of_two_workers_hands_a_letter_over(either_database: Database) -> None:
    with either_database.writing() as session:
        queue(session)
    with either_database.writing() as session:
        claimed = outbox.claim(session, NOW, 1)[0]

    def hand_over(_: int) -> bool:
        with either_database.writing() as session:
            return outbox.hand_over(session, claimed, subject="", body="", now=NOW)

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(hand_over, range(4))).count(True) == 1


def test_a_final_failure_is_given_up_at_once(session: Session) -> None:
    queue(session)
    letter = outbox.claim(session, NOW, 1)[0]
    outbox.failed(session, letter, "550 no such user", NOW, is_final=True)
    assert outbox.counts(session, NOW) == Counts(waiting=0, given_up=1)

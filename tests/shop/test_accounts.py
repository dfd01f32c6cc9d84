"""Accounts: who may be added, how tries are counted, what a made password is worth."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import Session, func, select

from catalog.refusals import Refusal
from shop import accounts
from shop.accounts import NotAnAccount, SignInRefused, TooManyTries
from shop.db import Database
from shop.throttle import Occurrence, Who
from tests.make import NOW

PASSWORD = "bakelu-tomire-safino"


@pytest.mark.parametrize("password", ["kurz", "aaaaaaaaaaaa", "annaannaanna", "x" * 201])
def test_weak_passwords_are_refused(session: Session, password: str) -> None:
    with pytest.raises(NotAnAccount):
        accounts.add(session, "annaannaanna", password, NOW)


def test_a_name_exists_once_however_it_is_written(session: Session) -> None:
    accounts.add(session, "Käthe", PASSWORD, NOW)
    with pytest.raises(NotAnAccount):
        accounts.add(session, "KÄTHE ", PASSWORD, NOW)


def test_made_passwords_are_strong_and_differ() -> None:
    made = {accounts.make_password() for _ in range(200)}
    assert len(made) == 200
    for each in made:
        accounts.check_strength(each)


def test_the_pause_of_a_name_stays_short_so_the_owner_is_not_locked_out(database: Database) -> None:
    moment = NOW
    for number in range(30):
        with pytest.raises(Refusal):
            accounts.authenticate(database, "Anna", "falsch", origin=Who(f"host {number}"), now=moment)
        moment += timedelta(seconds=2)
    with pytest.raises(TooManyTries) as refused:
        accounts.authenticate(database, "Anna", "falsch", origin=Who("another host"), now=moment)
    assert refused.value.wait <= timedelta(minutes=1)


def test_tries_at_the_same_time_are_all_counted(either_database: Database) -> None:
    def guess(number: int) -> type[Refusal]:
        with pytest.raises(Refusal) as refused:
            accounts.authenticate(either_database, "Anna", f"guess {number}", origin=Who("one host"), now=NOW)
        return type(refused.value)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(guess, range(10)))
    assert answers.count(SignInRefused) == 5
    assert answers.count(TooManyTries) == 5


def test_the_right_password_strikes_out_earlier_failures(database: Database) -> None:
    with database.writing() as session:
        accounts.add(session, "Anna", PASSWORD, NOW)
    with pytest.raises(SignInRefused):
        accounts.authenticate(database, "Anna", "falsch", origin=Who("host"), now=NOW)
    assert accounts.authenticate(database, "anna", PASSWORD, origin=Who("host"), now=NOW).name == "Anna"
    with database.reading() as session:
        assert session.exec(select(func.count()).select_from(Occurrence)).one() == 0


def test_a_clock_that_was_wrong_locks_nobody_out(database: Database) -> None:
    with database.writing() as session:
        accounts.add(session, "Anna", PASSWORD, NOW)
    next_year = NOW + timedelta(days=365)
    for _ in range(6):
        with pytest.raises(Refusal):
            accounts.authenticate(database, "Anna", "falsch-falsch", origin=Who("here"), now=next_year)
    assert accounts.authenticate(database, "Anna", PASSWORD, origin=Who("here"), now=NOW).name == "Anna"

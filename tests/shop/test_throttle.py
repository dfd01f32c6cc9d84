"""Counting who did what how often: by hashes, in transactions of their own, for a day."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlmodel import Session, select

from shop import throttle
from shop.app import create_shop
from shop.db import Database
from shop.settings import Settings
from shop.throttle import NOBODY, Occurrence, Who
from tests.make import NOW

HOUR = timedelta(hours=1)
ANNA, BERT = Who("anna"), Who("bert")


@pytest.mark.parametrize(("times", "is_over"), [(0, False), (2, False), (3, True), (4, True)])
def test_the_limit_is_how_often_something_may_be_done(session: Session, times: int, is_over: bool) -> None:
    for _ in range(times):
        throttle.note(session, "order", ANNA, NOW)
    assert throttle.is_over(session, "order", ANNA, limit=3, within=HOUR, now=NOW) is is_over
    assert not throttle.is_over(session, "order", BERT, limit=3, within=HOUR, now=NOW)
    assert not throttle.is_over(session, "code", ANNA, limit=3, within=HOUR, now=NOW)


def test_a_limit_is_over_when_its_time_is_over(session: Session) -> None:
    throttle.note(session, "order", ANNA, NOW)
    assert throttle.is_over(session, "order", ANNA, limit=1, within=HOUR, now=NOW + HOUR - timedelta(seconds=1))
    assert not throttle.is_over(session, "order", ANNA, limit=1, within=HOUR, now=NOW + HOUR)


def test_a_clock_that_was_wrong_blocks_nobody(session: Session) -> None:
    throttle.note(session, "order", ANNA, NOW + timedelta(days=365))
    assert not throttle.is_over(session, "order", ANNA, limit=1, within=HOUR, now=NOW)


def test_nobody_in_particular_is_never_counted(database: Database) -> None:
    for _ in range(3):
        assert throttle.admit(database, "order", NOBODY, limit=1, within=HOUR, now=NOW)
    with database.reading() as session:
        assert not session.exec(select(Occurrence)).all()
        assert not throttle.is_over(session, "order", NOBODY, limit=0, within=HOUR, now=NOW)


def test_tries_at_the_same_time_are_counted_one_by_one(either_database: Database) -> None:
    def one_try(_: int) -> bool:
        return throttle.admit(either_database, "code", ANNA, limit=5, within=HOUR, now=NOW)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(one_try, range(24))).count(True) == 5
    with either_database.reading() as session:
        assert len(session.exec(select(Occurrence)).all()) == 5


def test_what_was_counted_outlives_a_request_that_is_rolled_back(database: Database) -> None:
    with database.write_session() as session:
        throttle.note(session, "order", BERT, NOW)
        session.rollback()
    throttle.admit(database, "order", ANNA, limit=5, within=HOUR, now=NOW)
    with database.reading() as session:
        assert session.exec(select(Occurrence.who)).all() == [ANNA]


def test_pruning_forgets_what_is_older_than_a_day(session: Session) -> None:
    for days, who in ((2, ANNA), (0, BERT)):
        throttle.note(session, "order", who, NOW - timedelta(days=days))
    throttle.prune(session, NOW)
    assert session.exec(select(Occurrence.who)).all() == [BERT]


def test_counting_uses_the_index(session: Session) -> None:
    plan = session.connection().execute(
        text("EXPLAIN QUERY PLAN SELECT count(id), max(happened_at) FROM occurrence WHERE kind='a' AND who='b' "
             "AND happened_at > 'x' AND happened_at < 'y'")
    ).all()  # fmt: skip
    assert "USING COVERING INDEX ix_occurrence_kind_who (kind=? AND who=? AND happened_at" in str(plan)


def test_an_address_is_hashed_with_the_shops_key_and_ipv6_counts_by_network() -> None:
    assert throttle.address("2001:db8::1", "salt") == throttle.address("2001:db8::ffff", "salt")
    assert throttle.address("2001:db8::1", "salt") != throttle.address("2001:db8:0:1::1", "salt")
    assert throttle.address("192.0.2.1", "salt") != throttle.address("192.0.2.2", "salt")
    assert throttle.address("192.0.2.1", "salt") != throttle.address("192.0.2.1", "pepper")
    assert throttle.address("::ffff:192.0.2.1", "salt") == throttle.address("192.0.2.1", "salt")
    assert "192" not in throttle.address("192.0.2.1", "salt")


@pytest.fixture
def behind_proxy(settings: Settings) -> Iterator[Flask]:
    app = create_shop(replace(settings, proxies=1), clock=lambda: NOW)
    yield app
    app.extensions["dorfladen"].database.close()


def visitor_of(app: Flask, remote: str, forwarded: str = "") -> Who:
    app.add_url_rule("/wer", "who", throttle.visitor)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return Who(app.test_client().get("/wer", environ_base={"REMOTE_ADDR": remote}, headers=headers).text)


def test_behind_a_declared_proxy_visitors_are_told_apart(behind_proxy: Flask) -> None:
    key = behind_proxy.extensions["dorfladen"].settings.secret_key
    seen = visitor_of(behind_proxy, "127.0.0.1", "203.0.113.9, 198.51.100.7")
    assert seen == throttle.address("198.51.100.7", key), "what the trusted proxy says, not what the visitor claims"


@pytest.mark.parametrize("remote", ["127.0.0.1", "172.18.0.1", "::1", "fd00::1"])
def test_a_proxy_that_nobody_declared_makes_no_crowd_one_person(shop_app: Flask, remote: str) -> None:
    assert visitor_of(shop_app, remote, "203.0.113.9") == NOBODY


def test_a_visitor_from_outside_is_counted_without_a_proxy(shop_app: Flask) -> None:
    assert visitor_of(shop_app, "203.0.113.9") == throttle.address(
        "203.0.113.9", shop_app.extensions["dorfladen"].settings.secret_key
    )

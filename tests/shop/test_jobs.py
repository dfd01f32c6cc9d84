"""The shop's own work: it looks, does what is owed, and one failure stops nothing."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlmodel import col, select

from catalog.products import Variant
from catalog.search import misses, queue
from catalog.search.misses import SearchMiss
from checkout import cart, reserving
from checkout.cart import Cart
from checkout.orders import Order, State
from checkout.outbox import Letter
from shop import backup, jobs, legal, pages, profile
from shop.context import Shop
from shop.jobs import Job
from shop.throttle import Occurrence
from tests.checkout.ordering import make_order
from tests.make import NOW, make_fabric
from tests.shop.index_upkeep import catch_up
from tests.shop.storefront.selling import open_shop


def shop_of(app: Flask) -> Shop:
    shop: Shop = app.extensions["dorfladen"]
    return shop


def test_every_job_has_nothing_to_complain_about_in_an_empty_shop(shop_app: Flask) -> None:
    assert [job.name for job in jobs.all_jobs() if not jobs.run(shop_app, job)] == []


def test_a_new_address_reaches_the_instruction_by_itself(shop_app: Flask) -> None:
    open_shop(shop_app)
    shop = shop_of(shop_app)
    with shop.database.reading() as session:
        before = legal.versions(session)
    jobs.keep_legal_texts_true(shop_app)
    shop_app.extensions["dorfladen"] = replace(shop, settings=replace(shop.settings, url="https://umgezogen.example"))
    jobs.keep_legal_texts_true(shop_app)
    with shop.database.reading() as session:
        after = legal.versions(session)
        told = pages.latest(session, "widerrufsbelehrung")
    assert before is not None
    assert after is not None
    assert (after.terms, after.withdrawal > before.withdrawal) == (before.terms, True)
    assert told is not None
    assert "online unter https://umgezogen.example/widerruf ausüben" in told.body


def test_a_failing_job_stops_no_other(shop_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    stop = threading.Event()

    def fail(app: Flask) -> None:
        raise ValueError("kaputt")

    jobs.run_forever(shop_app, stop, (Job("fails", 0.01, fail), Job("ends it", 0.02, lambda app: stop.set())))
    assert stop.is_set()
    assert "job fails failed" in caplog.text


def test_letters_wait_for_no_other_job(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, is_long_at_it, went_out = threading.Event(), threading.Event(), threading.Event()

    def deliver(app: Flask) -> None:
        if is_long_at_it.is_set():
            went_out.set()

    def back_up(app: Flask) -> None:
        is_long_at_it.set()
        went_out.wait(10)
        stop.set()

    monkeypatch.setattr(jobs, "post", lambda: (Job("letters", 0.01, deliver),))
    monkeypatch.setattr(jobs, "all_jobs", lambda: (*jobs.post(), Job("backup", 60, back_up)))
    jobs.run_forever(shop_app, stop)
    assert went_out.is_set()


def test_what_changed_is_found_after_the_queue_was_replayed(shop_app: Flask) -> None:
    shop = shop_of(shop_app)
    with shop.database.writing() as session:
        make_fabric(session, "Musselin Salbei")
    catch_up(shop_app)
    assert found(shop, "muss") == 1


def found(shop: Shop, text: str) -> int:
    with shop.database.reading() as session:
        return len(shop.search.find(session, text, NOW).ids)


def test_transfers_are_watched_by_day(shop_app: Flask) -> None:
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        wait = reserving.wait("transfer", State.AWAITING_PAYMENT, reserving.TransferTerms(), now=NOW)
        make_order(session, reserved_until=wait.until, pay_by=wait.pay_by)

    def watch(at: datetime) -> str:
        object.__setattr__(shop, "clock", lambda: at)
        assert jobs.run(shop_app, next(job for job in jobs.all_jobs() if job.name == "transfers"))
        with shop.database.reading() as session:
            return session.exec(select(Order)).one().state + str(len(session.exec(select(Letter)).all()))

    assert watch(NOW + timedelta(days=11, hours=12)) == "awaiting_payment2"  # eleven at night
    assert watch(NOW + timedelta(days=12)) == "awaiting_payment3"
    assert watch(NOW + timedelta(days=12)) == "awaiting_payment3"
    assert watch(NOW + timedelta(days=30)) == "expired4"


def test_remnants_become_articles_only_where_the_owner_wants_that(shop_app: Flask) -> None:
    open_shop(shop_app)
    shop = shop_of(shop_app)
    with shop.database.writing() as session:
        make_fabric(session, on_hand=40, price_cents=1000)
    jobs.offer_remnants(shop_app)
    of_rolls = select(Variant.price_cents).where(col(Variant.cut_from_id).is_not(None))
    with shop.database.writing() as session:
        assert session.exec(of_rolls).all() == []
        owner = profile.load(session)
        owner.offers_remnants = True
        session.add(owner)
    for _ in range(2):
        jobs.offer_remnants(shop_app)
    with shop.database.reading() as session:
        assert session.exec(of_rolls).all() == [400]


def test_an_index_that_missed_pruned_changes_is_built_anew(shop_app: Flask) -> None:
    shop = shop_of(shop_app)
    with shop.database.writing() as session:
        make_fabric(session, "Musselin Salbei")
    catch_up(shop_app)
    with shop.database.writing() as session:
        make_fabric(session, "Cord Ziegel")
        for change in session.exec(select(queue.SearchChange)).all()[:-1]:
            session.delete(change)
    catch_up(shop_app)
    assert found(shop, "cor") == 1


def test_a_nightly_backup_is_made_once_a_day(shop_app: Flask) -> None:
    jobs.back_up_nightly(shop_app)
    made = backup.newest(shop_of(shop_app).settings)
    jobs.back_up_nightly(shop_app)
    assert made is not None
    assert [file.name for file in made.parent.iterdir()] == [made.name]


def test_pruning_forgets_only_what_is_old(shop_app: Flask) -> None:
    shop = shop_of(shop_app)
    with shop.database.writing() as session:
        cart.open(session, NOW - timedelta(days=40))
        fresh = cart.open(session, NOW - timedelta(days=3)).token
        session.add(Occurrence(kind="x", who="old", happened_at=NOW - timedelta(days=2)))
        session.add(Occurrence(kind="x", who="new", happened_at=NOW - timedelta(hours=2)))
        misses.note(session, "Zipper", NOW.date() - timedelta(days=91))
        misses.note(session, "Paspel", NOW.date() - timedelta(days=89))
    jobs.prune(shop_app)
    with shop.database.reading() as session:
        assert session.exec(select(Cart.token)).all() == [fresh]
        assert session.exec(select(Occurrence.who)).all() == ["new"]
        assert session.exec(select(SearchMiss.words)).all() == ["Paspel"]

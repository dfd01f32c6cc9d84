"""Imports in a process of their own, and the job that starts what nobody has finished."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from catalog.exchange.runs import RunState
from shop import import_children, import_files, importing
from shop.app import create_shop
from shop.context import Shop
from shop.settings import read_settings
from tests.make import NOW
from tests.shop.goods_files import agree, arrive, bring_in, run_of, stock_of


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that were started, so that a test can wait for them."""
    started: list[subprocess.Popen[bytes]] = []
    begin = subprocess.Popen

    def noting(*given: Any, **named: Any) -> subprocess.Popen[bytes]:
        started.append(begin(*given, **named))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", noting)
    return started


@pytest.fixture
def app(empty_shop: Path) -> Iterator[Flask]:
    app = create_shop(read_settings(empty_shop, {}), clock=lambda: NOW)
    yield app
    app.extensions["dorfladen"].database.close()


@pytest.fixture
def shop(app: Flask) -> Shop:
    parts: Shop = app.extensions["dorfladen"]
    return parts


def test_a_small_import_is_done_at_once(shop: Shop, children: list[Any]) -> None:
    assert import_children.begin(shop, agree(shop))
    assert children == []
    assert len(stock_of(shop)) == 3


def test_a_large_import_has_a_process_of_its_own(
    shop: Shop, children: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_children, "SMALL", 2)
    run_id = agree(shop)
    assert not import_children.begin(shop, run_id)
    assert children[0].wait(60) == 0
    assert run_of(shop, run_id).state == RunState.DONE
    assert len(stock_of(shop)) == 3


def test_the_job_carries_on_with_what_was_interrupted(app: Flask, shop: Shop, children: list[Any]) -> None:
    run_id = agree(shop)
    with shop.database.writing() as session:
        importing.get(session, run_id).state = RunState.RUNNING
    import_children.carry_on(app)
    import_children.carry_on(app)  # nobody starts it twice
    assert [each.wait(60) for each in children] == [0]
    assert run_of(shop, run_id).state == RunState.DONE


def test_the_job_leaves_alone_what_lies_on_another_host(app: Flask, shop: Shop, children: list[Any]) -> None:
    import_files.forget(shop.settings, agree(shop))
    import_children.carry_on(app)
    assert children == []


def test_the_job_leaves_alone_what_somebody_works_at(app: Flask, shop: Shop, children: list[Any]) -> None:
    agree(shop)
    with import_files.turn(shop.settings):
        import_children.carry_on(app)
    assert children == []


def test_an_import_that_ends_its_process_again_and_again_is_given_up(
    app: Flask, shop: Shop, children: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = agree(shop)
    monkeypatch.setattr(import_children, "was_just_started", lambda *given: False)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    for _ in range(import_children.MOST_STARTS + 2):
        import_children.carry_on(app)
    assert len(children) == import_children.MOST_STARTS
    run = run_of(shop, run_id)
    assert run.state == RunState.FAILED
    assert f"--resume {run_id}" in run.error
    for each in children:
        each.wait(10)


def test_files_that_have_served_are_forgotten_and_rows_stay(app: Flask, shop: Shop) -> None:
    old, new = bring_in(shop), arrive(shop)
    with shop.database.writing() as session:
        importing.get(session, old).created_at = NOW - timedelta(days=91)
    import_children.forget_old_files(app)
    assert import_files.kept_file(shop.settings, f"{old}.csv") is None
    assert import_files.kept_file(shop.settings, f"{new}.csv") is not None
    assert run_of(shop, old).state == RunState.DONE

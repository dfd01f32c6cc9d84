"""What every engine promises while its index changes: commits, building anew, other threads and processes."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from catalog.search import version
from catalog.search.port import Engine
from tests.catalog.search.stands import Stand, begin_child, end_of, goods, ids


class Broken(Exception):
    """What a test breaks a build off with."""


def test_the_state_changes_with_every_commit_and_only_then(stand: Stand) -> None:
    other = stand.again()
    states = []
    for number in range(1, 5):
        stand.engine.replace(goods("knopf") if number % 2 else [], [], up_to=number)
        states.append(stand.engine.state)
        assert stand.engine.state == states[-1]
        assert other.state == states[-1]
    with stand.engine.anew() as fresh:
        fresh.replace([], [], up_to=1)
        fresh.replace(goods("band"), [], up_to=1)
        assert stand.engine.state == states[-1]
    states.append(stand.engine.state)
    assert other.state == states[-1]
    assert len({hash(each) for each in states}) == len(set(states)) == 5


def test_a_commit_is_seen_at_once_by_whoever_has_it_open(stand: Stand) -> None:
    stand.engine.replace(goods("knopf"), [], up_to=1)
    other = stand.again()
    assert ids(other, "knopf") == {1}
    stand.engine.replace(goods("band", "knopf"), [], up_to=2)
    assert ids(other, "knopf") == {2}
    assert ids(other, "band") == {1}
    assert other.last_change == 2
    other.replace(goods("knopf"), [], up_to=3)
    assert ids(stand.engine, "knopf") == {1, 2}


def test_another_process_sees_and_writes_the_same(stand: Stand) -> None:
    stand.engine.replace(goods("knopf"), [], up_to=1)

    def elsewhere() -> None:
        other = stand.again()
        assert ids(other, "knopf") == {1}
        other.replace(goods("band", first=2), [], up_to=2)

    assert end_of(begin_child(elsewhere)) == 0
    assert ids(stand.engine, "band") == {2}
    assert ids(stand.engine, "knopf") == {1}


def test_the_old_index_answers_until_the_new_one_is_finished(stand: Stand) -> None:
    stand.engine.replace(goods("knopf", "knopf"), [], up_to=5, gaps=((1, 2),))
    other = stand.again()
    assert ids(other, "knopf") == {1, 2}
    with stand.engine.anew() as fresh:
        assert not ids(fresh, "knopf")
        fresh.replace(goods("band"), [], up_to=0)
        fresh.replace([], [], up_to=9)
        for each in (stand.engine, other, stand.again()):
            assert ids(each, "knopf") == {1, 2}
            assert ids(each, "band") == set()
            assert (each.last_change, each.gaps) == (5, ((1, 2),))
    for each in (stand.engine, other, stand.again()):
        assert ids(each, "knopf") == set()
        assert ids(each, "band") == {1}
        assert (each.last_change, each.gaps) == (9, ())


def test_the_old_index_may_change_while_the_new_one_is_built(stand: Stand) -> None:
    stand.engine.replace(goods("knopf"), [], up_to=1)
    with stand.engine.anew() as fresh:
        fresh.replace(goods("knopf", "horn"), [], up_to=1)
        stand.again().replace(goods("band", first=3), [], up_to=2)
        assert ids(stand.engine, "band") == {3}
    assert stand.engine.last_change == 1  # so the change is taken in once more
    assert ids(stand.engine, "horn") == {2}


def test_a_build_that_fails_changes_nothing(stand: Stand) -> None:
    stand.engine.replace(goods("knopf"), [], up_to=1)

    def breaking_off() -> None:
        with stand.engine.anew() as fresh:
            fresh.replace(goods("band"), [], up_to=2)
            raise Broken

    with pytest.raises(Broken):
        breaking_off()
    for each in (stand.engine, stand.again()):
        assert ids(each, "knopf") == {1}
        assert ids(each, "band") == set()
        assert each.last_change == 1
    with stand.engine.anew() as fresh:
        fresh.replace(goods("zwirn"), [], up_to=3)
    assert ids(stand.engine, "zwirn") == {1}
    assert ids(stand.engine, "band") == set()


def test_a_build_whose_process_dies_changes_nothing(stand: Stand) -> None:
    stand.engine.replace(goods("knopf"), [], up_to=1)

    def dying() -> None:
        with stand.again().anew() as fresh:
            fresh.replace(goods("band"), [], up_to=2)
            os.kill(os.getpid(), signal.SIGKILL)

    assert end_of(begin_child(dying)) == -signal.SIGKILL
    for each in (stand.engine, stand.again()):
        assert ids(each, "knopf") == {1}
        assert each.last_change == 1
    with stand.engine.anew() as fresh:
        fresh.replace(goods("zwirn"), [], up_to=3)
    assert ids(stand.again(), "zwirn") == {1}
    assert ids(stand.again(), "band") == set()


def test_a_first_index_may_be_built_and_be_empty(stand: Stand) -> None:
    with stand.engine.anew() as fresh:
        fresh.replace([], [], up_to=0)
    assert stand.again().last_change == 0
    assert stand.again().beginning_with("k") == []


def test_an_index_of_another_version_answers_but_must_be_built(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand.engine.replace(goods("knopf"), [], up_to=7)
    monkeypatch.setattr(version, "of_terms", lambda: "another")
    for each in (stand.engine, stand.again()):
        assert each.last_change is None
        assert each.is_ready
        assert ids(each, "knopf") == {1}
    stand.engine.replace(goods("band", first=2), [], up_to=8)
    assert stand.again().last_change is None
    with stand.engine.anew() as fresh:
        fresh.replace(goods("zwirn"), [], up_to=9)
    for each in (stand.engine, stand.again()):
        assert each.last_change == 9
        assert ids(each, "zwirn") == {1}


def test_it_is_ready_once_something_was_committed(stand: Stand) -> None:
    stand.engine.replace([], [], up_to=0)
    assert stand.engine.is_ready
    assert not stand.engine.is_worn
    assert stand.again().is_ready


def test_threads_search_while_it_changes_and_is_built_anew(stand: Stand) -> None:
    stand.engine.replace(goods("knopf"), [], up_to=1)

    def searching() -> None:
        assert ids(stand.engine, "knopf") == {1}
        assert stand.engine.beginning_with("kno") == ["knopf"]

    with going_on(searching, threads=3):
        for number in range(2, 12):
            stand.engine.replace(goods("band", first=number), [], up_to=number)
        with stand.engine.anew() as fresh:
            fresh.replace(goods("knopf", "band"), [], up_to=12)
        stand.engine.replace(goods("band", first=13), [], up_to=13)
    assert ids(stand.engine, "band") == {2, 13}


def test_another_process_searches_while_it_changes_and_is_built_anew(stand: Stand) -> None:
    stand.engine.replace(goods("knopf"), [], up_to=1)
    ready, end = os.pipe()

    def elsewhere() -> None:
        os.close(ready)
        other = stand.again()
        while other.last_change != 9:
            assert ids(other, "knopf") == {1}
            os.write(end, b".")
        assert ids(other, "band") == {2}

    child = begin_child(elsewhere)
    assert os.read(ready, 1) == b"."
    for number in range(2, 8):
        stand.engine.replace(goods("band", first=number), [], up_to=number)
    with stand.engine.anew() as fresh:
        fresh.replace(goods("knopf", "band"), [], up_to=9)
    os.close(end)
    while os.read(ready, 10_000):
        pass
    os.close(ready)
    assert end_of(child) == 0


def test_nothing_is_lost_when_two_write(stand: Stand) -> None:
    stand.engine.replace([], [], up_to=0)

    def write(engine: Engine, first: int) -> None:
        for number in range(first, first + 6):
            for _ in range(20):
                try:
                    engine.replace(goods("knopf", first=number), [], up_to=1)
                    break
                except TimeoutError:
                    continue

    other = stand.again()
    child = begin_child(lambda: write(stand.again(), 300))
    threads = [threading.Thread(target=write, args=each) for each in ((stand.engine, 100), (other, 200))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert end_of(child) == 0
    wanted = {*range(100, 106), *range(200, 206), *range(300, 306)}
    for reader in (stand.engine, other, stand.again()):
        assert ids(reader, "knopf") == wanted


@contextmanager
def going_on(work: Callable[[], None], *, threads: int) -> Iterator[None]:
    """Do something again and again in some threads for a `with` block; what goes wrong there is raised at its end."""
    stop = threading.Event()
    problems: list[BaseException] = []

    def again() -> None:
        try:
            while not stop.is_set():
                work()
        except BaseException as problem:  # noqa: BLE001
            problems.append(problem)

    every = [threading.Thread(target=again) for _ in range(threads)]
    for each in every:
        each.start()
    try:
        yield
    finally:
        stop.set()
        for each in every:
            each.join()
    for problem in problems:
        raise problem

"""What has changed since somebody last looked: missed by nobody, also where ids come late."""

from datetime import timedelta

from sqlmodel import Session

from catalog import changes, revisions
from catalog.search.queue import SearchChange
from tests.make import NOW


def queue(session: Session, *changed: tuple[int, int]) -> None:
    """Changes as (id, product)."""
    session.add_all([SearchChange(id=number, product_id=product_id, queued_at=NOW) for number, product_id in changed])
    session.flush()


def test_nothing_new_is_none(session: Session) -> None:
    queue(session, (1000, 1), (1001, 2))
    assert changes.since(session, changes.begin(session, NOW), NOW) is None


def test_what_comes_later_is_told_once(session: Session) -> None:
    queue(session, (1000, 1))
    seen = changes.begin(session, NOW)
    queue(session, (1001, 7), (1002, 7), (1003, 8))
    news = changes.since(session, seen, NOW)
    assert news is not None
    assert news.product_ids == {7, 8}
    assert changes.since(session, news.seen, NOW) is None


def test_ids_that_come_late_are_looked_for(session: Session) -> None:
    queue(session, (1000, 1), (1005, 5))
    seen = changes.begin(session, NOW)
    queue(session, (1002, 2))
    news = changes.since(session, seen, NOW)
    assert news is not None
    assert news.product_ids == {2}
    queue(session, (1003, 3), (1009, 9))
    later = changes.since(session, news.seen, NOW)
    assert later is not None
    assert later.product_ids == {3, 9}
    queue(session, (1007, 7))
    last = changes.since(session, later.seen, NOW)
    assert last is not None
    assert last.product_ids == {7}


def test_after_an_hour_what_is_missing_was_rolled_back(session: Session) -> None:
    queue(session, (1000, 1), (1005, 5))
    seen = changes.begin(session, NOW)
    queue(session, (1002, 2))
    assert changes.since(session, seen, NOW + timedelta(minutes=59)) is not None
    assert changes.since(session, seen, NOW + timedelta(hours=1)) is None


def test_a_change_of_the_frame_is_news_without_goods(session: Session) -> None:
    seen = changes.begin(session, NOW)
    revisions.bump(session)
    news = changes.since(session, seen, NOW)
    assert news is not None
    assert not news.product_ids
    assert changes.is_behind(session, news.seen) is False


def test_a_session_that_began_earlier_is_behind(session: Session) -> None:
    queue(session, (1000, 1))
    later = changes.Seen(last=1001, frame=0)
    assert changes.is_behind(session, later)
    assert changes.since(session, later, NOW) is None

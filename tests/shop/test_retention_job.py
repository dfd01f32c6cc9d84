"""By night, and only then, what is over is deleted with the files that nothing names any more."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlmodel import Session, func, select

from checkout import erasing, outbox
from checkout.erasing import Erased
from checkout.outbox import Letter
from shop import jobs
from shop.context import Shop
from tests.make import NOW

NIGHT = datetime(2033, 1, 2, 1, 30, tzinfo=UTC)  # 2:30 in Berlin
DAY = datetime(2033, 1, 2, 11, 0, tzinfo=UTC)


class Moment:
    """A clock that stands."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def shop_at(app: Flask, at: datetime) -> Shop:
    shop: Shop = replace(app.extensions["dorfladen"], clock=Moment(at))
    app.extensions["dorfladen"] = shop
    return shop


def letters(shop: Shop) -> int:
    with shop.database.reading() as session:
        return session.exec(select(func.count()).select_from(Letter)).one()


def test_e14_the_deletion_does_not_forget_and_works_by_night(shop_app: Flask) -> None:
    shop = shop_at(shop_app, DAY)
    with shop.database.writing() as session:
        for number in range(120):  # more than one part
            outbox.queue(session, "kind", f"order:{number}", "a@b.example", NOW)
        outbox.queue(session, "kind", "order:new", "a@b.example", DAY)
    jobs.forget_what_is_over(shop_app)
    assert letters(shop) == 121
    jobs.forget_what_is_over(_at_night(shop_app))
    assert letters(shop) == 1


def test_e14_files_go_after_their_rows(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = shop_at(shop_app, NIGHT)
    shop.settings.papers.mkdir(parents=True, exist_ok=True)
    for name in ("old.pdf", "new.pdf"):
        (shop.settings.papers / name).write_bytes(b"%PDF")
    parts = iter([Erased(Counter({"invoicepaper": 1}), ("old.pdf",)), Erased(Counter())])

    def next_part(session: Session, now: datetime) -> Erased:
        return next(parts)

    monkeypatch.setattr(erasing, "erase_some", next_part)
    jobs.forget_what_is_over(shop_app)
    assert [file.name for file in shop.settings.papers.iterdir()] == ["new.pdf"]


def _at_night(app: Flask) -> Flask:
    shop_at(app, NIGHT)
    return app

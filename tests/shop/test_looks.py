"""A look is kept with its time, the worker looks once a day, and a newly broken rule is told once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session, select

from catalog import revisions
from checkout.outbox import OWNER, Letter
from shop import alarms, checks, looks
from shop.alarms import Broken, LawAlarm
from shop.context import Shop
from shop.law import book
from shop.law.rules import ERROR, WARNING, Fault, Rule, Sight
from shop.profile import Profile
from tests.make import NOW

BROKEN: set[str] = set()
RULES = tuple(
    Rule(name, f"§ {name}", date(2020, 1, 1), severity, "Pflicht.", "So.", lambda sight, name=name: _faults(name))  # type: ignore[misc]
    for name, severity in (("X1", ERROR), ("X2", ERROR), ("X3", WARNING))
)


def _faults(name: str) -> list[Fault]:
    return [Fault(f"{name} fehlt.", "/backoffice/laden")] if name in BROKEN else []


@pytest.fixture(autouse=True)
def few_rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three rules that a test breaks by name, and nothing technical."""
    monkeypatch.setattr(book, "RULES", RULES)
    monkeypatch.setattr(checks, "technical", lambda app: [])
    BROKEN.clear()
    yield
    BROKEN.clear()


def kept(app: Flask, now: datetime = NOW) -> looks.Look | None:
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.reading() as session:
        return looks.last(session, now)


def set_clock(app: Flask, moment: datetime) -> None:
    app.extensions["dorfladen"] = replace(app.extensions["dorfladen"], clock=lambda: moment)


def letters_of(app: Flask) -> list[tuple[str, str]]:
    with app.extensions["dorfladen"].database.reading() as session:
        return [(each.kind, each.recipient) for each in session.exec(select(Letter)).all()]


def test_a_look_is_kept_as_it_was(shop_app: Flask) -> None:
    assert kept(shop_app) is None
    BROKEN.update({"X2", "X3"})
    looked = looks.renew(shop_app)
    assert kept(shop_app) == looked
    assert ([each.id for each in looked.red], [each.id for each in looked.yellow]) == (["X2"], ["X3"])
    assert [each.id for each in looked.green] == ["X1"]
    assert looked.red[0].faults == (("X2 fehlt.", "/backoffice/laden"),)


@pytest.mark.parametrize(("broken", "light"), [({"X1", "X3"}, "red"), ({"X3"}, "yellow"), (set(), "green")])
def test_the_light_is_that_of_the_gravest_point(shop_app: Flask, broken: set[str], light: str) -> None:
    BROKEN.update(broken)
    assert looks.renew(shop_app).light == light


def test_a_look_is_stale_when_the_shop_or_the_day_is_another(shop_app: Flask, write: Callable[[], Any]) -> None:
    looks.renew(shop_app)
    assert not kept(shop_app).is_stale  # type: ignore[union-attr]
    assert kept(shop_app, NOW + timedelta(days=1)).is_stale  # type: ignore[union-attr]
    with write() as session:
        revisions.bump(session)
    assert kept(shop_app).is_stale  # type: ignore[union-attr]


def test_the_worker_looks_once_a_day_and_tells_of_what_is_newly_red(shop_app: Flask) -> None:
    BROKEN.add("X1")
    looks.look_daily(shop_app)
    looks.look_daily(shop_app)
    assert letters_of(shop_app) == [(alarms.LETTER, OWNER)]
    set_clock(shop_app, NOW + timedelta(days=1))
    looks.look_daily(shop_app)
    assert len(letters_of(shop_app)) == 1  # she knows
    BROKEN.add("X2")
    set_clock(shop_app, NOW + timedelta(days=2))
    looks.look_daily(shop_app)
    assert len(letters_of(shop_app)) == 2


@pytest.mark.parametrize("facts", [{"is_open": False}, {"is_demo": True}])
def test_a_shop_that_does_not_sell_is_left_in_peace(
    shop_app: Flask, write: Callable[[], Any], facts: dict[str, Any]
) -> None:
    with write() as session:
        session.add(Profile(**facts))
    BROKEN.add("X1")
    looks.look_daily(shop_app)
    assert letters_of(shop_app) == []
    assert kept(shop_app) is None


def test_the_worker_looks_when_the_night_is_over(shop_app: Flask) -> None:
    set_clock(shop_app, NOW.replace(hour=3))  # four o'clock in Berlin
    looks.look_daily(shop_app)
    assert kept(shop_app) is None


def test_an_open_shop_stays_open_when_it_is_red(shop_app: Flask, write: Callable[[], Any]) -> None:
    with write() as session:
        session.add(Profile(is_open=True))
    BROKEN.add("X1")
    looks.look_daily(shop_app)
    with write() as session:
        assert session.get_one(Profile, 1).is_open


def test_what_was_mended_is_told_again_when_it_breaks_anew(session: Session) -> None:
    broken = [Broken("D05", "§ 312j BGB", "Falsche Worte.")]
    (first,) = alarms.note(session, broken, NOW)
    assert alarms.note(session, broken, NOW + timedelta(days=1)) == []
    alarms.note(session, [], NOW + timedelta(days=2))
    assert first.mended_at == NOW + timedelta(days=2)
    (again,) = alarms.note(session, broken, NOW + timedelta(days=3))
    told = session.exec(select(Letter.reason).where(Letter.kind == alarms.LETTER)).all()
    assert set(told) == {f"law:{first.id}", f"law:{again.id}"}


def test_one_letter_tells_of_all_that_is_new(session: Session) -> None:
    one, two = alarms.note(session, [Broken("D05", "§ 1", "Eins."), Broken("D06", "§ 2", "Zwei.")], NOW)
    assert alarms.seen_with(session, one.id or 0) == [one, two]
    assert alarms.seen_with(session, 0) == []
    assert isinstance(one, LawAlarm)


def test_a_rule_that_is_gone_is_no_point_to_stumble_over() -> None:
    assert looks.Point("Z9", ERROR, True, "", (("x", ""),)).rule is None


def test_rules_of_the_look_hear_of_the_shop(shop_app: Flask) -> None:
    def seen(sight: Sight) -> list[Fault]:
        return [Fault(sight.owner.shop_name)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(book, "RULES", (replace(RULES[0], look=seen),))
        assert looks.renew(shop_app).red[0].faults == (("Mein Laden", ""),)


@pytest.mark.parametrize(("broken", "told"), [({"X1"}, []), (set(), ["Der Name fehlt.", "Das Telefon fehlt."])])
def test_what_the_profile_lacks_is_told_once(
    shop_app: Flask, monkeypatch: pytest.MonkeyPatch, broken: set[str], told: list[str]
) -> None:
    BROKEN.update(broken)
    lacking = checks.Finding("profile", ERROR, False, "Der Name fehlt. Das Telefon fehlt.")
    closed = checks.Finding("open", WARNING, False, "Nicht offen.")
    monkeypatch.setattr(checks, "technical", lambda app: [lacking, closed])
    points = [each for each in looks.renew(shop_app).points if not each.is_law]
    assert [sentence for each in points for sentence, _ in each.faults] == told


@pytest.mark.parametrize(("broken", "told"), [({"X1"}, 0), (set(), 1)])
def test_a_country_without_a_price_is_told_once(
    shop_app: Flask, monkeypatch: pytest.MonkeyPatch, broken: set[str], told: int
) -> None:
    BROKEN.update(broken)
    monkeypatch.setattr(book, "RULES", (replace(RULES[0], id="A08"),))
    monkeypatch.setattr(checks, "technical", lambda app: [checks.Finding("shipping", WARNING, False, "Kein Preis.")])
    assert len([each for each in looks.renew(shop_app).points if not each.is_law]) == told

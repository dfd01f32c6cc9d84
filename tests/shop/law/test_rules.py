"""A rule holds from its first day to its last; its faults lead to pages that there are."""

from datetime import date, timedelta

import pytest
from flask import Flask

from shop.law import book
from shop.law.rules import ERROR, INFO, WARNING, Rule, by_construction

DAY = date(2026, 9, 27)


def a_rule(**facts: object) -> Rule:
    return Rule("X1", "§ 1", DAY, ERROR, "Pflicht.", "So.", by_construction, **facts)  # type: ignore[arg-type]


def test_a_rule_begins_on_its_day_and_ends_after_its_last() -> None:
    rule = a_rule(until=DAY + timedelta(days=2))
    days = [DAY + timedelta(days=each) for each in (-1, 0, 2, 3)]
    assert [rule.is_in_force(day) for day in days] == [False, True, True, False]


def test_the_next_turn_is_its_first_day_or_a_later_one() -> None:
    later = date(2028, 1, 1)
    rule = a_rule(turns=(later,))
    assert [rule.next_turn(day) for day in (date(2026, 1, 1), DAY, later)] == [DAY, later, None]


def test_every_rule_is_described_once() -> None:
    ids = [each.id for each in book.RULES]
    assert len(ids) == len(set(ids))
    for rule in book.RULES:
        assert rule.source, rule.id
        assert rule.duty.endswith((".", "“")), rule.id
        assert rule.kept.endswith((".", "“")), rule.id
        assert rule.severity in (ERROR, WARNING, INFO), rule.id
        assert rule.until is None or rule.until >= rule.since, rule.id
        assert all(each > rule.since for each in rule.turns), rule.id


def test_a_rule_that_breaks_is_itself_a_fault(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Rule("X1", "§ 1", date(2020, 1, 1), ERROR, "Pflicht.", "So.", lambda sight: 1 / 0)  # type: ignore[arg-type,return-value]
    monkeypatch.setattr(book, "RULES", (broken,))
    (outcome,) = book.look(shop_app)
    assert "nicht prüfen" in outcome.faults[0].message


def test_a_rule_of_tomorrow_is_not_looked_at_but_told(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    tomorrow = book.today(shop_app) + timedelta(days=1)
    monkeypatch.setattr(book, "RULES", (a_rule(), Rule("X2", "§ 2", tomorrow, ERROR, "P.", "S.", by_construction)))
    assert [each.rule.id for each in book.look(shop_app)] == ["X1"]
    assert [(each.rule.id, each.on, each.is_new) for each in book.coming(book.today(shop_app))] == [
        ("X2", tomorrow, True)
    ]

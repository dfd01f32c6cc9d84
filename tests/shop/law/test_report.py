"""What `check` says: technical and lawful apart, red first, and what is to come with its day."""

from datetime import date

import click

from shop import check_report
from shop.checks import Finding
from shop.law.book import Coming
from shop.law.rules import ERROR, INFO, WARNING, Rule, by_construction


def lines(*findings: Finding, coming: tuple[Coming, ...] = ()) -> list[str]:
    return [click.unstyle(each) for each in check_report.lines(findings, coming)]


def test_red_stands_before_yellow_and_green() -> None:
    told = lines(
        Finding("D01", WARNING, True, "gut", "§ 1"),
        Finding("D02", WARNING, False, "gelb", "§ 2"),
        Finding("D03", INFO, False, "zu wissen", "§ 3"),
        Finding("D04", ERROR, False, "rot", "§ 4"),
        Finding("space", ERROR, True, "Platz"),
    )
    assert told == [
        "Technik", "  ✓ Platz", "",
        "Gesetz", "  ✗ D04 (§ 4): rot", "  ! D02 (§ 2): gelb", "  · D03 (§ 3): zu wissen", "  ✓ D01 (§ 1): gut", "",
        "1 roter Punkt, 1 gelber.",
    ]  # fmt: skip


def test_what_is_to_come_is_told_with_its_day() -> None:
    new = Rule("X1", "§ 9", date(2027, 1, 1), ERROR, "Neues.", "", by_construction)
    other = Rule("X2", "§ 8", date(2020, 1, 1), ERROR, "Altes.", "", by_construction, turns=(date(2028, 1, 1),))
    told = lines(coming=(Coming(new, date(2027, 1, 1)), Coming(other, date(2028, 1, 1))))
    assert "  · ab 01.01.2027 X1 (§ 9): Neues." in told
    assert "  · ab 01.01.2028 X2 (§ 8): ändert sich: Altes." in told

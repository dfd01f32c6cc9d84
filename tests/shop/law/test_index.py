"""Every id of the law's checklist has a rule and a test of its name; every day of it changes something."""

import ast
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from shop.law import book
from shop.law.rules import ERROR, WARNING, Rule
from shop.law.stale import STALE
from tests.conftest import needs
from tests.shop.backoffice.conftest import owner, with_account  # noqa: F401  (fixtures)
from tests.shop.law import checklist

PROGRAM = Path(__file__).parents[3]
PLACES = [*(PROGRAM / "shop" / "law").glob("*.py"), PROGRAM / "shop" / "looks.py"]
SEVERITY = {"E": ERROR, "W": WARNING}
# Their grave side is the program's own reckoning, shown by tests; what can go wrong in a shop is the lighter one.
GRAVE_BY_TESTS = frozenset({"B10", "E12"})


def rules_of(name: str) -> list[Rule]:
    """The rules of an id: "C06" itself and what belongs to it, "C06w"."""
    return [each for each in book.RULES if each.id.startswith(name)]


def test_the_copied_checklist_is_that_of_the_law() -> None:
    needs(f"die Prüfliste {checklist.FILE}", checklist.FILE.exists())
    assert checklist.severities_told() == checklist.SEVERITIES
    assert checklist.days_told() == checklist.DAYS


@pytest.mark.parametrize("name", sorted(checklist.OWED))
def test_every_id_that_a_machine_can_check_has_its_rule(name: str) -> None:
    severities = {each.severity for each in rules_of(name)}
    assert severities
    owed = {SEVERITY[each] for each in checklist.SEVERITIES[name]}
    assert owed - ({ERROR} if name in GRAVE_BY_TESTS else set()) <= severities


def test_every_rule_belongs_to_an_id() -> None:
    assert {each.id[:3] for each in book.RULES} <= set(checklist.SEVERITIES)


def test_every_id_that_a_machine_can_check_has_a_test_of_its_name() -> None:
    named = set(re.findall(r"(?<=_)[a-h]\d\d(?=_)", _all_tests()))
    assert {each.lower() for each in checklist.OWED} - named == set()


def _all_tests() -> str:
    files = (PROGRAM / "tests").rglob("test_*.py")
    return "\n".join(
        line for file in files for line in file.read_text(encoding="utf-8").splitlines() if "def test_" in line
    )


@pytest.mark.parametrize("day", checklist.DAYS, ids=str)
def test_every_day_of_the_law_changes_something(day: date) -> None:
    turning = [each for each in book.RULES if day in (each.since, *each.turns)]
    wordings = [each for each in STALE if each.since == day]
    assert turning or wordings
    before = day - timedelta(days=1)
    assert all(each.next_turn(before) == day for each in turning)
    beginning = [each for each in turning if each.since == day]
    assert not any(each.is_in_force(before) for each in beginning)
    assert all(each.is_in_force(day) for each in beginning)


def test_what_is_to_come_is_named_before_its_day() -> None:
    for day in checklist.DAYS:
        told = {each.rule.id for each in book.coming(day - timedelta(days=1)) if each.on == day}
        assert told == {each.id for each in book.RULES if day in (each.since, *each.turns)}


def _paths() -> Iterator[str]:
    """Every address of the backoffice that a rule leads to; what stands in braces becomes a 1."""
    for file in PLACES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            text = _text(node)
            if text.startswith("/backoffice"):
                yield re.sub(r"\{\w*\}", "1", text)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "1" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


PATHS = sorted(set(_paths()))


def test_rules_lead_somewhere() -> None:
    assert "/backoffice/laden" in {each.partition("#")[0] for each in PATHS}


@pytest.mark.parametrize("path", PATHS)
def test_a_fault_leads_to_a_page_that_there_is(shop_app: Flask, path: str) -> None:
    address = path.partition("#")[0].partition("?")[0].rstrip("/")
    try:
        shop_app.url_map.bind("localhost").match(address, method="GET")
    except RequestRedirect:
        return
    except HTTPException:
        pytest.fail(f"{address} is no page of the backoffice")


@pytest.mark.parametrize("path", [each for each in PATHS if "#" in each and not re.search(r"/1\b", each)])
def test_a_fault_leads_to_a_field_that_there_is(owner: FlaskClient, path: str) -> None:  # noqa: F811
    page, _, field = path.partition("#")
    answer = owner.get(page, follow_redirects=True)
    assert re.search(rf'\bid="{re.escape(field)}"', answer.text), f"{page} has no {field}"

"""The handbook: every page opens, every "?" leads somewhere, every link in it holds."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from checkout.orders import STATE_NAMES
from shop.backoffice import handbook

TEMPLATES = Path(handbook.__file__).parent / "templates" / "backoffice"
NOT_A_JOB = {"base", "sign_in", "refused", "error", "help"}


@pytest.mark.parametrize("name", sorted(handbook.contents()))
def test_every_page_opens_and_its_links_hold(owner: FlaskClient, name: str) -> None:
    page = owner.get(f"/backoffice/hilfe/{name}").text
    for target in re.findall(r'<a href="([a-z][a-z-]*)"', page):
        assert target in handbook.contents()


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("[a-z]*.html")), ids=lambda path: path.stem)
def test_every_job_has_a_help_page_that_exists(template: Path) -> None:
    named = re.findall(r"set help_page = '([^']+)'", template.read_text(encoding="utf-8"))
    if template.stem not in NOT_A_JOB:
        assert named, template
    assert set(named) <= set(handbook.contents())


def test_links_to_help_in_templates_hold() -> None:
    for template in TEMPLATES.glob("*.html"):
        for name in re.findall(r"handbook\.page', name='([^']+)'", template.read_text(encoding="utf-8")):
            assert name in handbook.contents(), template


def test_the_states_of_orders_are_called_as_the_shop_calls_them() -> None:
    page = (Path(handbook.__file__).parent / "help" / "bestellungen.md").read_text(encoding="utf-8")
    told = re.findall(r"^- \*([^*]+)\*:", page, re.MULTILINE)
    assert told
    assert set(told) <= set(STATE_NAMES.values())


def test_there_is_no_help_outside_the_handbook(owner: FlaskClient) -> None:
    for name in ("..%2fstart", "gibt-es-nicht", "artikel.md"):
        assert owner.get(f"/backoffice/hilfe/{name}").status_code == 404


def test_every_page_without_a_number_opens(shop_app: Flask, owner: FlaskClient, write: Callable[[], Any]) -> None:
    for rule in shop_app.url_map.iter_rules():
        if rule.rule.startswith("/backoffice") and "GET" in (rule.methods or set()) and not rule.arguments:
            assert owner.get(rule.rule, follow_redirects=True).status_code == 200, rule

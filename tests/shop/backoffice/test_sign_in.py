"""Signing in: strangers stay out, guessing gets slow, a new password ends what went before."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter, Rule

from checkout import cart
from shop import accounts
from shop.legal import CART_COOKIE
from tests.make import NOW
from tests.shop.backoffice.conftest import NAME, PASSWORD, Clock, sign_in

OPEN = {"backoffice.static", "backoffice.sign_in.form", "backoffice.sign_in.enter"}


def test_every_page_but_the_sign_in_sends_strangers_away(shop_app: Flask, client: FlaskClient) -> None:
    doors = [rule for rule in shop_app.url_map.iter_rules() if rule.rule.startswith("/backoffice")]
    assert len(doors) > 50
    for rule in doors:
        if rule.endpoint not in OPEN:
            for method in (rule.methods or set()) & {"GET", "POST"}:
                answer = client.open(_address(shop_app, rule), method=method)
                assert answer.status_code == 303, rule
                assert answer.location.startswith("/backoffice/anmelden"), rule


def test_who_signs_in_lands_where_she_wanted_to_go(client: FlaskClient, with_account: None) -> None:
    assert (
        client.get("/backoffice/artikel?q=jersey").location
        == "/backoffice/anmelden?weiter=/backoffice/artikel?q%3Djersey"
    )
    assert sign_in(client, weiter="/backoffice/artikel?q=jersey").location == "/backoffice/artikel?q=jersey"


@pytest.mark.parametrize("elsewhere", [
    "https://evil.example/backoffice/", "//evil.example", "/\\evil", "/kasse", "", "//[",
    "//evil.example\n/backoffice/", "/\t/evil.example/backoffice/", "/backoffice/\r\nSet-Cookie: x=y",
    "javascript:alert(1)//backoffice/",
])  # fmt: skip
def test_sign_in_never_leads_out_of_the_backoffice(client: FlaskClient, with_account: None, elsewhere: str) -> None:
    assert sign_in(client, weiter=elsewhere).location == "/backoffice/"


def test_the_cookie_is_kept_from_scripts_and_strangers(client: FlaskClient, with_account: None) -> None:
    cookie = sign_in(client).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/backoffice/" in cookie


def test_wrong_name_and_wrong_password_read_the_same(client: FlaskClient, with_account: None) -> None:
    wrong_name, wrong_password = sign_in(client, name="Berta"), sign_in(client, password="falsch-falsch")
    assert wrong_name.status_code == wrong_password.status_code == 401
    assert wrong_name.text.replace("Berta", NAME) == wrong_password.text


def test_guessing_gets_slow_and_is_forgiven_in_time(client: FlaskClient, with_account: None, clock: Clock) -> None:
    for _ in range(5):
        assert sign_in(client, password="falsch-falsch").status_code == 401
    refused = sign_in(client)
    assert refused.status_code == 429
    assert "Bitte warten Sie" in refused.text
    clock.advance(timedelta(seconds=61))
    assert sign_in(client).status_code == 303


def test_guessing_many_names_is_slowed_by_origin(client: FlaskClient, with_account: None) -> None:
    for number in range(5):
        sign_in(client, name=f"Name {number}")
    assert sign_in(client).status_code == 429


def test_no_address_is_stored(client: FlaskClient, with_account: None, write: Any) -> None:
    from sqlmodel import select

    from shop.throttle import Occurrence

    sign_in(client, password="falsch-falsch")
    with write() as session:
        assert not any("127.0.0.1" in each.who for each in session.exec(select(Occurrence)).all())


def test_signing_in_gives_the_cart_another_cookie(client: FlaskClient, with_account: None, write: Any) -> None:
    with write() as session:
        planted = cart.open(session, NOW).token
    client.set_cookie(CART_COOKIE, planted)
    sign_in(client)
    kept = client.get_cookie(CART_COOKIE)
    assert kept is not None
    assert kept.value != planted
    with write() as session:
        assert cart.find(session, planted) is None
        assert cart.find(session, kept.value) is not None


def test_signing_out_closes_the_door(owner: FlaskClient) -> None:
    assert owner.get("/backoffice/").status_code == 200
    assert owner.post("/backoffice/abmelden").status_code == 303
    assert owner.get("/backoffice/").status_code == 303


def test_twelve_idle_hours_end_the_session(client: FlaskClient, with_account: None, clock: Clock) -> None:
    sign_in(client)
    clock.advance(timedelta(hours=11))
    assert client.get("/backoffice/").status_code == 200
    clock.advance(timedelta(hours=11))
    assert client.get("/backoffice/").status_code == 200
    clock.advance(timedelta(hours=13))
    assert client.get("/backoffice/").status_code == 303


def test_a_new_password_ends_other_sessions(shop_app: Flask, owner: FlaskClient) -> None:
    other = shop_app.test_client()
    other.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    sign_in(other)
    changed = owner.post("/backoffice/passwort", data={"bisher": PASSWORD, "neu": "ein-neues-passwort"})
    assert changed.status_code == 303
    assert owner.get("/backoffice/").status_code == 200
    assert other.get("/backoffice/").status_code == 303


def test_a_closed_account_is_out_at_once(owner: FlaskClient, write: Any) -> None:
    with write() as session:
        accounts.add(session, "Berta", PASSWORD, NOW)
        accounts.remove(session, NAME)
    assert owner.get("/backoffice/").status_code == 303
    assert sign_in(owner).status_code == 401


def test_a_password_changes_only_for_who_knows_the_old_one(owner: FlaskClient) -> None:
    refused = owner.post("/backoffice/passwort", data={"bisher": "falsch", "neu": "ein-neues-passwort"})
    assert refused.status_code == 422
    assert "Das bisherige Passwort stimmt nicht." in refused.text


def test_signed_in_pages_are_in_no_cache(owner: FlaskClient) -> None:
    assert owner.get("/backoffice/").headers["Cache-Control"] == "no-store"


def test_another_site_cannot_press_our_buttons(owner: FlaskClient) -> None:
    foreign = owner.post("/backoffice/kategorien", data={"name": "Fremd"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403


def _address(app: Flask, rule: Rule) -> str:
    values: dict[str, Any] = {
        name: 1 if isinstance(converter, IntegerConverter) else "x" for name, converter in rule._converters.items()
    }
    with app.test_request_context():
        built = rule.build(values)
    assert built is not None
    return built[1]

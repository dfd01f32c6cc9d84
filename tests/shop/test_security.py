"""Unsafe requests must come from our own pages; every answer carries strict headers."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop import security
from shop.security import ForeignRequest
from shop.settings import Settings


@pytest.fixture
def visitor(settings: Settings) -> FlaskClient:
    """A bare app behind the guards alone."""
    app = Flask("guarded")
    security.set_up(app, settings)
    app.register_error_handler(ForeignRequest, lambda error: (error.sentence, 403))
    app.add_url_rule("/tun", "do", lambda: "getan", methods=["GET", "POST"])
    app.add_url_rule("/webhooks/stripe", "hook", lambda: "gehört", methods=["POST"])
    return app.test_client()


@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Site": "same-origin"},
    {"Origin": "http://localhost"},
    {"Referer": "http://localhost/artikel/jersey"},
    {"Origin": "http://127.0.0.1:8000"},  # the shop's own address, whatever Host a proxy hands on
])  # fmt: skip
def test_our_own_pages_may_post(visitor: FlaskClient, headers: dict[str, str]) -> None:
    assert visitor.post("/tun", headers=headers).status_code == 200


@pytest.mark.parametrize("headers", [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://boese.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Referer": "https://boese.example/?http://localhost"},
    {"Origin": "http://localhost.boese.example"},
    {"Origin": "http://["},
    {"Referer": "//["},
])  # fmt: skip
def test_strangers_may_not_post(visitor: FlaskClient, headers: dict[str, str]) -> None:
    answer = visitor.post("/tun", headers=headers)
    assert answer.status_code == 403
    assert "Bitte laden Sie die Seite neu" in answer.text


def test_everybody_may_look_and_machines_may_call(visitor: FlaskClient) -> None:
    assert visitor.get("/tun", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
    assert visitor.post("/webhooks/stripe").status_code == 200


def test_every_answer_is_strict(visitor: FlaskClient) -> None:
    given = visitor.get("/tun").headers
    policy = given["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    assert given["X-Content-Type-Options"] == "nosniff"
    assert given["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in given, "only where shoppers come by https"

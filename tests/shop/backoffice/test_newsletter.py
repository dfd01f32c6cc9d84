"""The newsletter at the owner's desk: switched on, written, tried on herself, sent."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from checkout.outbox import Letter
from shop.formats import plain
from shop.newsletter import jobs
from shop.newsletter.issues import NewsletterIssue
from shop.newsletter.subscriptions import Subscription
from tests.make import NOW

Write = Callable[[], Any]
ROOM = "/backoffice/newsletter"


def test_an_owner_switches_it_on_writes_tries_and_sends(owner: FlaskClient, shop_app: Flask, write: Write) -> None:
    assert "ist aus" in owner.get(ROOM).text
    assert owner.post(f"{ROOM}/einstellungen", data={"an": "ja", "stunde": "viele"}).status_code == 422
    assert owner.post(f"{ROOM}/einstellungen", data={"an": "ja", "stunde": "100"}).status_code == 303
    with write() as session:
        session.add(Subscription(email="leserin@kundin.example", token="t", wording=1, shop_name="Laden",
                                 source="newsletter", asked_at=NOW, confirmed_at=NOW))  # fmt: skip
    assert owner.post(ROOM, data={"betreff": "", "text": ""}).status_code == 422
    written = owner.post(ROOM, data={"betreff": "Herbst", "text": "Neue **Wolle**"})
    sheet = written.headers["Location"]
    assert "<strong>Wolle</strong>" in owner.get(sheet).text
    assert "Probe an mich schicken" in owner.get(sheet).text
    assert owner.post(f"{sheet}/versand").status_code == 409, "not before it was tried"
    assert owner.post(f"{sheet}/probe").status_code == 303
    with write() as session:
        assert session.exec(select(Letter.recipient)).all() == ["owner"]
    assert "An eine Person verschicken" in owner.get(sheet).text
    assert plain("[Zum Laden](https://laden.example/a) \\[so\\]") == "Zum Laden: https://laden.example/a [so]"
    assert owner.post(f"{sheet}/versand").status_code == 303
    jobs.hand_out(shop_app)
    with write() as session:
        assert session.exec(select(Letter.recipient).where(Letter.kind == "newsletter")).all() == [
            "leserin@kundin.example"
        ]
        assert session.exec(select(NewsletterIssue.released_by)).one() == "Anna"
    assert owner.post(f"{sheet}", data={"betreff": "Anders", "text": "x"}).status_code == 409


def test_whoever_tells_the_owner_is_struck_out(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        session.add(Subscription(email="leserin@kundin.example", token="t", wording=1, shop_name="Laden",
                                 source="newsletter", asked_at=NOW, confirmed_at=NOW))  # fmt: skip
    assert owner.post(f"{ROOM}/abmeldung", data={"email": "niemand@kundin.example"}).status_code == 422
    assert owner.post(f"{ROOM}/abmeldung", data={"email": "Leserin@Kundin.example"}).status_code == 303
    with write() as session:
        assert session.exec(select(Subscription.ended_by)).one() == "owner"

"""The newsletter goes only to who has asked for it and confirmed that, to each once, and ends with a click."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from checkout.outbox import Letter
from shop import mail
from shop.context import Shop
from shop.db import Database
from shop.newsletter import issues, jobs, subscriptions
from shop.newsletter.issues import AlreadyReleased, CannotRelease, NewsletterCopy, NewsletterIssue, NewsletterTerms
from shop.newsletter.subscriptions import Subscription
from tests.make import NOW
from tests.shop.backoffice.conftest import Clock
from tests.shop.storefront.selling import BUTTON, open_shop, place_order

Write = Callable[[], Any]
EMAIL = "erika@kundin.example"


@pytest.fixture
def clock(shop_app: Flask) -> Clock:
    """The shop's clock, in the test's hand."""
    ticking = Clock()
    object.__setattr__(shop_app.extensions["dorfladen"], "clock", ticking)
    return ticking


@pytest.fixture
def switched_on(shop_app: Flask, write: Write) -> None:
    """An open shop that has a newsletter."""
    open_shop(shop_app)
    with write() as session:
        session.add(NewsletterTerms(is_on=True, per_hour=1000))


def _asks(client: FlaskClient, **form: str) -> Any:
    return client.post("/newsletter", data={"email": EMAIL, "einwilligung": "ja"} | form)


def _letters(app: Flask) -> list[EmailMessage]:
    shop: Shop = app.extensions["dorfladen"]
    mail.deliver_due(app)
    files: list[Path] = sorted(shop.settings.mail.glob("*newsletter*.eml"))
    return [BytesParser(policy=default).parsebytes(file.read_bytes()) for file in files]


def _text(letter: EmailMessage, kind: str = "plain") -> str:
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def _confirmed(session: Session, count: int) -> list[Subscription]:
    made = [
        Subscription(email=f"leserin{number}@kundin.example", token=f"t{number}", wording=1, shop_name="Laden",
                     source="newsletter", asked_at=NOW, confirmed_at=NOW)
        for number in range(count)
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    return made


def _released(session: Session, **facts: Any) -> NewsletterIssue:
    issue = issues.write(session, None, subject="Herbst", body="Neue **Wolle**", now=NOW, author="Anna")
    issue.tested_at = NOW
    return issues.release(session, issue.id or 0, now=NOW, author="Anna")


def test_f08_a_shop_without_newsletter_shows_nothing_of_it(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    assert client.get("/newsletter").status_code == 404
    assert _asks(client).status_code == 404
    assert 'href="/newsletter"' not in client.get("/").text


def test_f08_the_box_is_not_ticked_and_must_be(switched_on: None, client: FlaskClient, write: Write) -> None:
    page = client.get("/newsletter").text
    box = re.search(r'<input type="checkbox"[^>]*>', page)
    assert box is not None
    assert "checked" not in box[0]
    assert 'href="/newsletter"' in client.get("/").text
    refused = _asks(client, einwilligung="")
    assert refused.status_code == 422
    assert "Häkchen" in refused.text
    assert _asks(client, email="erika@").status_code == 422
    with write() as session:
        assert session.exec(select(Subscription)).all() == []


def test_f08_nothing_is_sent_before_it_is_confirmed(
    switched_on: None, shop_app: Flask, client: FlaskClient, write: Write
) -> None:
    assert "bestätigen" in _asks(client).text
    (question,) = _letters(shop_app)
    link = re.search(r"https?://\S+/newsletter/bestaetigen/\S+", _text(question))
    assert link is not None
    path = link[0].partition("/newsletter")[1] + link[0].partition("/newsletter")[2]
    with write() as session:
        with pytest.raises(CannotRelease, match="niemand"):
            _released(session)
        assert issues.how_many(session) == 0
        session.rollback()
    assert "Ja, Newsletter bestellen" in client.get(path).text
    with write() as session:
        assert session.exec(select(Subscription.confirmed_at)).one() is None, "looking at the link confirms nothing"
    assert "Vielen Dank" in client.post(path).text
    with write() as session:
        kept = session.exec(select(Subscription)).one()
        assert (kept.email, kept.confirmed_at, kept.wording, kept.source) == (EMAIL, NOW, 1, "newsletter")
        assert "Nähladen Probe" in kept.consent
        assert {"ip", "address", "remote"}.isdisjoint(Subscription.model_fields), "no internet address is kept"


def test_f08_the_question_praises_no_goods(
    switched_on: None, shop_app: Flask, client: FlaskClient, write: Write
) -> None:
    _asks(client)
    (question,) = _letters(shop_app)
    for kind in ("plain", "html"):
        text = _text(question, kind)
        assert all(name not in text for name in ("Jersey", "Holzknopf", BUTTON, "Rabatt", "€", "/artikel/", "<img"))
        paths = {unescape(each) for each in re.findall(r"http://127[^\s\"<]*?(/[^\s\"<]*)", text)}
        assert all(
            path.startswith(("/newsletter/bestaetigen/", "/datenschutz", "/impressum")) or path == "/" for path in paths
        )
    assert "Impressum" in _text(question, "html")


def test_f08_nobody_learns_who_is_on_the_list_and_no_mailbox_is_filled(
    switched_on: None, client: FlaskClient, write: Write, clock: Clock
) -> None:
    def asked() -> str:
        """What the visitor reads, and the Message-ID of the only letter that is owed."""
        said.append(_asks(client, email=EMAIL.upper()).text)
        with write() as session:
            return str(session.exec(select(Letter.message_id)).one())

    said: list[str] = []
    first = asked()
    assert asked() == first
    clock.advance(timedelta(days=2))
    second = asked()
    assert second != first, "who has not confirmed may ask again, another day"
    with write() as session:
        subscriptions.confirm(session, session.exec(select(Subscription)).one(), clock.moment)
    clock.advance(timedelta(days=2))
    assert asked() == second
    assert len(set(said)) == 1


def test_f08_who_confirms_late_is_not_on_it_and_forgotten(
    switched_on: None, client: FlaskClient, write: Write, clock: Clock, shop_app: Flask
) -> None:
    _asks(client)
    with write() as session:
        token = session.exec(select(Subscription.token)).one()
    clock.advance(timedelta(days=7, hours=1))
    assert "gilt nicht mehr" in client.post(f"/newsletter/bestaetigen/{token}").text
    jobs.prune(shop_app)
    with write() as session:
        assert session.exec(select(Subscription)).all() == []
        assert session.exec(select(Letter)).all() == []
    assert client.get(f"/newsletter/bestaetigen/{token}").status_code == 404


def test_f08_on_the_page_of_an_order_it_is_a_box_of_its_own(
    switched_on: None, client: FlaskClient, write: Write
) -> None:
    address = place_order(client)
    page = client.get(address).text
    assert re.search(r'<input type="checkbox" name="einwilligung" value="ja" required>', page)
    token = address.rpartition("/")[2]
    assert client.post("/newsletter", data={"bestellung": token}).status_code == 422
    assert client.post("/newsletter", data={"bestellung": token, "einwilligung": "ja"}).status_code == 200
    with write() as session:
        kept = session.exec(select(Subscription)).one()
        assert (kept.email, kept.source, kept.confirmed_at) == (EMAIL, "order", None)


def test_f08_each_newsletter_can_be_ended_by_one_click_without_signing_in(
    switched_on: None, shop_app: Flask, write: Write
) -> None:
    with write() as session:
        _confirmed(session, 1)
        _released(session)
    jobs.hand_out(shop_app)
    (letter,) = _letters(shop_app)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = letter["List-Unsubscribe"].strip("<>")
    assert address in _text(letter)
    assert address in _text(letter, "html")
    assert "Impressum" in _text(letter, "html")
    assert "Petra Probe, Dorfstraße 1" in _text(letter)
    assert "<strong>Wolle</strong>" in _text(letter, "html")
    program = shop_app.test_client()  # sends no word of a page it comes from, and no cookie
    path = address[address.index("/newsletter") :]
    assert "abbestellen" in program.get(path).text
    with write() as session:
        assert session.exec(select(Subscription)).one().is_standing, "looking at the link ends nothing"
    assert program.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with write() as session:
        kept = session.exec(select(Subscription)).one()
        assert (kept.ended_at, kept.ended_by) == (NOW, "one-click")


def test_f08_who_leaves_gets_nothing_that_was_still_on_its_way(
    switched_on: None, shop_app: Flask, write: Write
) -> None:
    with write() as session:
        first, _ = _confirmed(session, 2)
        _released(session)
    jobs.hand_out(shop_app)
    with write() as session:
        subscriptions.end(session, session.get_one(Subscription, first.id), by="link", now=NOW)
    assert [letter["To"] for letter in _letters(shop_app)] == ["leserin1@kundin.example"]


def test_f11_the_proof_is_kept_for_three_years_to_the_end_of_the_year(
    switched_on: None, shop_app: Flask, write: Write, clock: Clock
) -> None:
    with write() as session:
        (reader,) = _confirmed(session, 1)
        _released(session)
        issues.hand_out(session, NOW)
        subscriptions.end(session, reader, by="link", now=NOW)
    clock.moment = NOW.replace(year=2029, month=12, day=31)
    jobs.prune(shop_app)
    with write() as session:
        assert session.exec(select(Subscription)).one().consent
    clock.moment = NOW.replace(year=2030, month=1, day=1)
    jobs.prune(shop_app)
    with write() as session:
        assert session.exec(select(Subscription)).all() == []
        assert session.exec(select(NewsletterCopy)).all() == []


def test_a_newsletter_goes_to_each_reader_once_however_often_it_is_interrupted(either_database: Database) -> None:
    with either_database.writing() as session:
        session.add(NewsletterTerms(is_on=True, per_hour=1000))
        _confirmed(session, 120)
        issue = _released(session)
    handed = []
    with either_database.write_session() as session:  # cut off before its commit
        issues.hand_out(session, NOW)
    while True:
        with either_database.writing() as session:
            if not (count := issues.hand_out(session, NOW)):
                break
            handed.append(count)
    assert handed == [50, 50, 20]
    with either_database.reading() as session:
        recipients = session.exec(select(Letter.recipient).where(Letter.kind == "newsletter")).all()
        assert len(recipients) == len(set(recipients)) == 120
        assert session.get_one(NewsletterIssue, issue.id).finished_at == NOW
    with either_database.writing() as session, pytest.raises(AlreadyReleased):
        issues.release(session, issue.id or 0, now=NOW, author="Anna")


def test_no_more_go_out_in_an_hour_than_the_owner_allows(database: Database) -> None:
    with database.writing() as session:
        session.add(NewsletterTerms(is_on=True, per_hour=60))
        _confirmed(session, 100)
        _released(session)
        assert [issues.hand_out(session, NOW) for _ in range(4)] == [50, 10, 0, 0]
        later = NOW + timedelta(minutes=61)
        assert [issues.hand_out(session, later) for _ in range(2)] == [40, 0]


def test_what_was_not_tried_or_has_been_changed_since_stays_here(database: Database) -> None:
    with database.writing() as session:
        session.add(NewsletterTerms(is_on=True))
        _confirmed(session, 1)
        issue = issues.write(session, None, subject="Herbst", body="Wolle", now=NOW, author="Anna")
        with pytest.raises(CannotRelease, match="Probe"):
            issues.release(session, issue.id or 0, now=NOW, author="Anna")
        issues.test(session, issue, NOW)
        issues.write(session, issue, subject="Herbst", body="Wolle und Stoff", now=NOW, author="Anna")
        with pytest.raises(CannotRelease, match="Probe"):
            issues.release(session, issue.id or 0, now=NOW, author="Anna")

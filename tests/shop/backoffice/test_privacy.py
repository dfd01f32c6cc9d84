"""Contracts with those who get data, the papers of data protection, tests of the backups."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from shop import backup
from shop.context import Shop
from shop.newsletter.issues import NewsletterTerms
from shop.personal import jobs, papers
from shop.personal.papers import Breach
from shop.processors import ProcessorNote
from shop.restore_tests import RestoreTest
from tests.make import NOW

Write = Callable[[], Any]
ROOM = "/backoffice/datenschutz"


def test_a_contract_is_noted_and_no_longer_missing(owner: FlaskClient, write: Write) -> None:
    assert "Vertrag fehlt" in owner.get(ROOM).text
    assert owner.post(f"{ROOM}/empfaenger/host", data={"vertrag": "gestern"}).status_code == 422
    told = {"name": "Rechenhof GmbH", "vertrag": "2026-03-01", "ohne": ""}
    assert owner.post(f"{ROOM}/empfaenger/host", data=told).status_code == 303
    assert owner.post(f"{ROOM}/empfaenger/backup", data={"ohne": "liegt bei mir"}).status_code == 303
    page = owner.get(ROOM).text
    assert "Vertrag vom 01.03.2026" in page
    assert "Vertrag fehlt" not in page
    assert 'value="2026-03-01"' in owner.get(f"{ROOM}/empfaenger/host").text
    assert owner.get(f"{ROOM}/empfaenger/nobody").status_code == 404
    with write() as session:
        assert session.get_one(ProcessorNote, "host").author == "Anna"


def test_others_are_entered_and_struck_out(owner: FlaskClient) -> None:
    assert owner.post(f"{ROOM}/empfaenger", data={"wer": "", "was": ""}).status_code == 422
    entered = {"wer": "Buchhaltung im Netz", "was": "Rechnungen, um sie zu buchen", "auftrag": "ja"}
    assert owner.post(f"{ROOM}/empfaenger", data=entered).status_code == 303
    assert "Buchhaltung im Netz" in owner.get(ROOM).text
    assert "Buchhaltung im Netz: Rechnungen" in owner.get("/datenschutz").text, "the privacy policy follows"
    owner.post(f"{ROOM}/empfaenger/other-1/streichung")
    assert "Buchhaltung im Netz" not in owner.get(ROOM).text


@pytest.mark.parametrize("name", papers.TITLES)
def test_f07_each_paper_can_be_read_and_kept(owner: FlaskClient, name: str) -> None:
    page = owner.get(f"{ROOM}/papier/{name}")
    assert page.status_code == 200
    assert "None" not in page.text
    assert owner.get(f"{ROOM}/papier/{name}.pdf").data.startswith(b"%PDF")
    assert owner.get(f"{ROOM}/papier/anderes").status_code == 404


def test_f07_the_record_says_what_is_switched_on(owner: FlaskClient, write: Write) -> None:
    record = owner.get(f"{ROOM}/papier/verzeichnis").text
    assert "Bestellung, Lieferung, Rechnung" in record
    assert "Newsletter" not in record.partition("card prose")[2]
    with write() as session:
        session.add(NewsletterTerms(is_on=True))
    assert "Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO" in owner.get(f"{ROOM}/papier/verzeichnis").text


def test_f07_a_breach_must_be_told_within_seventy_two_hours(owner: FlaskClient) -> None:
    assert "72 Stunden später" in owner.get(f"{ROOM}/papier/datenpanne").text
    page = owner.get(f"{ROOM}/papier/datenpanne?seit=2026-11-20T18:30").text
    assert "23.11.2026, 18:30 Uhr" in page
    spring = Breach(datetime(2026, 3, 27, 11, 0, tzinfo=UTC))  # the clocks go forward in between
    assert spring.report_until == datetime(2026, 3, 30, 11, 0, tzinfo=UTC)


def test_f03_the_newest_backup_is_brought_back_and_read(owner: FlaskClient, shop_app: Flask, write: Write) -> None:
    shop: Shop = shop_app.extensions["dorfladen"]
    assert "noch nie probiert" in owner.get(ROOM).text
    owner.post(f"{ROOM}/sicherungsprobe")
    assert "noch keine Sicherung" in owner.get(ROOM).text
    made = backup.make(shop.settings, shop.database, NOW)
    jobs.try_backup(shop_app)
    with write() as session:
        tested = session.exec(select(RestoreTest)).one()
        assert (tested.file, tested.problem, tested.tested_at) == (made.name, "", NOW)
    begun, killed = shop.settings.data / "restore-test-a", shop.settings.data / "restore-test-b"
    begun.mkdir()
    killed.mkdir()
    os.utime(begun, (NOW.timestamp(), NOW.timestamp()))
    os.utime(killed, (0, 0))
    owner.post(f"{ROOM}/sicherungsprobe")
    assert (begun.exists(), killed.exists()) == (True, False), "it held everybody's data"
    begun.rmdir()
    jobs.try_backup(shop_app)
    with write() as session:
        session.delete(session.exec(select(RestoreTest)).all()[-1])
    with write() as session:
        assert len(session.exec(select(RestoreTest)).all()) == 1, "once a week"
    made.write_bytes(made.read_bytes()[:-200])
    owner.post(f"{ROOM}/sicherungsprobe")
    assert "lässt sich nicht zurückspielen" in owner.get(ROOM).text
    assert list(shop.settings.data.glob("restore-test-*")) == []

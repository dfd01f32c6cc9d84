"""The books' pages: files for accountant and tax office, the journal, retention, taxation, how the books are kept."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlmodel import select

from checkout import book_terms, extf, journal, retention, small_business
from checkout.invoices import Invoice
from shop import journal_heads, profile
from shop.context import Shop
from tests.shop.invoiced import make_sent, tell_seller

Write = Callable[[], Any]
HERE = "/backoffice/buchhaltung"


@pytest.fixture
def sold(owner: FlaskClient, write: Write) -> FlaskClient:
    """The owner's browser, in a shop that has sent an order with its invoice."""
    with write() as session:
        tell_seller(session)
    with write() as session:
        make_sent(session)
    return owner


def shop_of(app: Flask) -> Shop:
    shop: Shop = app.extensions["dorfladen"]
    return shop


def test_the_page_says_that_the_journal_is_whole(sold: FlaskClient, shop_app: Flask) -> None:
    page = sold.get(HERE).text
    assert "noch nicht ganz geprüft" in page
    assert "nicht unversehrt" not in page
    told = sold.post(f"{HERE}/journal", follow_redirects=True).text
    assert "Das Journal ist unversehrt" in told
    assert "zuletzt ganz geprüft am 22.11.2026: alles unversehrt" in told
    with shop_of(shop_app).database.reading() as session:
        head = journal.head_of(session)
    assert head[1] in told
    assert [(each.number, each.hash) for each in journal_heads.read(shop_of(shop_app).settings)] == [head]


def test_the_page_says_what_somebody_has_tampered_with(sold: FlaskClient, shop_app: Flask) -> None:
    with shop_of(shop_app).database.engine.execution_options(write=True).begin() as connection:
        connection.execute(text('UPDATE "order" SET total_cents = 1'))
    assert "Das Journal ist nicht unversehrt" in sold.get(HERE).text


def test_the_archive_of_a_month_holds_every_document_and_the_head(sold: FlaskClient, shop_app: Flask) -> None:
    with shop_of(shop_app).database.reading() as session:
        [invoice] = session.exec(select(Invoice)).all()
    answer = sold.get(f"{HERE}/monat.zip?monat=2026-11")
    assert "buchhaltung-2026-11.zip" in answer.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    names = archive.namelist()
    assert [name for name in names if name.startswith("belege/") and invoice.number in name and name.endswith(".pdf")]
    assert [name for name in names if name.startswith("belege/") and name.endswith(".xml")]
    assert {"journal.csv", "index.xml", "zusammenfassung.txt"} <= set(names)
    summary = archive.read("zusammenfassung.txt").decode()
    with shop_of(shop_app).database.reading() as session:
        _, digest = journal.head_of(session)  # printing the files has added to it
    assert digest in summary
    assert "Rechnung: 1" in summary
    assert all(name in summary for name in names if name != "zusammenfassung.txt")
    assert not [name for name in names if name.startswith("EXTF")]
    empty = zipfile.ZipFile(io.BytesIO(sold.get(f"{HERE}/monat.zip?monat=2026-10").data))
    assert not [name for name in empty.namelist() if name.startswith("belege/")]


def test_datev_wants_the_accountants_numbers_first(sold: FlaskClient, write: Write) -> None:
    refused = sold.get(f"{HERE}/datev.csv?monat=2026-11")
    assert "Beraternummer" in refused.text
    told = sold.post(f"{HERE}/konten", data={"berater": "29098", "mandant": "55003", "rahmen": "04", "beginn": "1",
                                             "konto-stripe": "1463"})  # fmt: skip
    assert told.status_code == 303
    with write() as session:
        terms = book_terms.load(session)
    assert (terms.consultant, terms.chart, terms.account("stripe"), terms.account("bank")) == (
        29098,
        "04",
        "1463",
        "1800",
    )
    answer = sold.get(f"{HERE}/datev.csv?monat=2026-11")
    assert "EXTF_Buchungsstapel_20261101_20261130.csv" in answer.headers["Content-Disposition"]
    header, names, *rows = csv.reader(io.StringIO(answer.data.decode("cp1252"), newline=""), delimiter=";")
    assert (header[0], header[10], tuple(names)) == ("EXTF", "29098", extf.COLUMNS)
    assert {row[7] for row in rows} == {"4400", "10000"}
    archive = zipfile.ZipFile(io.BytesIO(sold.get(f"{HERE}/monat.zip?monat=2026-11").data))
    assert "EXTF_Buchungsstapel_20261101_20261130.csv" in archive.namelist()


@pytest.mark.parametrize(("field", "value"), [("berater", "12"), ("mandant", "abc"), ("konto-bank", "12a")])
def test_numbers_that_are_none_are_refused(owner: FlaskClient, field: str, value: str) -> None:
    data = {"berater": "29098", "mandant": "55003", "rahmen": "03", "beginn": "1"} | {field: value}
    assert owner.post(f"{HERE}/konten", data=data).status_code == 422


def test_the_tax_office_gets_a_period_or_a_question(sold: FlaskClient) -> None:
    answer = sold.get(f"{HERE}/finanzamt.zip?von=2026-01-01&bis=2026-12-31")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert b"RE-2026-00001" in archive.read("belege.csv")
    assert sold.get(f"{HERE}/finanzamt.zip?von=2026-12-31&bis=2026-01-01").status_code == 422
    assert sold.get(f"{HERE}/monat.zip?monat=2026-13").status_code == 404


def test_the_procedures_are_written_from_what_is_set_up(sold: FlaskClient, write: Write) -> None:
    page = sold.get(f"{HERE}/verfahren").text
    for said in ("Schnuckidu", "SQLite", "RE-JJJJ-NNNNN", "Anna", "SKR 03", "Regelbesteuerung", "8 Jahre"):
        assert said in page, said
    with write() as session:
        profile.load(session).is_small_business = True
        retention.hold(session, "Betriebsprüfung 2025", now=shop_of(sold.application).clock(), author="Anna")
    changed = sold.get(f"{HERE}/verfahren").text
    assert "Kleinunternehmer nach § 19" in changed
    assert "Betriebsprüfung 2025" in changed
    assert sold.get(f"{HERE}/verfahren.pdf").data.startswith(b"%PDF")


def test_a_hold_is_set_and_ended_with_its_reason(owner: FlaskClient, write: Write) -> None:
    page = f"{HERE}/aufbewahrung"
    assert "Was am 1. Januar 2027 abläuft" in owner.get(page).text
    assert owner.post(page, data={"grund": " "}).status_code == 422
    assert "Zurzeit wird nichts gelöscht" in owner.post(page, data={"grund": "Prüfung"}, follow_redirects=True).text
    with write() as session:
        [held] = retention.standing_holds(session)
    assert (held.reason, held.author) == ("Prüfung", "Anna")
    owner.post(f"{page}/{held.id}/ende")
    assert "Zurzeit wird nichts gelöscht" not in owner.get(page).text


def test_taxation_is_planned_by_date(owner: FlaskClient, write: Write) -> None:
    page = f"{HERE}/besteuerung"
    late = owner.post(f"{page}/umstellung", data={"art": "klein", "ab": "2026-11-21"})
    assert late.status_code == 422
    assert owner.post(f"{page}/umstellung", data={"art": "klein", "ab": "2027-01-01"}).status_code == 303
    with write() as session:
        assert not profile.load(session).is_small_business
        assert [each.since for each in small_business.history(session)] == [date(2027, 1, 1)]
    assert owner.post(f"{page}/umstellung", data={"art": "klein", "ab": "2026-11-22"}).status_code == 303
    with write() as session:
        assert profile.load(session).is_small_business
    owner.post(page, data={"umsatz-2026": "79.999,99", "umsatz-2025": ""})
    assert "Über 80 %" not in owner.get(HERE).text
    assert "Die Grenze für Kleinunternehmer" not in owner.get("/backoffice/").text
    owner.post(page, data={"umsatz-2026": "80.000,00", "umsatz-2025": ""})
    assert "Über 80 %" in owner.get(HERE).text
    assert "Die Grenze für Kleinunternehmer" in owner.get("/backoffice/").text

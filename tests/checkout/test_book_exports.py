"""What the accountant and the tax office get: every document and every cent, and nothing of persons."""

import csv
import io
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from sqlmodel import col, func, select

from checkout import account_bookings, extf, gobd, journal, periods
from checkout.book_terms import PLACES, SKR04, BookTerms
from checkout.booked import Booking
from checkout.documents import Tax
from checkout.extf import COLUMNS, NotForDatev
from checkout.invoices import Invoice
from checkout.journal import JournalEntry
from checkout.orders import Order
from checkout.payments import Payment
from checkout.periods import Period
from checkout.refunds import Refund
from checkout.tax_sheets import MONEY, sheets
from shop.db import Database
from tests.checkout.trading import SELLER, trade
from tests.make import NOW

NOVEMBER = periods.month(2026, 11)
TERMS = BookTerms(consultant=29098, client=55003, accounts={})


@pytest.fixture(scope="module")
def _file(empty_database_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("trade") / "shop.db"
    shutil.copy(empty_database_file, file)
    database = Database(f"sqlite:///{file}", clock=lambda: NOW)
    trade(database)
    database.close()
    return file


@pytest.fixture
def traded(_file: Path) -> Iterator[Database]:
    """A shop that has traded in November; only to be read."""
    database = Database(f"sqlite:///{_file}")
    yield database
    database.close()


def booked(database: Database, period: Period = NOVEMBER) -> list[Booking]:
    with database.reading() as session:
        return account_bookings.bookings(session, period)


def signed(booking: Booking) -> int:
    return -booking.cents if booking.is_credit else booking.cents


def extf_rows(bookings: list[Booking], terms: BookTerms = TERMS) -> tuple[list[str], list[dict[str, str]]]:
    written = extf.write(bookings, terms, NOVEMBER, shop="Schnuckidu", made_at=NOW).decode("cp1252")
    header, names, *rows = csv.reader(io.StringIO(written, newline=""), delimiter=";")
    assert tuple(names) == COLUMNS
    return header, [extf.columns_of(row) for row in rows]


def test_one_booking_for_each_rate_of_a_document_and_the_sums_are_theirs(traded: Database) -> None:
    with traded.reading() as session:
        documents = [each.content for each in session.exec(select(Invoice)).all()]
    of_documents = [each for each in booked(traded) if each.contra.startswith("revenue")]
    assert len(documents) == 6  # five invoices and a correction
    assert len(of_documents) == sum(len(each.taxes) for each in documents) == 7
    assert sum(signed(each) for each in of_documents) == sum(each.gross_cents for each in documents)
    by_place: Counter[str] = Counter()
    for each in of_documents:
        by_place[each.contra] += signed(each)
    wanted: Counter[str] = Counter()
    for document in documents:
        for tax in document.taxes:
            wanted[account_bookings.revenue_place(tax, document.vat_country)] += tax.gross_cents
    assert by_place == wanted
    assert set(by_place) == {"revenue_190", "revenue_70", "revenue_oss", "revenue_exempt"}


def test_money_is_booked_when_it_moves_and_customers_come_to_nothing(traded: Database) -> None:
    every = booked(traded)
    with traded.reading() as session:
        paid = session.exec(select(func.sum(Payment.cents))).one()
        back = session.exec(select(func.sum(Refund.cents))).one()
    assert sum(signed(each) for each in every if each.account == "bank") == paid - back
    debtors = sum(signed(each) for each in every if each.account == "debtors")
    debtors -= sum(signed(each) for each in every if each.contra == "debtors")
    assert debtors == 50_00  # the gift voucher that nobody has paid for in this tale
    assert sum(signed(each) for each in every if each.account == "gifts") == 20_00


def test_a_correction_is_matched_by_its_invoice(traded: Database) -> None:
    [correction] = [each for each in booked(traded) if each.contra == "revenue_190" and each.is_credit]
    assert correction.cents == 5_00
    assert correction.voucher.startswith("RE-2026-")
    assert re.search(r"Korrektur KO-2026-\d{5} ", correction.text)


def test_only_what_is_in_the_period_is_booked(traded: Database) -> None:
    assert booked(traded, periods.month(2026, 10)) == booked(traded, periods.month(2026, 12)) == []
    day = Period(date(2026, 11, 23), date(2026, 11, 23))
    assert {each.day for each in booked(traded, day)} == {day.first}


def test_the_header_has_the_31_fields_of_the_format(traded: Database) -> None:
    header, _ = extf_rows(booked(traded))
    assert header == [
        "EXTF", "700", "21", "Buchungsstapel", "13", "20261122110000000", "", "RE", "Schnuckidu", "", "29098", "55003",
        "20260101", "4", "20261101", "20261130", "Onlineshop 01.11.-30.11.2026", "", "1", "0", "0", "EUR", "", "", "",
        "", "03", "", "", "", "",
    ]  # fmt: skip


def test_rows_are_written_as_datev_reads_them(traded: Database) -> None:
    every = booked(traded)
    _, rows = extf_rows(every)
    assert len(COLUMNS) == 125
    for row, booking in zip(rows, every, strict=True):
        assert re.fullmatch(r"\d+,\d{2}", row["Umsatz (ohne Soll/Haben-Kz)"])
        assert row["Soll/Haben-Kennzeichen"] in ("S", "H")
        assert row["Belegdatum"] == f"{booking.day:%d%m}"
        assert len(row["Belegdatum"]) == 4
        assert re.fullmatch(r"[A-Za-z0-9$&%*+\-/]{1,36}", row["Belegfeld 1"])
        assert 0 < len(row["Buchungstext"]) <= 60
        assert row["BU-Schlüssel"] == ""  # automatic accounts know their tax
    [abroad] = [row for row in rows if row["Gegenkonto (ohne BU-Schlüssel)"] == "8320"]
    assert (abroad["EU-Land u. UStID (Bestimmung)"], abroad["EU-Steuersatz (Bestimmung)"]) == ("AT", "20,00")
    sums = sum(int(row["Umsatz (ohne Soll/Haben-Kz)"].replace(",", "")) for row in rows)
    assert sums == sum(each.cents for each in every)


def test_text_is_quoted_and_numbers_are_not(traded: Database) -> None:
    booking = replace(booked(traded)[0], account="debtors", contra="revenue_190", text='Knopf "groß" ' + "x" * 80)
    line = extf.write([booking], TERMS, NOVEMBER, shop="", made_at=NOW).split(b"\r\n")[2].decode("cp1252")
    assert '"Knopf ""groß"" ' in line
    assert line.startswith(f'{booking.cents // 100},{booking.cents % 100:02d};"S";"EUR";;;"";10000;8')
    assert extf.write([], TERMS, NOVEMBER, shop="", made_at=NOW).endswith(b"Abw. Skontokonto\r\n")


@pytest.mark.parametrize(
    ("category", "permille", "country", "skr03", "skr04"),
    [
        ("S", 190, "DE", "8400", "4400"), ("S", 70, "DE", "8300", "4300"), ("E", 0, "DE", "8195", "4185"),
        ("K", 0, "DE", "8125", "4125"),
        ("K", 0, "AT", "8125", "4125"), ("G", 0, "DE", "8120", "4120"), ("S", 200, "AT", "8320", "4320"),
        ("S", 160, "DE", "8200", "4200"),
    ],
)  # fmt: skip
def test_each_kind_of_sale_has_its_account(category: str, permille: int, country: str, skr03: str, skr04: str) -> None:
    tax = Tax(category, permille, 0, 0, 0, "weil" if category != "S" else "")
    place = account_bookings.revenue_place(tax, country)
    assert TERMS.account(place) == skr03
    assert BookTerms(chart=SKR04, accounts={}).account(place) == skr04


def test_the_owner_may_name_other_accounts(traded: Database) -> None:
    own = BookTerms(consultant=29098, client=55003, accounts={"revenue_190": "8401", "bank": "1210"})
    _, rows = extf_rows(booked(traded), own)
    accounts = {row["Gegenkonto (ohne BU-Schlüssel)"] for row in rows} | {row["Konto"] for row in rows}
    assert {"8401", "1210"} <= accounts
    assert not {"8400", "1200"} & accounts
    assert not own.computes_tax("revenue_190")
    assert all(set(place.accounts) == {"03", "04"} for place in PLACES.values())


@pytest.mark.parametrize(
    ("terms", "period", "words"),
    [
        (BookTerms(accounts={}), NOVEMBER, "Beraternummer"),
        (TERMS, Period(date(2026, 12, 1), date(2027, 1, 31)), "Wirtschaftsjahr"),
        (BookTerms(consultant=29098, client=1, year_begins=7, accounts={}), periods.year(2026), "Wirtschaftsjahr"),
    ],
)
def test_what_datev_would_refuse_is_refused(terms: BookTerms, period: Period, words: str) -> None:
    with pytest.raises(NotForDatev, match=words):
        extf.write([], terms, period, shop="", made_at=NOW)


def test_a_period_begins_and_ends_in_berlin() -> None:
    assert NOVEMBER.begins_at == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert periods.month(2024, 2).last == date(2024, 2, 29)
    assert periods.year(2026).ends_at == datetime(2026, 12, 31, 23, tzinfo=UTC)
    with pytest.raises(ValueError, match="before it begins"):
        Period(date(2026, 1, 2), date(2026, 1, 1))


def exported(database: Database, period: Period = NOVEMBER) -> zipfile.ZipFile:
    out = io.BytesIO()
    with database.reading() as session:
        gobd.write(out, session, period, SELLER)
    return zipfile.ZipFile(out)


def read_back(archive: zipfile.ZipFile) -> dict[str, list[dict[str, str]]]:
    """All tables, read by nothing but their description."""
    described = Xml.fromstring(archive.read("index.xml"))
    tables = {}
    for table in described.iter("Table"):
        length = table.find("VariableLength")
        assert length is not None
        assert length.findtext("RecordDelimiter") == "\r\n"
        names = [column.findtext("Name") or "" for column in length.iter("VariableColumn")]
        text = archive.read(table.findtext("URL") or "").decode("utf-8")
        skipped = int(table.findtext("Range/From") or "1") - 1
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=length.findtext("ColumnDelimiter") or ""))
        tables[table.findtext("URL") or ""] = [dict(zip(names, row, strict=True)) for row in rows[skipped:]]
    return tables


def cents(text: str) -> int:
    return int(text.replace(",", ""))


def test_e13_the_export_comes_back_whole(traded: Database) -> None:
    tables = read_back(exported(traded))
    assert set(tables) == {sheet.file for sheet in sheets()}
    with traded.reading() as session:
        documents = [each.content for each in session.exec(select(Invoice).order_by(col(Invoice.id))).all()]
        orders = session.exec(select(Order).order_by(col(Order.id))).all()
        payments = session.exec(select(Payment)).all()
        events = session.execute(select(func.count()).select_from(journal.sheet_of("orderevent"))).scalar_one()
    assert [row["Nummer"] for row in tables["belege.csv"]] == [each.number for each in documents]
    for name, amount in (("Netto", "net_cents"), ("Steuer", "vat_cents"), ("Brutto", "gross_cents")):
        wanted = sum(getattr(each, amount) for each in documents)
        assert sum(cents(row[name]) for row in tables["belege.csv"]) == wanted
        assert sum(cents(row[name]) for row in tables["belegsteuern.csv"]) == wanted
    assert sum(cents(row["Brutto"]) for row in tables["belegpositionen.csv"]) == sum(d.gross_cents for d in documents)
    assert [cents(row["Summe"]) for row in tables["bestellungen.csv"]] == [order.total_cents for order in orders]
    assert sum(cents(row["Zeilensumme"]) for row in tables["bestellpositionen.csv"]) == sum(
        o.goods_cents for o in orders
    )
    assert sum(cents(row["Betrag"]) for row in tables["zahlungen.csv"]) == sum(each.cents for each in payments)
    assert [cents(row["Betrag"]) for row in tables["nachlaesse.csv"]] == [5_00]
    assert [cents(row["Betrag"]) for row in tables["rueckzahlungen.csv"]] == [5_00]
    assert len(tables["vorgaenge.csv"]) == events
    assert [cents(row["Betrag"]) for row in tables["gutscheinbewegungen.csv"]] == [50_00, -20_00]


def test_e13_the_exported_journal_can_be_verified_by_itself(traded: Database) -> None:
    rows = read_back(exported(traded))["journal.csv"]
    with traded.reading() as session:
        assert len(rows) == session.exec(select(func.count()).select_from(JournalEntry)).one()
        head = journal.head_of(session)
    previous = journal.GENESIS
    for row in rows:
        entry = {
            "number": int(row["Nummer"]), "recorded_at": datetime.fromisoformat(row["Zeitpunkt"]),
            "author": row["Durch"], "kind": row["Art"], "about": row["Tabelle"],
            "row_id": int(row["Zeile"]) if row["Zeile"] else None, "body": row["Inhalt"],
        }  # fmt: skip
        assert row["Prüfsumme davor"] == previous
        assert journal.hash_of(previous, entry) == row["Prüfsumme"]
        previous = row["Prüfsumme"]
    assert (int(rows[-1]["Nummer"]), previous) == head


def test_e13_no_person_and_no_other_period_is_exported(traded: Database) -> None:
    archive = exported(traded)
    everything = " ".join(archive.read(name).decode() for name in archive.namelist())
    for secret in ("Erika Muster", "erika@kundin.example", "Am Anger", "Lindow-Wiesental"):
        assert secret not in everything
    other = read_back(exported(traded, periods.month(2026, 10)))
    assert all(rows == [] for rows in other.values())


def test_the_description_is_xml_whatever_the_shop_is_called() -> None:
    written = gobd.index(sheets(), NOVEMBER, replace(SELLER, company="Schnuckidu\x0b\x01 <&> 🧵"))
    assert Xml.fromstring(written).findtext("DataSupplier/Name") == "Schnuckidu <&> 🧵"


def test_the_description_is_built_as_its_standard_asks() -> None:
    """The order of elements that gdpdu-01-09-2004.dtd allows, written down here as patterns."""
    orders = {
        "DataSet": "Version DataSupplier Media ", "DataSupplier": "Name Location Comment ", "Media": "Name (Table )+",
        "Table": "URL Name Description Validity UTF8 DecimalSymbol DigitGroupingSymbol Range VariableLength ",
        "Validity": "Range ", "Range": "From (To )?", "Numeric": "(Accuracy )?", "Date": "Format ",
        "VariableLength": "ColumnDelimiter RecordDelimiter TextEncapsulator (VariableColumn )+",
        "VariableColumn": "Name (Description )?(Numeric |AlphaNumeric |Date )",
    }  # fmt: skip
    written = gobd.index(sheets(), NOVEMBER, SELLER)
    assert b'<!DOCTYPE DataSet SYSTEM "gdpdu-01-09-2004.dtd">' in written
    for element in Xml.fromstring(written).iter():
        children = "".join(f"{child.tag} " for child in element)
        assert re.fullmatch(orders.get(element.tag, ""), children), (element.tag, children)
    money = [column for sheet in sheets() for column in sheet.columns if column.kind == MONEY]
    assert written.count(b"<Accuracy>2</Accuracy>") == len(money)

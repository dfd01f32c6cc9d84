"""Reading in a table: nothing happens before the owner has seen what would change."""

import os
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from catalog.products import Product, Variant
from shop.settings import Settings
from tests.make import NOW

Write = Callable[[], Any]
TABLE = "Artikelnummer;Produktname;Preis;Einheit;Bestand\nJ-1;Jersey Füchse;12,90;m;8,40\nK-1;Hornknopf;0,45;Stück;80\n"


def test_a_file_is_looked_at_and_then_read_in(owner: FlaskClient, write: Write, settings: Settings) -> None:
    shown = upload(owner, TABLE.encode("cp1252"))
    page = owner.get(shown).text
    assert "<b>2</b> neu" in page
    assert "Noch ist nichts geschehen" in page
    with write() as session:
        assert session.exec(select(Product)).all() == []
    assert owner.post(shown).status_code == 303
    with write() as session:
        assert {each.name for each in session.exec(select(Product)).all()} == {"Jersey Füchse", "Hornknopf"}
        assert {each.on_hand for each in session.exec(select(Variant)).all()} == {840, 80}
    assert list((settings.data / "import").iterdir()) == []


def test_the_same_file_again_changes_nothing(owner: FlaskClient) -> None:
    owner.post(upload(owner, TABLE.encode()))
    assert "0 Änderungen" in owner.get(upload(owner, TABLE.encode())).text


def test_refused_rows_are_named(owner: FlaskClient) -> None:
    page = owner.get(upload(owner, (TABLE + "X-1;Schnalle;kostet viel;Stück;1\n").encode())).text
    assert "Zeile 3" in page


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\0\0", b"just some words"])
def test_what_is_no_table_is_refused_with_a_sentence(owner: FlaskClient, content: bytes) -> None:
    answer = owner.post("/backoffice/einlesen", data={"datei": (BytesIO(content), "x.csv")})
    assert answer.status_code == 422
    assert "field__error" in answer.text


@pytest.mark.parametrize("name", ["../../shop", "0" * 32, "..%2f..%2fsecret", "x"])
def test_no_other_file_can_be_reached(owner: FlaskClient, name: str) -> None:
    assert owner.get(f"/backoffice/einlesen/{name}").status_code == 404


def test_a_file_that_nobody_read_in_goes_away(owner: FlaskClient, settings: Settings) -> None:
    forgotten = settings.data / "import" / f"{'0' * 32}.csv"
    forgotten.parent.mkdir()
    forgotten.write_text(TABLE, encoding="utf-8")
    two_days_before = (NOW - timedelta(days=2)).timestamp()
    os.utime(forgotten, (two_days_before, two_days_before))
    upload(owner, TABLE.encode())
    assert not forgotten.exists()


def upload(visitor: FlaskClient, content: bytes) -> str:
    answer = visitor.post("/backoffice/einlesen", data={"datei": (BytesIO(content), "artikel.csv")})
    assert answer.status_code == 303
    return str(answer.location)

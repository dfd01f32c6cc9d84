"""What waits in the watched folder stands on the page of today, with the reason and the way to it."""

from flask import Flask
from flask.testing import FlaskClient

from shop.watched_folder import Watcher, folder_of


def drop(app: Flask, name: str, content: str) -> None:
    watcher = Watcher()
    (folder_of(app.extensions["dorfladen"].settings) / name).write_text(content, encoding="utf-8")
    for _ in range(2):
        watcher.look(app)


def test_a_file_that_waits_is_named_with_its_reason(owner: FlaskClient, shop_app: Flask) -> None:
    drop(shop_app, "kasse.csv", "Artikelnummer;Produktname;Preis\nA;Band;1,00\n")
    page = owner.get("/backoffice/").text
    assert "„kasse.csv“ wartet auf Ihr Ja" in page
    assert "Ein Artikel ist neu." in page
    assert 'href="/backoffice/einlesen/1"' in page
    assert "Aus dem Ordner, der beobachtet wird. Ein Artikel ist neu." in owner.get("/backoffice/einlesen/1").text


def test_a_file_that_cannot_be_read_is_named_with_its_reason(owner: FlaskClient, shop_app: Flask) -> None:
    drop(shop_app, "brief.txt", "Sehr geehrte Damen und Herren")
    assert "„brief.txt“ ließ sich nicht einlesen" in owner.get("/backoffice/").text
    page = owner.get("/backoffice/einlesen/1").text
    assert "In dieser Datei erkennen wir keine Spalten" in page
    assert "import/abgelehnt/1-brief.txt" in page
    assert "Gesehen, weglegen" in page
    owner.post("/backoffice/einlesen/1/verwerfen")
    assert "brief.txt" not in owner.get("/backoffice/").text


def test_what_was_dismissed_is_gone_from_today(owner: FlaskClient, shop_app: Flask) -> None:
    drop(shop_app, "kasse.csv", "Artikelnummer;Produktname;Preis\nA;Band;1,00\n")
    assert owner.post("/backoffice/einlesen/1/verwerfen").status_code == 303
    assert "kasse.csv" not in owner.get("/backoffice/").text


def test_of_many_files_the_newest_stand_there_and_the_rest_is_counted(owner: FlaskClient, shop_app: Flask) -> None:
    for number in range(7):
        drop(shop_app, "kasse.csv", f"Artikelnummer;Produktname;Preis\nA{number};Band {number};1,00\n")
    page = owner.get("/backoffice/").text
    assert page.count("„kasse.csv“ wartet auf Ihr Ja") == 5
    assert "… und 2 weitere aus dem Ordner." in page
    assert page.index("/backoffice/einlesen/7") < page.index("/backoffice/einlesen/3")

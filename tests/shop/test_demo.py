"""The demonstration shop: lawful goods, pictures for all of them, filled by the owner's own importer."""

import csv
from pathlib import Path

import pytest
from sqlmodel import SQLModel, col, select

from catalog import images, prices, remnants
from catalog.exchange import dialects
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.plan import Plan
from catalog.exchange.planning import make_plan
from catalog.images import Picture
from catalog.products import Product, Variant
from shop import demo, legal, preparing, profile
from shop.context import utc_now
from shop.db import Database
from shop.settings import read_settings

GOODS = demo.HABERDASHERY / "goods.csv"
PICTURES = demo.HABERDASHERY / "pictures"


def _rows() -> list[dict[str, str]]:
    with GOODS.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def _pictures_named() -> set[str]:
    return {name for row in _rows() for name in (*row["Bilder"].split("|"), row["Bild der Variante"]) if name}


def _plan(database: Database, media: Path) -> Plan:
    with database.reading() as session:
        folders = PictureFolders(media, [PICTURES])
        return make_plan(session, dialects.read(GOODS.read_bytes()), folders, utc_now())


def test_goods_are_read_without_a_single_question(database: Database, tmp_path: Path) -> None:
    plan = _plan(database, tmp_path)
    assert (plan.refused, plan.questions) == ([], [])
    assert plan.as_json()["products"]["new"] >= 60
    assert plan.as_json()["variants"]["new"] >= 200


def test_every_article_shows_a_picture_and_no_picture_is_left_over() -> None:
    assert _pictures_named() == {path.name for path in PICTURES.iterdir()}
    with_picture = {row["Artikel"] for row in _rows() if row["Bilder"] or row["Bild der Variante"]}
    assert with_picture == {row["Artikel"] for row in _rows()}


def test_every_article_says_something_of_warnings_and_every_fabric_its_width() -> None:
    articles = [row for row in _rows() if row["Produktname"]]
    assert [
        row["Produktname"] for row in articles if not row["Warnhinweise"] and row["Keine Warnhinweise nötig"] != "ja"
    ] == []
    assert [row["Produktname"] for row in articles if row["Art"] == "Stoff" and not row["Merkmal: Stoffbreite"]] == []


def test_eight_goods_of_different_kinds_fill_the_rows_of_the_home_page() -> None:
    featured = [row for row in _rows() if row["Hervorgehoben"] == "ja"]
    assert len(featured) == 8
    assert {row["Art"] for row in featured} == {"Stoff", "Garn", "Knopf", "Band", "Nähgarn", "Werkzeug"}


def test_pictures_are_light_enough_for_a_clone_and_a_slow_line() -> None:
    sizes = [path.stat().st_size for path in PICTURES.iterdir()]
    assert max(sizes) <= 70_000
    assert sum(sizes) <= 9_000_000


def test_what_is_sold_by_the_pack_of_yarn_or_thread_names_its_content() -> None:
    kinds = {row["Artikel"]: row["Art"] for row in _rows() if row["Art"]}
    for row in _rows():
        if kinds[row["Artikel"]] in ("Garn", "Nähgarn"):
            assert row["Inhalt"], row["Artikelnummer"]


@pytest.mark.slow
def test_an_empty_shop_is_filled_and_a_second_reading_only_misses_the_remnant(
    database: Database, tmp_path: Path
) -> None:
    SQLModel.metadata.create_all(database.engine)
    settings = read_settings(tmp_path / "data", {})
    told: list[tuple[int, int]] = []
    demo.fill(database, settings, lambda done, total: told.append((done, total)))
    with database.reading() as session:
        assert profile.load(session).is_demo
        assert legal.missing(profile.load(session)) == []
        assert {each.hash for each in session.exec(select(Picture)).all()}
        current = prices.current(session, [each.id or 0 for each in session.exec(select(Variant)).all()], utc_now())
        assert sum(price.is_reduced for price in current.values()) >= 3
    assert told[-1][0] == told[-1][1]
    preparing.make_pictures(settings, database)
    with database.reading() as session:
        assert images.missing(session, settings.media) == []
        drafts = session.exec(select(Product.name).where(col(Product.published_at).is_(None))).all()
        assert drafts == []
        assert [each.variant.sku for each in remnants.proposals(session)] == ["JER-R-01", "WAL-01"]
    again = _plan(database, settings.media)
    assert {change.sku for change in again.changes} == {demo.WITH_A_REMNANT}

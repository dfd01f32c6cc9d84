"""Pictures: uploaded from the phone, described, ordered, removed; hostile files do no harm."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import col, select

from catalog.images import Picture
from catalog.products import Product
from tests.make import make_product, make_ready, make_variant

Write = Callable[[], Any]


@pytest.fixture
def article(write: Write) -> None:
    with write() as session:
        make_variant(session)


@pytest.mark.usefixtures("article")
def test_several_photographs_at_once_keep_their_order(owner: FlaskClient, write: Write) -> None:
    upload(owner, photograph("red"), photograph("blue"))
    owner.post("/backoffice/bilder/2/platz", data={"richtung": "vor"})
    owner.post("/backoffice/bilder/1", data={"alt": "Roter Stoff", "variante": "1"})
    with write() as session:
        pictures = session.exec(select(Picture).order_by(col(Picture.position))).all()
        assert [each.id for each in pictures] == [2, 1]
        assert (pictures[1].alt, pictures[1].variant_id) == ("Roter Stoff", 1)


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize(
    "content",
    [b"<svg onload=alert(1)>", b"<?php system($_GET[0]); ?>", b"\xff\xd8\xff\xe0broken", b"", b"GIF89a" + b"\0" * 20],
)
def test_a_file_that_is_no_picture_is_named_and_left_out(owner: FlaskClient, write: Write, content: bytes) -> None:
    upload(owner, (BytesIO(content), "../../boese<b>.jpg"), photograph("red"))
    page = owner.get("/backoffice/artikel/1").text
    assert "boese&lt;b&gt;.jpg" in page
    assert "1 Bild ist hinzugefügt." in page
    with write() as session:
        assert len(session.exec(select(Picture)).all()) == 1


@pytest.mark.usefixtures("article")
def test_a_removed_picture_is_gone_from_the_article(owner: FlaskClient, write: Write) -> None:
    upload(owner, photograph("red"))
    assert owner.post("/backoffice/bilder/1/entfernung").status_code == 303
    with write() as session:
        assert session.exec(select(Picture)).all() == []


def upload(visitor: FlaskClient, *files: tuple[BytesIO, str]) -> None:
    assert visitor.post("/backoffice/artikel/1/bilder", data={"bilder": list(files)}).status_code == 303


def photograph(colour: str) -> tuple[BytesIO, str]:
    data = BytesIO()
    Image.new("RGB", (400, 300), colour).save(data, "JPEG")
    data.seek(0)
    return data, f"{colour}.jpg"


@pytest.mark.usefixtures("article")
def test_all_pictures_are_described_in_one_form_with_a_suggestion(owner: FlaskClient, write: Write) -> None:
    upload(owner, photograph("red"), photograph("blue"))
    page = owner.get("/backoffice/artikel/1").text
    assert 'value="Jersey Waldtiere"' in page
    assert 'value="Jersey Waldtiere, Bild 2"' in page
    owner.post("/backoffice/artikel/1/bilder/angaben", data={"alt-1": " Rehe  im Wald ", "alt-2": "", "alt-99": "x"})
    with write() as session:
        assert [each.alt for each in session.exec(select(Picture).order_by(col(Picture.id)))] == ["Rehe im Wald", ""]


@pytest.mark.usefixtures("article")
def test_moving_and_removing_lose_nothing_that_was_typed(owner: FlaskClient, write: Write) -> None:
    upload(owner, photograph("red"), photograph("blue"), photograph("green"))
    typed = {"alt-1": "Eins", "alt-2": "Zwei", "alt-3": "Drei"}
    owner.post("/backoffice/bilder/2/platz", data=typed | {"richtung": "vor"})
    owner.post("/backoffice/bilder/3/entfernung", data=typed | {"alt-1": "Eins neu"})
    with write() as session:
        pictures = session.exec(select(Picture).order_by(col(Picture.position))).all()
        assert [each.alt for each in pictures] == ["Zwei", "Eins neu"]


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize(
    ("form", "focus"),
    [({"punkt.x": "70", "punkt.y": "21", "breite": "280", "hoehe": "210"}, (25, 10)),
     ({"punkt.x": "999", "punkt.y": "210", "breite": "280", "hoehe": "210"}, (100, 100)),
     ({"punkt.x": "0", "punkt.y": "0", "breite": "280", "hoehe": "210"}, (50, 50)),
     ({"stelle": "oben links"}, (20, 20)), ({"stelle": "irgendwo"}, (50, 50)),
     ({"punkt.x": "a", "punkt.y": "1"}, (50, 50))],
)  # fmt: skip
def test_a_tap_or_a_place_says_what_stays_in_view(
    owner: FlaskClient, write: Write, form: dict[str, str], focus: tuple[int, int]
) -> None:
    upload(owner, photograph("red"))
    assert owner.post("/backoffice/bilder/1/mitte", data=form).status_code == 303
    with write() as session:
        picture = session.exec(select(Picture)).one()
        assert (picture.focus_x, picture.focus_y) == focus
    classes = f"focus-x-{round(focus[0] / 10) * 10} focus-y-{round(focus[1] / 10) * 10}"
    assert classes in owner.get("/backoffice/bilder/1").text
    assert (classes in owner.get("/artikel/jersey-waldtiere").text) == (focus != (50, 50))


@pytest.mark.usefixtures("article")
def test_the_shop_shows_a_colour_until_the_picture_is_there(owner: FlaskClient) -> None:
    upload(owner, photograph("#a8430b"))
    assert '<rect width="100%" height="100%" fill="#a' in owner.get("/artikel/jersey-waldtiere").text


def test_an_article_without_its_picture_leaves_the_shop(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_ready(session, make_variant_of_a_ready_kind(session))
    owner.post("/backoffice/bilder/1", data={"alt": "Rehe"})
    with write() as session:
        assert session.get_one(Product, 1).is_published
    owner.post("/backoffice/bilder/1/entfernung")
    with write() as session:
        assert not session.get_one(Product, 1).is_published


def make_variant_of_a_ready_kind(session: Any) -> Product:
    product = make_product(session)
    make_variant(session, product)
    return product


def test_two_hundred_variants_are_grouped_by_their_first_option(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        product = make_product(session)
        for number in range(40):
            options = [("Material", "Baumwolle" if number % 2 else "Leinen", ""), ("Farbe", f"Ton {number}", "")]
            make_variant(session, product, options=options)
    upload(owner, photograph("red"))
    page = owner.get("/backoffice/bilder/1").text
    assert page.count("<optgroup") == 2
    assert page.count("<option") == 41
    assert "<optgroup" not in owner.get("/backoffice/artikel/1").text.split('id="varianten"')[0]

"""Pictures: uploaded from the phone, described, ordered, removed; hostile files do no harm."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import col, select

from catalog.images import Picture
from tests.make import make_variant

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

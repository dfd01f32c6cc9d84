"""Two hundred photographs: sent, taken in by the worker, hung by name or by hand; nothing is lost on the way."""

import errno
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import col, select

from catalog import images
from catalog.images import Picture
from catalog.photo_inbox import IncomingPhoto
from shop import photos
from shop.backoffice import uploads
from shop.context import Shop
from tests.make import NOW, make_product, make_variant

Write = Callable[[], Any]
BATCH = "0123456789abcdef"
ADDRESS = f"/backoffice/fotos/{BATCH}"


def _photo(colour: str, name: str) -> tuple[BytesIO, str]:
    out = BytesIO()
    Image.new("RGB", (400, 300), colour).save(out, "JPEG")
    return BytesIO(out.getvalue()), name


def _send(owner: FlaskClient, *files: tuple[BytesIO, str], **more: Any) -> Any:
    return owner.post(ADDRESS, data={"fotos": list(files), **more})


def _rows(write: Write) -> list[IncomingPhoto]:
    with write() as session:
        return list(session.exec(select(IncomingPhoto).order_by(col(IncomingPhoto.id))).all())


@pytest.fixture
def goods(write: Write) -> None:
    with write() as session:
        make_variant(session, make_product(session, "Jersey Waldtiere"), sku="JER-001")
        make_variant(session, make_product(session, "Jersey Sterne"), sku="JER-002")


@pytest.fixture
def sent(owner: FlaskClient, goods: None, shop_app: Flask) -> FlaskClient:
    """Three photographs were sent and taken in: one by number, one unknown, one that is none."""
    _send(owner, _photo("red", "JER-001 vorne.jpg"), _photo("blue", "IMG_1.jpg"), (BytesIO(b"<svg>"), "b<b>.jpg"))
    photos.develop_waiting(shop_app)
    return owner


def test_the_page_tells_what_hangs_what_waits_and_what_was_refused(sent: FlaskClient, write: Write) -> None:
    page = sent.get(ADDRESS)
    assert "Refresh" not in page.headers
    assert "3 von 3 Fotos verarbeitet" in page.text
    assert "b&lt;b&gt;.jpg" in page.text
    assert "kein Bild, das wir lesen können" in page.text
    assert [each.state for each in _rows(write)] == ["done", "done", "refused"]
    with write() as session:
        hung = session.exec(select(Picture)).one()
        assert (hung.product_id, hung.alt, hung.colour[:2]) == (1, "Jersey Waldtiere", "#f")


def test_while_something_waits_the_page_comes_anew_by_itself(owner: FlaskClient) -> None:
    assert _send(owner, _photo("red", "a.jpg")).headers["Location"].endswith(BATCH)
    page = owner.get(ADDRESS)
    assert page.headers["Refresh"] == "3"
    assert "0 von 1 Fotos verarbeitet" in page.text


def test_the_script_sends_one_by_one_and_may_repeat_itself(owner: FlaskClient, write: Write, shop_app: Flask) -> None:
    as_script = {"Accept": "application/json"}
    for number in (0, 1, 1):
        data = {"fotos": [_photo("red", f"{number}.jpg")], "nummer": str(number)}
        assert owner.post(ADDRESS, data=data, headers=as_script).status_code == 200
    assert [each.name for each in _rows(write)] == ["0.jpg", "1.jpg"]


def test_photographs_go_to_the_article_that_is_named(sent: FlaskClient, write: Write) -> None:
    assert "1 Foto wartet auf einen Artikel" in sent.get("/backoffice/fotos").text
    sent.post("/backoffice/fotos/zuordnung", data={"foto": "2", "artikel": "jer-002"})
    with write() as session:
        assert [each.product_id for each in session.exec(select(Picture).order_by(col(Picture.id)))] == [1, 2]
    assert "Alles zugeordnet" in sent.get("/backoffice/fotos").text


def test_a_word_that_means_several_articles_is_asked_about(sent: FlaskClient, write: Write) -> None:
    which = sent.post("/backoffice/fotos/zuordnung", data={"foto": "2", "artikel": "jersey"}).text
    assert "Jersey Sterne" in which
    assert "Jersey Waldtiere" in which
    sent.post("/backoffice/fotos/zuordnung", data={"foto": "2", "artikel": "jersey", "genau": "2"})
    with write() as session:
        assert session.exec(select(Picture).where(Picture.product_id == 2)).one().alt == "Jersey Sterne"


@pytest.mark.parametrize("data", [{}, {"foto": "2"}, {"artikel": "jer-002"}, {"foto": "99", "artikel": "%_"}])
def test_half_an_answer_changes_nothing(sent: FlaskClient, write: Write, data: dict[str, str]) -> None:
    assert sent.post("/backoffice/fotos/zuordnung", data=data).status_code in (200, 303)
    with write() as session:
        assert len(session.exec(select(Picture)).all()) == 1


def test_a_new_article_begins_with_the_photographs(sent: FlaskClient, write: Write) -> None:
    answer = sent.post("/backoffice/fotos/neuer-artikel", data={"foto": "2"})
    assert answer.headers["Location"].endswith(f"?foto={_rows(write)[1].hash}")
    assert _rows(write)[1].hash in sent.get(answer.headers["Location"]).text


def test_what_nobody_needs_is_put_away(sent: FlaskClient, write: Write) -> None:
    sent.post("/backoffice/fotos/weg", data={"foto": ["1", "2", "x"]})
    assert [each.name for each in _rows(write)] == ["JER-001 vorne.jpg", "b<b>.jpg"]


def test_a_full_disk_is_told_and_what_was_sent_before_stays(
    owner: FlaskClient, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = iter([None, OSError(errno.ENOSPC, "full")])

    def copy(file: Any, out: int) -> None:
        problem = next(room)
        if problem is not None:
            raise problem

    monkeypatch.setattr(uploads, "_copy", copy)
    _send(owner, _photo("red", "a.jpg"), _photo("red", "b.jpg"))
    assert "kein Platz mehr" in owner.get(ADDRESS).text
    assert [each.name for each in _rows(write)] == ["a.jpg"]


def test_with_a_full_disk_photographs_go_on_waiting(
    owner: FlaskClient, write: Write, shop_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    _send(owner, _photo("red", "a.jpg"))
    monkeypatch.setattr(photos, "LEAST_ROOM", 10**18)
    photos.develop_waiting(shop_app)
    assert "kein Platz mehr" in owner.get(ADDRESS).text
    assert _rows(write)[0].state == "waiting"


def test_a_vanished_file_gets_a_sentence(owner: FlaskClient, write: Write, shop_app: Flask) -> None:
    _send(owner, _photo("red", "a.jpg"))
    shop: Shop = shop_app.extensions["dorfladen"]
    for path in shop.settings.inbox.iterdir():
        path.unlink()
    photos.develop_waiting(shop_app)
    assert "vom Server verschwunden" in owner.get(ADDRESS).text
    photos.prune(shop_app)


@pytest.mark.parametrize("batch", ["..", "0123", "0123456789ABCDEF", "%2e%2e%2fshop.db", "zuordnungxxxxxxx"])
def test_a_strange_batch_is_nowhere(owner: FlaskClient, batch: str) -> None:
    assert owner.get(f"/backoffice/fotos/{batch}").status_code == 404
    assert owner.post(f"/backoffice/fotos/{batch}", data={"fotos": [_photo("red", "a.jpg")]}).status_code in (404, 308)


def test_old_pictures_get_their_colour_from_the_worker(owner: FlaskClient, write: Write, shop_app: Flask) -> None:
    from shop import jobs

    shop: Shop = shop_app.extensions["dorfladen"]
    kept = images.store(shop.settings.media, _photo("#a8430b", "a.jpg")[0])
    with write() as session:
        product = make_product(session)
        before = images.attach(session, product.id or 0, images.StoredPicture(kept.hash, 400, 300), alt="", now=NOW)
        assert before.colour == ""
    jobs.make_missing_sizes(shop_app)
    with write() as session:
        assert session.exec(select(Picture)).one().colour == kept.colour

"""Pictures that files name: by file name, in ZIP files, by address; none of them stops the goods."""

import errno
import hashlib
import unicodedata
import zipfile
from collections.abc import Generator, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import Session, select

from catalog import images
from catalog.exchange import dialects, fetched
from catalog.exchange.apply import apply
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.planning import make_plan
from catalog.images import Picture
from catalog.products import Product
from catalog.refusals import Refusal
from shop.db import Database
from tests.catalog.exchange.importing import Importer
from tests.make import NOW

HEADER = "Artikelnummer;Produktname;Preis;Bilder\n"
FIRST, SECOND = "https://bilder.example/knöpfe/rot.jpg?v=2", "http://bilder.example/rot-kopie.png"


def png(colour: str = "red") -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "PNG")
    return file.getvalue()


def hanging(session: Session) -> list[str]:
    return list(session.exec(select(Picture.hash).order_by(Picture.product_id, Picture.position)).all())  # type: ignore[arg-type]


class Web:
    """A web in memory: what lies at an address, or why nothing comes from there."""

    def __init__(self, **_: object) -> None:
        self.pages: dict[str, bytes | Refusal] = {}
        self.asked: list[str] = []

    def __call__(self, addresses: Sequence[str]) -> Generator[tuple[str, BytesIO | Refusal], None, None]:
        for address in addresses:
            self.asked.append(address)
            page = self.pages.get(address, Refusal("Dort gibt es nichts."))
            yield address, page if isinstance(page, Refusal) else BytesIO(page)


@pytest.fixture
def web(importer: Importer) -> Web:
    importer.fetch = web = Web()
    return web


@pytest.mark.parametrize(
    ("lies", "named"),
    [
        ("Rot.PNG", "rot.png"),
        ("bilder/rot.png", "rot.png"),
        ("rot.png", "D:\\Bilder\\rot.png"),
        ("rot.png", "rot"),
        ("rot.jpeg", "rot.jpg"),
        ("nadel 3.5 mm.png", "nadel 3.5 mm"),
        (unicodedata.normalize("NFD", "Knöpfe Größe.png"), "knöpfe größe.png"),
        ("a/rot.png", "a/rot.png"),
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_a_picture_is_found_by_the_name_that_people_write(
    importer: Importer, session: Session, lies: str, named: str, packed: bool
) -> None:
    if packed:
        with zipfile.ZipFile(importer.media.parent / "bilder.zip", "w") as archive:
            archive.writestr(lies, png())
        importer.archives = [importer.media.parent / "bilder.zip"]
    else:
        (importer.folder / lies).parent.mkdir(exist_ok=True)
        (importer.folder / lies).write_bytes(png())
    plan = importer.write(f"{HEADER}A;Knopf;1,00;{named}\n")
    assert plan.questions == []
    assert len(hanging(session)) == 1


def test_a_name_that_two_folders_hold_is_asked_about(importer: Importer) -> None:
    for name in ("a", "b"):
        (importer.folder / name).mkdir()
        (importer.folder / name / "rot.png").write_bytes(png())
    plan = importer.plan(f"{HEADER}A;Knopf;1,00;rot.png\nB;Band;1,00;B/rot.png\n")
    assert [(each.row, "mehrmals: „a/rot.png“ und „b/rot.png“" in each.reason) for each in plan.questions] == [
        (1, True)
    ]


def test_a_name_that_is_clear_in_a_later_place_is_taken_from_there(importer: Importer, session: Session) -> None:
    for number, name in enumerate(("alt", "bilder")):
        (importer.folder / name).mkdir()
        (importer.folder / name / "rot.png").write_bytes(png(("blue", "red")[number]))
    pictures = PictureFolders(importer.media, [importer.folder, importer.folder / "bilder"])
    assert pictures.hash_of("rot.png") == hashlib.sha256(png("red")).hexdigest()


def test_links_out_of_the_folder_are_not_followed(importer: Importer, tmp_path: Path) -> None:
    (tmp_path / "fremd").mkdir()
    (tmp_path / "fremd" / "geheim.png").write_bytes(png())
    (importer.folder / "fremd").symlink_to(tmp_path / "fremd")
    (importer.folder / "geheim2.png").symlink_to(tmp_path / "fremd" / "geheim.png")
    plan = importer.plan(f"{HEADER}A;Knopf;1,00;geheim.png\nB;Band;1,00;geheim2.png\nC;C;1,00;fremd/geheim.png\n")
    assert len(plan.questions) == 3


def test_the_plan_says_how_many_pictures_will_be_fetched_and_fetches_none(importer: Importer, web: Web) -> None:
    plan = importer.plan(f"{HEADER}A;Knopf;1,00;{FIRST} | {SECOND}\nB;Band;1,00;{FIRST}\nC;;abc;{FIRST}x\n")
    assert "2 Bilder werden beim Übernehmen aus dem Internet geladen." in plan.notes
    assert web.asked == []


def test_two_addresses_of_one_picture_hang_it_up_once(importer: Importer, session: Session, web: Web) -> None:
    web.pages = {FIRST: png(), SECOND: png()}
    plan = importer.write(f"{HEADER}A;Knopf;1,00;{FIRST} | {SECOND}\n")
    assert plan.questions == []
    assert len(hanging(session)) == 1


def test_a_picture_by_address_that_hangs_there_already_is_no_change(
    importer: Importer, session: Session, web: Web
) -> None:
    (importer.folder / "rot.png").write_bytes(png())
    importer.write(f"{HEADER}A;Knopf;1,00;rot.png\n")
    web.pages = {FIRST: png()}
    assert importer.write(f"{HEADER}A;Knopf;1,00;{FIRST}\n").changes_nothing


def test_what_was_fetched_once_is_not_fetched_again(importer: Importer, session: Session, web: Web) -> None:
    web.pages = {FIRST: png(), SECOND: png("blue")}
    found: dict[str, str] = {}
    file = f"{HEADER}A;Knopf;1,00;{FIRST} | {SECOND}\n"
    importer.remember = found.update
    importer.write(file)
    fetched.remember(session, found, NOW)
    web.asked.clear()
    plan = importer.write(file)
    assert (plan.changes_nothing, plan.notes, web.asked) == (True, [], [])
    next(importer.media.glob("originals/*/*")).unlink()
    importer.write(file)
    assert len(web.asked) == 1


def test_a_picture_that_does_not_come_is_asked_about_and_the_goods_come(
    importer: Importer, session: Session, web: Web
) -> None:
    web.pages = {FIRST: png()}
    plan = importer.write(f"{HEADER}A;Knopf;1,00;{FIRST} | {SECOND}\n")
    assert [each.reason for each in plan.questions] == [f"Das Bild „{SECOND}“ war nicht zu laden: Dort gibt es nichts."]
    assert session.exec(select(Product.name)).all() == ["Knopf"]
    assert len(hanging(session)) == 1


@pytest.mark.parametrize(
    "page",
    [b"<html>nicht da</html>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", png()[:60], b""],
    ids=["html", "svg", "cut off", "empty"],
)
def test_what_is_no_picture_is_not_kept(importer: Importer, session: Session, web: Web, page: bytes) -> None:
    web.pages = {FIRST: page}
    plan = importer.write(f"{HEADER}A;Knopf;1,00;{FIRST}\n")
    assert [each.reason.startswith(f"Das Bild „{FIRST}“ war nicht zu laden: Dies") for each in plan.questions] == [True]
    assert not list(importer.media.glob("originals/*/*"))


def test_a_full_disk_leaves_pictures_out_and_fetches_no_more(
    importer: Importer, session: Session, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(media: Path, file: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    web.pages = {FIRST: png(), SECOND: png("blue")}
    (importer.folder / "rot.png").write_bytes(png("green"))
    monkeypatch.setattr(images, "store", full)
    plan = importer.write(f"{HEADER}A;Knopf;1,00;rot.png\nB;Band;1,00;{FIRST}\nC;Borte;1,00;{SECOND}\n")
    assert [(each.row, "kein Platz" in each.reason) for each in plan.questions] == [(1, True), (2, True), (3, True)]
    assert web.asked == []
    assert plan.products.new == 3


def test_what_turns_up_after_the_pictures_were_kept_is_asked_about(
    importer: Importer, session: Session, web: Web
) -> None:
    (importer.folder / "rot.png").write_bytes(png())
    pictures = PictureFolders(importer.media, [importer.folder], fetch=web)
    pictures.keep_all()
    reading = dialects.read(f"{HEADER}A;Knopf;1,00;rot.png\nB;Band;1,00;{FIRST}\n".encode())
    plan = make_plan(session, reading, pictures, NOW)
    assert ["fehlt noch" in each.reason for each in plan.questions] == [True, True]
    apply(session, plan, pictures, now=NOW, author="import")
    assert len(session.exec(select(Product)).all()) == 2


def test_addresses_are_remembered_on_every_database(either_database: Database, tmp_path: Path) -> None:
    several = {f"https://bilder.example/{number}.jpg": "0" * 64 for number in range(1200)}
    with either_database.writing() as session:
        fetched.remember(session, several, NOW)
    with either_database.writing() as session:
        fetched.remember(session, {FIRST: "1" * 64, "https://bilder.example/7.jpg": "2" * 64}, NOW)
    with either_database.reading() as session:
        known = fetched.recall(session, [*several, FIRST, "https://other.example"])
        folders = PictureFolders(tmp_path, [], fetch=Web())
        folders.recall(session, [FIRST])
    assert len(known) == 1201
    assert (known[FIRST], known["https://bilder.example/7.jpg"]) == ("1" * 64, "2" * 64)
    assert folders.hash_of(FIRST) == FIRST  # its file is gone

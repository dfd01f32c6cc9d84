"""A batch of photographs: each is done once, hangs itself where its name says, and waits for a word otherwise."""

import fcntl
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from catalog import images, photo_inbox, picture_folder
from catalog.images import Picture, StoredPicture
from catalog.photo_inbox import IncomingPhoto, Progress
from catalog.picture_folder import Target
from tests.catalog.test_images import _bytes, _corners
from tests.make import NOW, make_product, make_variant


def _arrive(session: Session, name: str = "IMG_1.jpg", file: str = "a-1") -> IncomingPhoto:
    return photo_inbox.arrive(session, batch="a", name=name, file=file, now=NOW, author="Anna")


def _finish(session: Session, photo: IncomingPhoto, result: StoredPicture | str) -> None:
    found = picture_folder.find(Path(photo.name).stem, picture_folder.targets(session))
    photo_inbox.finish(session, photo.id or 0, result, found[0] if found else None, NOW)
    session.refresh(photo)


def _kept(name: str) -> StoredPicture:
    return StoredPicture(name * 64, 900, 600, "#aabbcc")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


@pytest.mark.parametrize(
    ("name", "hangs"),
    [("JER-001.jpg", True), ("jer-001 (2).JPG", True), ("JER-001 Detail vorne.jpeg", True), ("jer_001_b.heic", True),
     ("JER-0012.jpg", False), ("IMG_20261122_101500.jpg", False), ("x JER-001.jpg", False),
     ("jersey-waldtiere.png", True),
     ("jersey-waldtiere-reh.png", False)],
)  # fmt: skip
def test_a_photograph_hangs_itself_by_its_name(session: Session, name: str, hangs: bool) -> None:
    make_variant(session, make_product(session, "Jersey Waldtiere"), sku="JER-001")
    photo = _arrive(session, name)
    _finish(session, photo, _kept("a"))
    assert (photo.product_id is not None) == hangs
    assert len(session.exec(select(Picture)).all()) == int(hangs)


def test_a_variants_number_shows_that_variant_and_describes_it(session: Session) -> None:
    yarn = make_product(session, "Merino")
    shades = [make_variant(session, yarn, sku=f"MERINO-0{n}", options=[("Farbe", f"Ton {n}", "")]) for n in (1, 2)]
    _finish(session, _arrive(session, "merino 02.jpg"), _kept("b"))
    hung = session.exec(select(Picture)).one()
    assert (hung.variant_id, hung.alt, hung.colour) == (shades[1].id, "Merino, Ton 2", "#aabbcc")


def test_short_numbers_and_dates_mean_no_article(session: Session) -> None:
    make_variant(session, sku="2026")
    make_variant(session, sku="AB")
    known = picture_folder.targets(session)
    assert [picture_folder.find(stem, known) for stem in ("2026-11-22 10.15.00 Foto", "ab vorne am Fenster")] == [
        None
    ] * 2


def test_the_same_upload_twice_is_one_photograph(session: Session) -> None:
    assert _arrive(session).id == _arrive(session).id


def test_a_photograph_is_finished_once(session: Session) -> None:
    make_variant(session, sku="JER-001")
    photo = _arrive(session, "JER-001.jpg")
    _finish(session, photo, _kept("a"))
    _finish(session, photo, "ein zweiter Arbeiter sagt etwas anderes")
    assert (photo.state, photo.problem, len(session.exec(select(Picture)).all())) == ("done", "", 1)


def test_the_same_content_twice_is_offered_once_and_not_at_all_once_it_hangs(session: Session) -> None:
    product = make_product(session)
    for number in (1, 2):
        _finish(session, _arrive(session, f"IMG_{number}.jpg", f"a-{number}"), _kept("a"))
    photos, total = photo_inbox.unassigned(session, 10)
    assert (len(photos), total, photo_inbox.progress(session, "a").open) == (1, 1, 1)
    assert photo_inbox.assign(session, [photos[0].id or 0], Target(product.id or 0, None, "Reh"), NOW) == 1
    assert photo_inbox.unassigned(session, 10) == ([], 0)
    assert photo_inbox.progress(session, "a") == Progress(total=2, waiting=0, refused=0, hung=2, open=0)
    assert photo_inbox.hung_on(session, ["a" * 64]) == {"a" * 64: (product.id, "Jersey Waldtiere")}


def test_waiting_and_refused_photographs_cannot_be_hung(session: Session) -> None:
    product = make_product(session)
    waits, refused = _arrive(session, "a.jpg", "a-1"), _arrive(session, "b.jpg", "a-2")
    _finish(session, refused, "Das ist kein Bild.")
    ids = [waits.id or 0, refused.id or 0]
    assert photo_inbox.assign(session, ids, Target(product.id or 0, None, ""), NOW) == 0
    assert photo_inbox.progress(session, "a") == Progress(total=2, waiting=1, refused=1, hung=0, open=0)


def test_dismissed_photographs_are_gone_and_hanging_ones_stay(session: Session) -> None:
    make_variant(session, sku="JER-001")
    for name, kept in (("IMG_1.jpg", "a"), ("IMG_2.jpg", "b"), ("JER-001.jpg", "c")):
        _finish(session, _arrive(session, name, name), _kept(kept))
    photo_inbox.dismiss(session, [1, 3])
    names = session.exec(select(IncomingPhoto.name).order_by(col(IncomingPhoto.id))).all()
    assert names == ["IMG_2.jpg", "JER-001.jpg"]


def test_a_waiting_file_becomes_a_picture_or_a_sentence(inbox: Path, tmp_path: Path) -> None:
    (inbox / "a-1").write_bytes(_bytes(_corners()))
    (inbox / "a-2").write_bytes(b"<svg>")
    kept = photo_inbox.develop(inbox, tmp_path, "a-1")
    assert isinstance(kept, StoredPicture)
    assert images.original_of(tmp_path, kept.hash).is_file()
    assert "kein Bild" in str(photo_inbox.develop(inbox, tmp_path, "a-2"))
    assert "verschwunden" in str(photo_inbox.develop(inbox, tmp_path, "a-3"))


def test_a_file_that_another_worker_has_is_left_alone(inbox: Path, tmp_path: Path) -> None:
    (inbox / "a-1").write_bytes(_bytes(_corners()))
    with (inbox / "a-1").open() as theirs:
        fcntl.flock(theirs, fcntl.LOCK_EX)
        assert photo_inbox.develop(inbox, tmp_path, "a-1") is None
    assert isinstance(photo_inbox.develop(inbox, tmp_path, "a-1"), StoredPicture)


def test_a_file_that_kills_the_worker_is_refused_in_the_end(inbox: Path, tmp_path: Path) -> None:
    (inbox / "a-1").write_bytes(_bytes(_corners()))
    (inbox / "a-1.tries").write_bytes(b"." * photo_inbox.MOST_TRIES)
    assert "mehreren Anläufen" in str(photo_inbox.develop(inbox, tmp_path, "a-1"))


def test_files_that_nobody_waits_for_are_swept_away_in_time(session: Session, inbox: Path) -> None:
    _arrive(session, file="a-1")
    for name in ("a-1", "a-1.tries", "a-2", "a-3.part"):
        (inbox / name).touch()
    later = NOW.replace(year=2100)
    photo_inbox.sweep(session, inbox, NOW.replace(year=2000))
    assert len(list(inbox.iterdir())) == 4
    photo_inbox.sweep(session, inbox, later)
    assert sorted(path.name for path in inbox.iterdir()) == ["a-1", "a-1.tries"]


def test_old_photographs_are_forgotten_unless_they_wait_for_somebody(session: Session) -> None:
    make_variant(session, sku="JER-001")
    for name, result in (("JER-001.jpg", _kept("a")), ("b.jpg", _kept("b")), ("c.jpg", "kein Bild"), ("d.jpg", None)):
        photo = _arrive(session, name, name)
        if result is not None:
            _finish(session, photo, result)
    photo_inbox.forget_old(session, NOW.replace(year=2100))
    assert session.exec(select(IncomingPhoto.name).order_by(col(IncomingPhoto.id))).all() == ["b.jpg", "d.jpg"]

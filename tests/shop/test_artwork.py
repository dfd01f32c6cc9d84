"""Official pictures are looked at, kept byte for byte, and shown in versions."""

import hashlib
from pathlib import Path

import pytest
from sqlmodel import Session

from shop import artwork
from shop.artwork import GuaranteeNotice, NotArtwork
from tests.make import NOW
from tests.shop.artworks import hang, painted


@pytest.mark.parametrize("ending", ["PNG", "JPEG"])
def test_a_picture_is_kept_byte_for_byte(tmp_path: Path, ending: str) -> None:
    content = painted(ending=ending)
    sheet = artwork.check(content, "notice")
    artwork.keep(tmp_path / "artwork", content, sheet)
    kept = artwork.path_of(tmp_path / "artwork", sheet.file)
    assert kept is not None
    assert kept.read_bytes() == content
    assert sheet.file.startswith(hashlib.sha256(content).hexdigest())
    assert (sheet.width, sheet.height) == (1240, 1754)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"%PDF-1.7 nothing", "PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"", "kein Bild"),
        (painted()[:-4000], "kein Bild"),
        (painted(400, 566), "zu klein"),
        (painted(colour="#444444"), "schwarz-weiß"),
        (b"\0" * (artwork.LARGEST_FILE + 1), "zu groß"),
    ],
)
def test_what_cannot_be_the_notice_is_refused(content: bytes, word: str) -> None:
    with pytest.raises(NotArtwork) as refusal:
        artwork.check(content, "notice")
    assert word in refusal.value.sentence


def test_a_label_may_be_small_but_not_grey() -> None:
    assert artwork.check(painted(300, 300), "label").width == 300
    with pytest.raises(NotArtwork):
        artwork.check(painted(300, 300, colour="#888888"), "label")


def test_an_altered_file_is_noticed(tmp_path: Path) -> None:
    sheet = artwork.check(painted(), "notice")
    artwork.keep(tmp_path, painted(), sheet)
    assert artwork.is_whole(tmp_path, sheet.file)
    (tmp_path / sheet.file).write_bytes(painted(colour="#993300"))
    assert not artwork.is_whole(tmp_path, sheet.file)
    assert not artwork.is_whole(tmp_path, "0" * 64 + ".png")


@pytest.mark.parametrize("name", ["../shop.db", "shop.db", "", "a" * 64 + ".svg", "A" * 64 + ".png"])
def test_no_other_file_is_ever_given_away(tmp_path: Path, name: str) -> None:
    (tmp_path / "artwork").mkdir()
    (tmp_path / "shop.db").write_text("secret")
    assert artwork.path_of(tmp_path / "artwork", name) is None


def test_the_newest_notice_is_shown_and_the_old_one_found_for_its_orders(session: Session, tmp_path: Path) -> None:
    first = hang(session, tmp_path)
    assert hang(session, tmp_path).id == first.id
    second = hang(session, tmp_path, painted(colour="#993300"))
    newest, old = artwork.notice(session), artwork.notice_of(session, first.file)
    assert newest is not None
    assert newest.id == second.id
    assert old is not None
    assert old.id == first.id
    assert artwork.notice_of(session, "") is None


def test_hashes_are_compared_once_they_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    official = artwork.check(painted(), "notice").file
    shown = GuaranteeNotice(file=official, width=1240, height=1754, uploaded_at=NOW, author="test")
    assert "noch nicht bekannt; bitte vergleichen Sie selbst" in artwork.hash_verdict(shown.sha256)
    assert artwork.doubts(shown) == []
    monkeypatch.setattr(artwork, "known_hashes", lambda: frozenset({shown.sha256}))
    assert "ist die der amtlichen" in artwork.hash_verdict(shown.sha256)
    other = GuaranteeNotice(file="f" * 64 + ".png", width=1240, height=1754, uploaded_at=NOW, author="test")
    assert any("keine der amtlichen" in each for each in artwork.doubts(other))


def test_a_sheet_of_another_form_is_doubted() -> None:
    cropped = GuaranteeNotice(file="f" * 64 + ".png", width=1240, height=1200, uploaded_at=NOW, author="test")
    assert any("A4" in each for each in artwork.doubts(cropped))

"""Official pictures that nobody may imitate or alter: kept byte for byte, under the hash of the file.

There are two: the notice on the legal guarantee (Annex I of regulation (EU) 2025/1960), one for the whole shop, in
versions like the pages; and the label of a maker's guarantee of durability (Annex II), one for each article that has
such a guarantee. The owner uploads them. They are never cropped, scaled, or saved anew, so the hash of the file can be
compared with that of the official one.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import revisions
from catalog.refusals import Refusal
from catalog.times import moment

LARGEST_FILE = 8 * 1024 * 1024  # bytes
_LARGEST_PIXELS = 40_000_000
_LEAST_SIDE = {"notice": 700, "label": 150}  # pixels of the shorter side: what stands in them can be read
_A4 = 297 / 210
_RATIO_MAY_DIFFER = 0.03
_COLOURFUL, _COLOURFUL_SHARE = 48, 0.002  # of 255 between the channels; of all pixels
_TYPES = {"PNG": "png", "JPEG": "jpg"}
_FILE = re.compile(r"[0-9a-f]{64}\.(?:png|jpg)")
_KNOWN = Path(__file__).parent / "law" / "official_notices.txt"


class GuaranteeNotice(SQLModel, table=True):
    """The official notice as it was uploaded; the newest is shown, orders keep the file of theirs. Pixels."""

    id: int | None = Field(default=None, primary_key=True)
    file: str = Field(max_length=80)
    width: int
    height: int
    uploaded_at: datetime = moment()
    author: str

    @property
    def sha256(self) -> str:
        """The hash of the file, in hexadecimal digits."""
        return self.file.partition(".")[0]


@dataclass(frozen=True)
class Sheet:
    """A picture that was checked: the name that it is kept under, and its size in pixels."""

    file: str
    width: int
    height: int


class NotArtwork(Refusal):
    """The file cannot be the official picture."""


def check(content: bytes, purpose: str) -> Sheet:
    """Look at a file, as it came, for a "notice" or a "label". Raises NotArtwork with a German sentence.

    A real PNG or JPEG, large enough to be read, and in colour (the notice is to be shown in colour).
    """
    if len(content) > LARGEST_FILE:
        raise NotArtwork(f"Die Datei ist zu groß: höchstens {LARGEST_FILE // 1024 // 1024} MB.")
    image = _opened(content)
    width, height = image.size
    least = _LEAST_SIDE[purpose]
    if min(width, height) < least:
        raise NotArtwork(
            f"Das Bild ist mit {width} × {height} Bildpunkten zu klein, um es zu lesen. "
            f"Die kürzere Seite muss mindestens {least} Bildpunkte haben."
        )
    if not _is_colourful(image):
        raise NotArtwork("Das Bild ist schwarz-weiß. Bitte nehmen Sie die farbige amtliche Datei.")
    file = f"{hashlib.sha256(content).hexdigest()}.{_TYPES[image.format or '']}"
    return Sheet(file, width, height)


def keep(folder: Path, content: bytes, sheet: Sheet) -> None:
    """Keep the bytes of a checked file as they are."""
    folder.mkdir(exist_ok=True, mode=0o700)
    unfinished = folder / f"{sheet.file}.part"
    unfinished.write_bytes(content)
    unfinished.replace(folder / sheet.file)


def path_of(folder: Path, file: str) -> Path | None:
    """Where a kept file lies; None for a name that is none of ours, and for one that is gone."""
    found = folder / file
    return found if _FILE.fullmatch(file) and found.is_file() else None


def is_whole(folder: Path, file: str) -> bool:
    """Whether a kept file is there and is still the one that was uploaded."""
    found = path_of(folder, file)
    return found is not None and hashlib.sha256(found.read_bytes()).hexdigest() == file.partition(".")[0]


def show(session: Session, sheet: Sheet, *, now: datetime, author: str) -> GuaranteeNotice:
    """Let this be the shop's notice from now on; appends nothing where it is already. Flushes."""
    standing = notice(session)
    if standing is not None and standing.file == sheet.file:
        return standing
    shown = GuaranteeNotice(file=sheet.file, width=sheet.width, height=sheet.height, uploaded_at=now, author=author)
    session.add(shown)
    session.flush()
    revisions.bump(session)
    return shown


def notice(session: Session) -> GuaranteeNotice | None:
    """The official notice that the shop shows; None before one was uploaded."""
    return session.exec(select(GuaranteeNotice).order_by(col(GuaranteeNotice.id).desc()).limit(1)).first()


def notice_of(session: Session, file: str) -> GuaranteeNotice | None:
    """The notice that an order was placed under, by its file; None for "" and unknown ones."""
    return session.exec(select(GuaranteeNotice).where(GuaranteeNotice.file == file).limit(1)).first()


@lru_cache(maxsize=1)
def known_hashes() -> frozenset[str]:
    """The SHA-256 of the official files, in hexadecimal digits, as far as the program knows them."""
    lines = _KNOWN.read_text(encoding="utf-8").splitlines()
    return frozenset(line.split()[0] for line in lines if line.strip() and not line.startswith("#"))


def hash_verdict(sha256: str) -> str:
    """What can be said about a file's hash, as a German sentence."""
    if not known_hashes():
        return "Die amtliche Prüfsumme ist dem Programm noch nicht bekannt; bitte vergleichen Sie selbst."
    if sha256 in known_hashes():
        return "Die Prüfsumme ist die der amtlichen Datei."
    return "Die Prüfsumme ist keine der amtlichen Dateien, die das Programm kennt."


def doubts(notice: GuaranteeNotice) -> list[str]:
    """What looks odd about the notice, as German sentences: no A4 sheet, or none of the official hashes."""
    found = []
    if abs(notice.height / notice.width / _A4 - 1) > _RATIO_MAY_DIFFER:
        found.append(
            f"Mit {notice.width} × {notice.height} Bildpunkten hat das Bild nicht die Form eines hochkanten A4-Blatts. "
            "Ist es beschnitten oder gestreckt?"
        )
    if known_hashes() and notice.sha256 not in known_hashes():
        found.append(hash_verdict(notice.sha256))
    return found


def _opened(content: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(content), formats=list(_TYPES)) as image:
            if image.width * image.height > _LARGEST_PIXELS:
                raise NotArtwork("Das Bild hat zu viele Bildpunkte.")
            image.load()
            return image
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NotArtwork(
            "Das ist kein Bild, das jeder Browser zeigt. Bitte laden Sie die amtliche Datei als PNG oder JPEG hoch; "
            "PDF und SVG zeigt ein Brief nicht."
        ) from error


def _is_colourful(image: Image.Image) -> bool:
    small = image.convert("RGB")
    small.thumbnail((400, 400))
    red, green, blue = small.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    least = ImageChops.darker(ImageChops.darker(red, green), blue)
    spread = ImageChops.difference(most, least).histogram()
    return sum(spread[_COLOURFUL:]) > _COLOURFUL_SHARE * small.width * small.height

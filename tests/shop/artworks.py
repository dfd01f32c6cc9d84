"""Stand-ins for official pictures, painted here: the real ones are the owner's to upload."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw
from sqlmodel import Session

from shop import artwork
from shop.artwork import GuaranteeNotice
from tests.make import NOW


def painted(width: int = 1240, height: int = 1754, *, colour: str = "#003399", ending: str = "PNG") -> bytes:
    """A sheet with a coloured head, as PNG or JPEG."""
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).rectangle((0, 0, width, height // 5), fill=colour)
    out = BytesIO()
    image.save(out, ending)
    return out.getvalue()


def hang(session: Session, folder: Path, content: bytes | None = None) -> GuaranteeNotice:
    """Let a shop show a stand-in as its notice."""
    content = content or painted()
    sheet = artwork.check(content, "notice")
    artwork.keep(folder, content, sheet)
    return artwork.show(session, sheet, now=NOW, author="test")

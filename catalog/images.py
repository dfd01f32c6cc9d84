"""Pictures of goods: keep the original by content hash, make its sizes, hang it on a product (Pillow)."""

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL import Image
from sqlmodel import Field, Session, SQLModel, col, func, select

from catalog import bulk, colours, darkroom, photographs, products
from catalog.products import Variant
from catalog.refusals import Refusal

WIDTHS = (160, 320, 640, 1280)  # pixels; cart and colour card, card on a phone, card or page, large view
EXTENSIONS = ("webp", "jpg")  # jpg for the browsers and letters that know no WebP
_COLOURS_AT_ONCE = 100
_KEPT = ("jpg", "png", "webp")
_HASH = re.compile(r"[0-9a-f]{64}")


class Picture(SQLModel, table=True):
    """A picture of a product (or of one variant). The file lies under its content hash.

    `width` and `height` are those of the upright original, in pixels. `focus_x`, `focus_y`: what must stay
    in view where it is cropped, in per cent from the left and the top. `colour` stands there while it loads.
    """

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    variant_id: int | None = Field(default=None, foreign_key="variant.id", index=True)
    hash: str = Field(max_length=64, index=True)
    alt: str = ""
    position: int = 0
    width: int
    height: int
    focus_x: int = 50
    focus_y: int = 50
    colour: str = ""


@dataclass(frozen=True)
class StoredPicture:
    """A picture in the media folder: the SHA-256 of the file as it came, and the upright size in pixels.

    `colour` is its average as #rrggbb, "none" where parts are clear, "" where nobody has looked yet.
    """

    hash: str
    width: int
    height: int
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Hanging:
    """A picture and where it is to hang: on a product, or on one of its variants."""

    product_id: int
    variant_id: int | None
    picture: StoredPicture
    alt: str
    position: int


class NoSuchPicture(Refusal):
    """There is no original of this hash, or an address names none."""


def store(media: Path, file: BinaryIO | bytes) -> StoredPicture:
    """Check a file, keep its picture without metadata, and make all its sizes; it is decoded once.

    The hash is that of the file as it came: the same file is one picture, also after an update of
    the encoder. Raises NotAPicture (photographs.py), and then nothing is kept; OSError when the disk
    is full. Two at once write the same files, whole. Waits for its place in the darkroom.
    """
    source = BytesIO(file) if isinstance(file, bytes) else file
    name = photographs.hash_of(source)
    if _kept(media, name) is None:
        alone = photographs.must_be_alone(source)
        with darkroom.place(media, alone=alone):
            _develop(media, name, source)
    return stored(media, name)


def stored(media: Path, picture_hash: str) -> StoredPicture:
    """What is kept under a hash. Raises NoSuchPicture."""
    width, height = photographs.upright_size(original_of(media, picture_hash))
    return StoredPicture(picture_hash, width, height, _colour(media, picture_hash, width))


def original_of(media: Path, picture_hash: str) -> Path:
    """The kept original of a hash. Raises NoSuchPicture."""
    kept = _kept(media, picture_hash)
    if kept is None:
        raise NoSuchPicture("Dieses Bild gibt es nicht (mehr). Bitte laden Sie es noch einmal hoch.")
    return kept


def sizes_of(width: int) -> tuple[int, ...]:
    """The widths in which an original of some width is served, ascending; nothing is ever enlarged."""
    largest = min(width, WIDTHS[-1])
    return (*(each for each in WIDTHS if each < largest), largest)


def size_for(width: int, wanted: int) -> int:
    """The width that serves a wish for `wanted` pixels: the smallest that suffices, else the largest."""
    sizes = sizes_of(width)
    return next((each for each in sizes if each >= wanted), sizes[-1])


def path_of(media: Path, picture_hash: str, width: int, ext: str) -> Path:
    """Where a size of a picture lies, made or not. Raises NoSuchPicture for what can be no picture."""
    if not _HASH.fullmatch(picture_hash) or not 0 < width <= WIDTHS[-1] or ext not in EXTENSIONS:
        raise NoSuchPicture("Dieses Bild gibt es nicht.")
    return media / "sizes" / picture_hash[:2] / f"{picture_hash}-{width}.{ext}"


def make_sizes(media: Path, picture_hash: str) -> tuple[int, ...]:
    """Make what sizes of a picture are not there yet, and give their widths, largest first.

    Each is shrunk from the next larger one. Raises NoSuchPicture without an original.
    """
    original = original_of(media, picture_hash)
    widths = sizes_of(photographs.upright_size(original)[0])
    if all(_is_made(media, picture_hash, width) for width in widths):
        return ()
    return _make_sizes(media, picture_hash, photographs.shrunk(original, widths[-1]))


def missing(session: Session, media: Path) -> list[str]:
    """The hashes of attached pictures whose sizes have yet to be made, for the worker."""
    rows = session.exec(select(Picture.hash, Picture.width).distinct().order_by(Picture.hash)).all()
    return [
        picture_hash
        for picture_hash, width in rows
        if not _is_made(media, picture_hash, sizes_of(width)[0]) and _kept(media, picture_hash) is not None
    ]


def sweep(media: Path, before: datetime) -> None:
    """Remove the unfinished files of work that was interrupted."""
    for path in media.glob("*/*/.new-*"):
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)


def without_colour(session: Session, media: Path) -> dict[str, str]:
    """The colours, by hash, of attached pictures that have none yet, for the worker: 100 at a time."""
    rows = session.exec(select(Picture.hash, Picture.width).where(Picture.colour == "").distinct()).all()
    found: dict[str, str] = {}
    for picture_hash, width in rows:
        colour = _colour(media, picture_hash, width) if len(found) < _COLOURS_AT_ONCE else ""
        if colour:
            found[picture_hash] = colour
    return found


def set_colours(session: Session, colours_by_hash: Mapping[str, str], now: datetime) -> None:
    """Let pictures have their colour, wherever they hang. Flushes."""
    wanted = select(Picture).where(Picture.colour == "", col(Picture.hash).in_(list(colours_by_hash)))
    pictures = session.exec(wanted.order_by(col(Picture.id))).all()
    for picture in pictures:
        picture.colour = colours_by_hash[picture.hash]
    session.flush()
    for product_id in sorted({picture.product_id for picture in pictures}):
        products.touch(session, product_id, now, words=False)


def of(session: Session, product_ids: Iterable[int]) -> dict[int, list[Picture]]:
    """The pictures of some products in their order, those of the variants among them; one query."""
    rows = session.exec(
        select(Picture)
        .where(col(Picture.product_id).in_(list(product_ids)))
        .order_by(col(Picture.product_id), col(Picture.position), col(Picture.id))
    ).all()
    found: dict[int, list[Picture]] = {}
    for picture in rows:
        found.setdefault(picture.product_id, []).append(picture)
    return found


def attach(
    session: Session,
    product_id: int,
    stored: StoredPicture,
    *,
    alt: str,
    now: datetime,
    variant_id: int | None = None,
    position: int | None = None,
) -> Picture:
    """Hang a picture on a product or one of its variants, last unless `position` says otherwise. Flushes.

    What already hangs there is given back unchanged.
    """
    hanging = session.exec(
        select(Picture).where(
            Picture.product_id == product_id, Picture.variant_id == variant_id, Picture.hash == stored.hash
        )
    ).first()
    if hanging is not None:
        return hanging
    picture = Picture(
        product_id=product_id,
        variant_id=variant_id,
        hash=stored.hash,
        alt=alt,
        position=_last_position(session, product_id) + 1 if position is None else position,
        width=stored.width,
        height=stored.height,
        colour=stored.colour,
    )
    session.add(picture)
    session.flush()
    products.touch(session, product_id, now, words=False)
    return picture


def hang_all(session: Session, hangings: Sequence[Hanging], now: datetime) -> None:
    """Hang pictures on new products, on which none hangs yet; few statements."""
    rows = (
        (each.product_id, each.variant_id, each.picture.hash, each.alt, each.position, each.picture.width,
         each.picture.height, each.picture.colour)
        for each in hangings
    )  # fmt: skip
    columns = ("product_id", "variant_id", "hash", "alt", "position", "width", "height", "colour")
    bulk.insert(session, Picture, columns, rows)
    products.touch_many(session, {each.product_id: now for each in hangings}, words=False)


def detach(session: Session, picture: Picture, now: datetime) -> None:
    """Take a picture off its product; the file stays, other products may show it. Flushes."""
    session.delete(picture)
    session.flush()
    products.touch(session, picture.product_id, now, words=False)


def set_alt(session: Session, picture: Picture, alt: str, now: datetime) -> None:
    """Say what is to be seen, for those who do not see it. Flushes."""
    if picture.alt != alt.strip():
        picture.alt = alt.strip()
        session.flush()
        products.touch(session, picture.product_id, now, words=False)


def set_focus(session: Session, picture: Picture, x: int, y: int, now: datetime) -> None:
    """Say what must stay in view where the picture is cropped: per cent from the left and the top. Flushes."""
    picture.focus_x, picture.focus_y = (min(100, max(0, each)) for each in (x, y))
    session.flush()
    products.touch(session, picture.product_id, now, words=False)


def show_variant(session: Session, picture: Picture, variant: Variant | None, now: datetime) -> None:
    """Say which variant a picture shows; None, or another product's variant: all of them. Flushes."""
    is_its_own = variant is not None and variant.product_id == picture.product_id
    variant_id = variant.id if variant is not None and is_its_own else None
    if picture.variant_id != variant_id:
        picture.variant_id = variant_id
        session.flush()
        products.touch(session, picture.product_id, now, words=False)


def reorder(session: Session, product_id: int, picture_ids: Sequence[int], now: datetime) -> None:
    """Put the pictures of a product in this order; unknown ids are ignored, unnamed ones follow. Flushes."""
    pictures = of(session, [product_id]).get(product_id, [])
    rank = {picture_id: place for place, picture_id in enumerate(picture_ids)}
    ordered = sorted(pictures, key=lambda each: rank.get(each.id or 0, len(rank)))
    for position, picture in enumerate(ordered):
        picture.position = position
    session.flush()
    products.touch(session, product_id, now, words=False)


def _kept(media: Path, picture_hash: str) -> Path | None:
    if not _HASH.fullmatch(picture_hash):
        return None
    paths = (_original(media, picture_hash, ext) for ext in _KEPT)
    return next((path for path in paths if path.is_file()), None)


def _original(media: Path, picture_hash: str, ext: str) -> Path:
    return media / "originals" / picture_hash[:2] / f"{picture_hash}.{ext}"


def _develop(media: Path, picture_hash: str, source: BinaryIO) -> None:
    """Make everything of a new picture; the original comes last, for it says that the picture is there."""
    with _unfinished(media / "originals" / picture_hash[:2]) as (out, keep_as):
        developed = photographs.develop(source, out, WIDTHS[-1])
        _make_sizes(media, picture_hash, developed.picture)
        keep_as(_original(media, picture_hash, developed.ext))


def _make_sizes(media: Path, picture_hash: str, picture: Image.Image) -> tuple[int, ...]:
    """Make the missing sizes from the picture in the largest one; give their widths, largest first."""
    made, (full_width, full_height) = [], picture.size
    picture.info = {}  # some encoders copy notes from it
    for width in sizes_of(full_width)[::-1]:
        height = max(1, round(full_height * width / full_width))
        picture = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
        if not _is_made(media, picture_hash, width):
            _write_size(media, picture_hash, picture)
            made.append(width)
    return tuple(made)


def _colour(media: Path, picture_hash: str, width: int) -> str:
    """The colour of a picture by its smallest size; "" where that is not made yet."""
    smallest = path_of(media, picture_hash, sizes_of(width)[0], EXTENSIONS[0])
    return colours.average(smallest) if smallest.is_file() else ""


def _is_made(media: Path, picture_hash: str, width: int) -> bool:
    """Whether a width is there in all forms; the last one written speaks for the others."""
    return path_of(media, picture_hash, width, EXTENSIONS[-1]).is_file()


def _write_size(media: Path, picture_hash: str, image: Image.Image) -> None:
    for ext, data in _encoded(image):
        path = path_of(media, picture_hash, image.width, ext)
        with _unfinished(path.parent) as (out, keep_as):
            out.write(data)
            keep_as(path)


def _encoded(image: Image.Image) -> Iterator[tuple[str, bytes]]:
    webp = BytesIO()
    image.save(webp, "WEBP", quality=78, method=2)
    yield "webp", webp.getvalue()
    jpeg = BytesIO()
    photographs.on_white(image).save(jpeg, "JPEG", quality=82, progressive=True, optimize=True)
    yield "jpg", jpeg.getvalue()


@contextmanager
def _unfinished(folder: Path) -> Iterator[tuple[BinaryIO, Callable[[Path], None]]]:
    """A new file and a function that gives it its name: others see all of it or nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    try:
        with os.fdopen(descriptor, "w+b") as out:

            def keep_as(path: Path) -> None:
                out.flush()
                os.fsync(out.fileno())
                Path(name).replace(path)

            yield out, keep_as
    finally:
        Path(name).unlink(missing_ok=True)


def _last_position(session: Session, product_id: int) -> int:
    last = session.exec(select(func.max(Picture.position)).where(Picture.product_id == product_id)).one()
    return -1 if last is None else last

"""Read what people upload as a picture: check it, decode it once, keep it without its metadata."""

import hashlib
import shutil
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageCms

from catalog import bare_jpeg, colour_profile, heic
from catalog.refusals import Refusal

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
LARGEST_FILE = 40 * 1024 * 1024  # bytes
LARGEST_PIXELS = 50_000_000
KEPT_EDGE = 2560  # pixels: the longer edge of the JPEG that is kept of a HEIC or AVIF
_LARGE = 72_000_000  # bytes of memory: a picture that takes more is worked on alone
# Bytes of memory a pixel takes: libheif's planes and RGB; all coefficients of a progressive JPEG; a baseline
# JPEG is decoded at a fraction of its size; everything else is decoded whole and turned.
_BYTES = {"HEIC": 5, "progressive": 6, "JPEG": 1, "MPO": 1}
_BYTES_OTHERWISE = 12
_ORIENTATION = 0x0112  # EXIF
# What turns a picture upright, by its orientation (EXIF 2.32, 4.6.4); from 5 on, width and height change places.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_RESIZABLE = ("RGB", "RGBA", "L", "CMYK")
# Pillow calls a JPEG with further pictures inside, as many phones write it, "MPO".
_EXTENSIONS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "png", "AVIF": "webp"}
# What Pillow and libheif raise on files that are cut off, damaged or built to hurt.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, OverflowError, MemoryError,
           RuntimeError, struct.error, zlib.error)  # fmt: skip

_NOT_A_PICTURE = "Diese Datei ist kein Bild, das wir lesen können. Bitte nehmen Sie JPEG, HEIC, PNG, WebP oder GIF."
_DAMAGED = "Dieses Bild ist beschädigt oder unvollständig. Bitte speichern oder übertragen Sie es noch einmal."
_EMPTY = "Diese Datei ist leer. Bitte übertragen Sie das Bild noch einmal."
_TOO_HEAVY = "Diese Datei ist größer als 40 MB. Bitte speichern Sie das Bild kleiner und nehmen Sie dann diese Datei."
_TOO_WIDE = "Dieses Bild hat mehr als 50 Millionen Bildpunkte. Bitte verkleinern Sie es, 4000 × 3000 reichen immer."


class NotAPicture(Refusal):
    """The file is no picture that we can read safely."""


@dataclass(frozen=True)
class Developed:
    """What became of a file: how the kept one ends (jpg, png, webp), and the picture, upright and sRGB.

    `picture` is at most as wide as was asked for.
    """

    ext: str
    picture: Image.Image


def read(path: Path) -> bytes:
    """The bytes of a file; of one that is too heavy only so many that `check` will say so."""
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def check(data: bytes) -> None:
    """Refuse what is no picture, too heavy or too large, by its first bytes alone. Raises NotAPicture."""
    _check_weight(len(data))
    must_be_alone(BytesIO(data))


def hash_of(file: BinaryIO) -> str:
    """The SHA-256 of a file from its begin. Raises NotAPicture if it is empty or too heavy."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while size <= LARGEST_FILE and (chunk := file.read(256 * 1024)):
        size += len(chunk)
        digest.update(chunk)
    _check_weight(size)
    return digest.hexdigest()


def must_be_alone(file: BinaryIO) -> bool:
    """Check a file's kind and size, and say whether it takes so much memory that no other may stand beside it.

    A baseline JPEG is decoded at a fraction of its size and takes little. Raises NotAPicture.
    """
    if heic.is_heic(_head(file)):
        width, height = _heic(file).size
        return width * height * _BYTES["HEIC"] > _LARGE
    with _opened(file) as image:
        kind = "progressive" if image.info.get("progressive") else str(image.format)
        return image.width * image.height * _BYTES.get(kind, _BYTES_OTHERWISE) > _LARGE


def develop(file: BinaryIO, out: BinaryIO, width: int) -> Developed:
    """Write what is kept of a picture to `out`, an empty file to write and read. Raises NotAPicture.

    A JPEG stays what it is, only bare. HEIC and AVIF become a JPEG that every program knows, other
    formats are encoded anew without loss that one could see; nothing hidden survives either.
    """
    if heic.is_heic(_head(file)):
        return _of_heic(file, out, width)
    with _opened(file) as image:
        if image.format in ("JPEG", "MPO"):
            return _of_jpeg(image, file, out, width)
        with _as_damage():
            upright = _upright_srgb(image)
            if image.format == "AVIF" and upright.mode == "RGB":
                return _as_jpeg(upright, out, width)
            ext = _EXTENSIONS[str(image.format)]
            if _is_bare_webp(file, image):
                _copy(file, out)
            else:
                _encode(upright, ext, out)
            return Developed(ext, narrowed(upright, width))


def shrunk(kept: Path | BinaryIO, width: int) -> Image.Image:
    """A kept picture, upright and sRGB, at most so wide; a JPEG is not decoded finer than that needs.

    Raises OSError for a damaged one.
    """
    with Image.open(kept, formats=FORMATS) as image:
        orientation = _orientation(image)
        upright_width, upright_height = _upright(image.size, orientation)
        target = min(width, upright_width), _height(upright_width, upright_height, width)
        raw_target = _upright(target, orientation)
        image.draft("RGB", raw_target)
        image.load()
        plain = image if image.mode in _RESIZABLE else _in_rgb(image)
        small = plain.resize(raw_target, Image.Resampling.LANCZOS, reducing_gap=3.0)
        turned = small.transpose(_TURNS[orientation]) if orientation != 1 else small
        return _in_srgb(turned, image.info.get("icc_profile"))


def narrowed(picture: Image.Image, width: int) -> Image.Image:
    """A picture at most so wide."""
    if picture.width <= width:
        return picture
    height = _height(picture.width, picture.height, width)
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def upright_size(kept: Path) -> tuple[int, int]:
    """Width and height of a kept picture as it is seen, in pixels."""
    with Image.open(kept, formats=FORMATS) as image:
        return _upright(image.size, _orientation(image))


def _check_weight(size: int) -> None:
    if not size:
        raise NotAPicture(_EMPTY)
    if size > LARGEST_FILE:
        raise NotAPicture(_TOO_HEAVY)


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(32)


@contextmanager
def _opened(file: BinaryIO) -> Iterator[Image.Image]:
    """A file that Pillow reads, not decoded yet. Raises NotAPicture."""
    file.seek(0)
    try:
        image = Image.open(file, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAPicture(_TOO_WIDE) from error
    except _BROKEN as error:
        raise NotAPicture(_NOT_A_PICTURE) from error
    _check_size(image.width, image.height)
    yield image


def _heic(file: BinaryIO) -> heic.Heic:
    file.seek(0)
    try:
        photo = heic.opened(file)
        width, height = photo.size
    except _BROKEN as error:
        raise NotAPicture(_DAMAGED) from error
    _check_size(width, height)
    return photo


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise NotAPicture(_DAMAGED)
    if width * height > LARGEST_PIXELS:
        raise NotAPicture(_TOO_WIDE)


@contextmanager
def _as_damage() -> Iterator[None]:
    """What fails in here fails because the picture is damaged; a full disk is another matter."""
    try:
        yield
    except _BROKEN as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise NotAPicture(_DAMAGED) from error


def _of_heic(file: BinaryIO, out: BinaryIO, width: int) -> Developed:
    photo = _heic(file)
    with _as_damage():
        decoded = heic.decoded(photo, _factor(*photo.size, width))
        return _as_jpeg(_in_srgb(decoded, photo.info.get("icc_profile")), out, width)


def _factor(width: int, height: int, needed_width: int) -> int:
    """By what a photograph may be reduced at once: to what is kept, unless that gets too narrow."""
    edge = max(width, height)
    factor = -(-edge // KEPT_EDGE)
    return factor if width // factor >= needed_width else max(1, edge // KEPT_EDGE)


def _as_jpeg(upright: Image.Image, out: BinaryIO, width: int) -> Developed:
    edge = max(upright.size)
    kept = on_white(narrowed(upright, max(1, upright.width * min(KEPT_EDGE, edge) // edge)))
    kept.info = {}
    kept.save(out, "JPEG", quality=90)
    return Developed("jpg", narrowed(kept, width))


def _of_jpeg(image: Image.Image, file: BinaryIO, out: BinaryIO, width: int) -> Developed:
    file.seek(0)
    with _as_damage():
        profile = colour_profile.essential(image.info.get("icc_profile"))
        bare_jpeg.copy(file, out, orientation=_orientation(image), profile=profile)
        out.seek(0)
        return Developed("jpg", shrunk(out, width))


def _orientation(image: Image.Image) -> int:
    """How a picture was held: 1 to 8; 1 where the file says nothing that makes sense."""
    try:
        said = image.getexif().get(_ORIENTATION, 1)
    except _BROKEN:
        return 1
    return said if said in _TURNS else 1


def _upright(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    return (size[1], size[0]) if orientation >= 5 else size


def _height(width: int, height: int, wanted_width: int) -> int:
    """The height that belongs to a width, where nothing is enlarged."""
    return height if wanted_width >= width else max(1, round(height * wanted_width / width))


def _is_bare_webp(file: BinaryIO, image: Image.Image) -> bool:
    """Whether there is nothing in a WebP but its picture: no profile, no notes, nothing appended."""
    head = _head(file)
    if image.format != "WEBP" or head[12:16] not in (b"VP8 ", b"VP8L"):
        return False
    return 20 + int.from_bytes(head[16:20], "little") + head[16] % 2 == file.seek(0, SEEK_END)


def _copy(file: BinaryIO, out: BinaryIO) -> None:
    file.seek(0)
    shutil.copyfileobj(file, out)


def _upright_srgb(image: Image.Image) -> Image.Image:
    orientation, profile = _orientation(image), image.info.get("icc_profile")
    image.load()
    upright = image.transpose(_TURNS[orientation]) if orientation != 1 else image
    coloured = _in_srgb(upright, profile)
    if coloured.mode == "RGBA" and coloured.getchannel("A").getextrema() == (255, 255):
        return coloured.convert("RGB")
    return coloured


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert by the file's own profile; a profile that fits nothing is ignored."""
    if not profile:
        return _in_rgb(image)
    source = image if image.mode in _RESIZABLE else _in_rgb(image)
    mode = "RGBA" if source.mode == "RGBA" else "RGB"
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(source, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return _in_rgb(image)
    return converted or _in_rgb(image)


def _in_rgb(image: Image.Image) -> Image.Image:
    if image.mode in ("RGB", "RGBA"):
        return image
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value * (1 / 256) + 0).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def on_white(image: Image.Image) -> Image.Image:
    """A picture without clear parts: they are white."""
    if image.mode != "RGBA":
        return image
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _encode(image: Image.Image, ext: str, out: BinaryIO) -> None:
    """Encode the pixels alone; `info` is emptied because some encoders copy profiles and notes from it."""
    image.info = {}
    if ext == "png":
        image.save(out, "PNG", compress_level=6)
    else:
        image.save(out, "WEBP", quality=92, method=2)

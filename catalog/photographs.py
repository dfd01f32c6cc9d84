"""Read what people upload as a picture: check it, turn it upright, make it sRGB, forget its metadata."""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

from catalog.refusals import Refusal

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
LARGEST_FILE = 40 * 1024 * 1024  # bytes
LARGEST_PIXELS = 50_000_000
# Pillow calls a JPEG with further pictures inside, as many phones write it, "MPO".
_EXTENSIONS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "png"}
# What Pillow raises on files that are cut off, damaged or built to hurt.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, OverflowError, MemoryError,
           struct.error, zlib.error)  # fmt: skip
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif")

_NOT_A_PICTURE = "Diese Datei ist kein Bild, das wir lesen können. Bitte nehmen Sie JPEG, PNG, WebP oder GIF."
_DAMAGED = "Dieses Bild ist beschädigt oder unvollständig. Bitte speichern oder übertragen Sie es noch einmal."
_EMPTY = "Diese Datei ist leer. Bitte übertragen Sie das Bild noch einmal."
_TOO_HEAVY = "Diese Datei ist größer als 40 MB. Bitte speichern Sie das Bild kleiner und nehmen Sie dann diese Datei."
_TOO_WIDE = "Dieses Bild hat mehr als 50 Millionen Bildpunkte. Bitte verkleinern Sie es, 4000 × 3000 reichen immer."
_HEIC = (
    "Dieses Foto hat das Format HEIC oder AVIF. Bitte speichern Sie es als JPEG. Am iPhone stellen Sie das unter "
    "Einstellungen › Kamera › Formate mit „Maximale Kompatibilität“ ein."
)


class NotAPicture(Refusal):
    """The file is no picture that we can read safely."""


@dataclass(frozen=True)
class Photograph:
    """A picture that is safe to keep: upright, sRGB, without metadata. `ext` is jpg, png or webp."""

    data: bytes
    ext: str
    width: int
    height: int


def read(path: Path) -> bytes:
    """The bytes of a file; of one that is too heavy only so many that `check` will say so."""
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def check(data: bytes) -> None:
    """Refuse what is no picture, too heavy or too large, by its first bytes alone. Raises NotAPicture."""
    _open(data).close()


def clean(data: bytes) -> Photograph:
    """Decode a file completely and give it back without metadata. Raises NotAPicture.

    A file that is bare already stays as it is, byte for byte; otherwise its pixels are encoded anew,
    which nothing hidden survives (places, serial numbers, embedded previews, appended files).
    """
    with _open(data) as image:
        try:
            image.load()
            if _is_bare(data, image):
                return Photograph(data, _EXTENSIONS[str(image.format)], image.width, image.height)
            upright = _upright_srgb(image)
        except _BROKEN as error:
            raise NotAPicture(_DAMAGED) from error
        ext = _EXTENSIONS[str(image.format)]
    return Photograph(_encode(upright, ext), ext, upright.width, upright.height)


def _open(data: bytes) -> Image.Image:
    _check_outside(data)
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAPicture(_TOO_WIDE) from error
    except _BROKEN as error:
        raise NotAPicture(_NOT_A_PICTURE) from error
    if image.width * image.height > LARGEST_PIXELS:
        image.close()
        raise NotAPicture(_TOO_WIDE)
    return image


def _check_outside(data: bytes) -> None:
    if not data:
        raise NotAPicture(_EMPTY)
    if len(data) > LARGEST_FILE:
        raise NotAPicture(_TOO_HEAVY)
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        raise NotAPicture(_HEIC)


def _is_bare(data: bytes, image: Image.Image) -> bool:
    """Whether there is nothing in a file but an 8-bit picture: no profile, no notes, nothing appended."""
    if image.format == "JPEG" and image.mode in ("RGB", "L"):
        segments = {name for name, _ in getattr(image, "applist", [])}
        return segments <= {"APP0", "APP14"} and data.find(b"\xff\xd9") == len(data) - 2
    if image.format == "WEBP" and data[12:16] in (b"VP8 ", b"VP8L"):
        return 20 + int.from_bytes(data[16:20], "little") + data[16] % 2 == len(data)
    return False


def _upright_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    coloured = _in_srgb(upright, profile) if profile else _in_rgb(upright)
    if coloured.mode == "RGBA" and coloured.getchannel("A").getextrema() == (255, 255):
        return coloured.convert("RGB")
    return coloured


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert by the file's own profile; a profile that fits nothing is ignored."""
    source = image if image.mode in ("RGB", "RGBA", "CMYK", "L") else _in_rgb(image)
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


def _encode(image: Image.Image, ext: str) -> bytes:
    """Encode the pixels alone; `info` is emptied because some encoders copy profiles and notes from it."""
    image.info = {}
    out = BytesIO()
    if ext == "jpg":
        image.convert("RGB").save(out, "JPEG", quality=92, optimize=True)
    elif ext == "png":
        image.save(out, "PNG", compress_level=6)
    else:
        image.save(out, "WEBP", quality=92, method=2)
    return out.getvalue()

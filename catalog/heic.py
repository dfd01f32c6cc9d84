"""Read HEIC, the format of telephones (ISO/IEC 23008-12), through libheif; loaded when the first one comes."""

from typing import Any, BinaryIO, Protocol

from PIL import Image

_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_STRIP = 512  # rows
_THREADS = 2


class Heic(Protocol):
    """A HEIC file as pi_heif gives it: `data` decodes it, into rows of `stride` bytes."""

    size: tuple[int, int]
    mode: str
    info: dict[str, Any]

    @property
    def data(self) -> memoryview:
        """The pixels."""

    @property
    def stride(self) -> int:
        """Bytes of a row."""


def is_heic(head: bytes) -> bool:
    """Whether a file that begins with these 32 bytes says that it is HEIC (and not AVIF)."""
    return head[4:8] == b"ftyp" and head[8:12] in _BRANDS and b"avif" not in head[8:32]


def opened(file: BinaryIO) -> Heic:
    """The file with its size, not decoded yet. Raises ValueError, OSError, SyntaxError, RuntimeError, EOFError."""
    from pi_heif import HeifFile, options

    options.THUMBNAILS = options.DEPTH_IMAGES = options.AUX_IMAGES = False
    options.DECODE_THREADS = _THREADS
    photo: Heic = HeifFile(file, remove_stride=False)
    return photo


def decoded(photo: Heic, factor: int) -> Image.Image:
    """The upright picture (the file itself says how it was held), reduced by a whole factor.

    libheif's pixels are reduced strip by strip, so a large photograph is in memory only once.
    """
    pixels, mode, stride = photo.data, photo.mode, photo.stride
    width, height = photo.size
    if factor == 1:
        return Image.frombytes(mode, (width, height), pixels, "raw", mode, stride)
    whole = Image.new(mode, (-(-width // factor), -(-height // factor)))
    for top in range(0, height, _STRIP * factor):
        rows = min(_STRIP * factor, height - top)
        part = pixels[top * stride : (top + rows) * stride]
        strip = Image.frombytes(mode, (width, rows), part, "raw", mode, stride)
        whole.paste(strip.reduce(factor), (0, top // factor))
    return whole

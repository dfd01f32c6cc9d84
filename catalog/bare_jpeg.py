"""A JPEG without what it hides: its picture is copied byte for byte, its metadata is left behind.

Places, serial numbers, names, embedded previews and whatever is appended behind the picture do not
pass (ITU-T T.81, annex B, for the markers). The pixels are not encoded anew, so nothing is lost.
"""

import io
import re
import struct
from typing import BinaryIO

_CHUNK = 256 * 1024
_SOI, _EOI, _SOS, _APP0, _APP14, _APP15, _COMMENT = 0xD8, 0xD9, 0xDA, 0xE0, 0xEE, 0xEF, 0xFE
# What decoding needs: frame headers, tables, restart interval, number of lines.
_NEEDED = frozenset((*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD)) - {0xC8}
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # in scans, FF00 and FFD0 to FFD7 belong to the pixels
_PROFILE_PART = 65_519  # bytes of a colour profile in one segment (ICC.1, annex B.4)


class CutOff(ValueError):
    """The file ends before its picture does, or is no JPEG at all."""


def copy(source: BinaryIO, out: BinaryIO, *, orientation: int = 1, profile: bytes = b"") -> None:
    """Copy a JPEG up to its first end, with no metadata but an orientation (1 to 8) and a colour profile.

    Both files are at the JPEG's begin resp. wherever the copy should go. Raises CutOff.
    """
    if source.read(2) != b"\xff\xd8":
        raise CutOff("no JPEG")
    out.write(b"\xff\xd8")
    is_told = False
    marker = _skip_to_marker(source)
    while marker != _EOI:
        content = _segment(source)
        if marker == _APP0 and content.startswith(b"JFIF\0") and not is_told:
            _write(out, marker, content[:12] + b"\0\0")  # without its preview
        elif marker == _APP14 and content.startswith(b"Adobe"):
            _write(out, marker, content[:12])  # says how the colours are meant
        elif marker in _NEEDED:
            if not is_told:
                _tell(out, orientation, profile)
                is_told = True
            _write(out, marker, content)
        marker = _copy_scan(source, out) if marker == _SOS else _skip_to_marker(source)
    out.write(b"\xff\xd9")


def _tell(out: BinaryIO, orientation: int, profile: bytes) -> None:
    if orientation != 1:
        _write(out, 0xE1, _exif(orientation))
    parts = [profile[start : start + _PROFILE_PART] for start in range(0, len(profile), _PROFILE_PART)]
    for number, part in enumerate(parts, start=1):
        _write(out, 0xE2, b"ICC_PROFILE\0" + bytes((number, len(parts))) + part)


def _exif(orientation: int) -> bytes:
    """The smallest EXIF there is: one entry (tag 0112h, SHORT)."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + entry + b"\0\0\0\0"


def _write(out: BinaryIO, marker: int, content: bytes) -> None:
    out.write(b"\xff" + bytes((marker,)) + struct.pack(">H", len(content) + 2) + content)


def _segment(source: BinaryIO) -> bytes:
    head = source.read(2)
    length = int.from_bytes(head, "big") - 2
    content = source.read(length) if length >= 0 else b""
    if len(head) < 2 or length < 0 or len(content) < length:
        raise CutOff("a segment ends early")
    return content


def _skip_to_marker(source: BinaryIO) -> int:
    """The next marker; filling and stray bytes between segments are passed over."""
    return _copy_scan(source, io.BytesIO())


def _copy_scan(source: BinaryIO, out: BinaryIO) -> int:
    """Copy the coded pixels up to the next marker, and give that one."""
    while chunk := source.read(_CHUNK):
        found = _MARKER.search(chunk)
        if found is not None:
            out.write(chunk[: found.start()])
            source.seek(found.end() - len(chunk), io.SEEK_CUR)
            return found[0][1]
        if chunk.endswith(b"\xff") and len(chunk) > 1:  # perhaps half a marker
            source.seek(-1, io.SEEK_CUR)
            chunk = chunk[:-1]
        out.write(chunk)
    raise CutOff("no end")

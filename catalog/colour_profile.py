"""An ICC profile reduced to what colours need: screens write their serial number into theirs."""

import struct

# White point, adaptation, primaries, curves, tables towards the viewer (ICC.1:2022, clause 9).
_NEEDED = frozenset(
    (b"wtpt", b"bkpt", b"chad", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"A2B0", b"A2B1",
     b"A2B2", b"cicp")
)  # fmt: skip
_HEADER = 128  # bytes
_LARGEST = 4 * 1024 * 1024  # bytes; those of printing presses have two
_NAMING = (slice(24, 36), slice(48, 64), slice(80, _HEADER))  # date; maker, model; creator, identity


def essential(profile: bytes | None) -> bytes:
    """The profile without names, dates and devices; b"" where there is none or it makes no sense."""
    if not profile or not _HEADER + 4 < len(profile) <= _LARGEST:
        return b""
    header = bytearray(profile[:_HEADER])
    for naming in _NAMING:
        header[naming] = bytes(len(header[naming]))
    return _put_together(header, _tags(profile))


def _tags(profile: bytes) -> dict[bytes, bytes]:
    count = min(int.from_bytes(profile[_HEADER : _HEADER + 4], "big"), 200)
    tags = {}
    for place in range(_HEADER + 4, _HEADER + 4 + 12 * count, 12):
        entry = profile[place : place + 12]
        if len(entry) == 12:
            name, start, size = struct.unpack(">4sII", entry)
            if name in _NEEDED and start + size <= len(profile):
                tags[name] = profile[start : start + size]
    return tags


def _put_together(header: bytearray, tags: dict[bytes, bytes]) -> bytes:
    """Write the tags behind one another, each content once."""
    if not tags:
        return b""
    body, places = b"", dict[bytes, int]()
    table = struct.pack(">I", len(tags))
    begin = _HEADER + 4 + 12 * len(tags)
    for name, content in tags.items():
        if content not in places:
            places[content] = begin + len(body)
            body += content + bytes(-len(content) % 4)
        table += struct.pack(">4sII", name, places[content], len(content))
    header[:4] = struct.pack(">I", begin + len(body))
    return bytes(header) + table + body

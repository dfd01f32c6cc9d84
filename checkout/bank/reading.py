"""From an uploaded file to statements: what it is, is found out from its content, never from its name."""

import io
from zipfile import BadZipFile, ZipFile, ZipInfo

from catalog.exchange.reading import NotATable
from checkout.bank import camt, mt940_files, tables
from checkout.bank.statement import NotAStatement, Read, Statement

MOST_BYTES = 10 * 1024 * 1024  # a year of a busy shop's camt.053 has two
MOST_MEMBERS = 400  # a year of daily statements
MOST_UNPACKED = 50 * 1024 * 1024
_MOST_RATIO = 200  # camt.053 shrinks to a twentieth

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # with members, and without any

_NOT_TEXT = {
    b"%PDF": "Das ist ein Kontoauszug als PDF. Den kann nur ein Mensch lesen. Bitte laden Sie im Online-Banking "
    "die Umsätze als CAMT (camt.053, XML oder ZIP) herunter; wo es das nicht gibt, als MT940 oder CSV.",
    b"\x89PNG": "Das ist ein Bild. Bitte laden Sie die Umsätze als CAMT (camt.053), MT940 oder CSV herunter.",
    b"\xff\xd8\xff": "Das ist ein Foto. Bitte laden Sie die Umsätze als CAMT (camt.053), MT940 oder CSV herunter.",
    b"\xd0\xcf\x11\xe0": "Das ist eine alte Excel-Datei. Bitte laden Sie die Umsätze als CAMT (camt.053) oder CSV "
    "herunter.",
}


def read(content: bytes) -> Read:
    """Read camt.053, MT940 or a bank's CSV, also several of them in a ZIP.

    In a ZIP, members that are no statement are named and left out. Raises NotAStatement if nothing at
    all could be read, and for files that are larger, fuller or tighter packed than statements are.
    """
    if not content.strip():
        raise NotAStatement("Die Datei ist leer.")
    if len(content) > MOST_BYTES:
        raise NotAStatement(f"Die Datei ist größer als {MOST_BYTES // 1024 // 1024} MB. So groß ist kein Kontoauszug.")
    if content.startswith(_ZIP):
        return _read_zip(content)
    return Read(tuple(_read_one(content)))


def _read_zip(content: bytes) -> Read:
    statements: list[Statement] = []
    refused: list[str] = []
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            for member in _members(archive):
                try:
                    statements += _read_one(_unpack(archive, member))
                except NotAStatement as refusal:
                    refused.append(f"{_short(member.filename)}: {refusal.sentence}")
    except (BadZipFile, EOFError, RuntimeError) as error:  # RuntimeError: a password, an unknown packing
        raise NotAStatement("Die ZIP-Datei ist beschädigt oder mit einem Passwort geschützt.") from error
    if not statements:
        raise NotAStatement(refused[0] if refused else "In der ZIP-Datei ist kein Kontoauszug.")
    return Read(tuple(statements), tuple(refused))


def _members(archive: ZipFile) -> list[ZipInfo]:
    members = [each for each in archive.infolist() if not each.is_dir() and not _is_litter(each.filename)]
    if any(each.filename.startswith("xl/") for each in members):
        raise NotAStatement(
            "Das ist eine Excel-Datei. Bitte laden Sie die Umsätze im Online-Banking als CAMT (camt.053) oder CSV "
            "herunter."
        )
    if len(members) > MOST_MEMBERS:
        raise NotAStatement(f"In der ZIP-Datei sind mehr als {MOST_MEMBERS} Dateien. Bitte teilen Sie sie auf.")
    unpacked = sum(each.file_size for each in members)
    packed = sum(each.compress_size for each in members)
    if unpacked > MOST_UNPACKED or unpacked > _MOST_RATIO * max(packed, 1):
        raise NotAStatement("Die ZIP-Datei wird beim Auspacken zu groß. So groß ist kein Kontoauszug.")
    return members


def _unpack(archive: ZipFile, member: ZipInfo) -> bytes:
    """The member's bytes; its header may lie about their number, so no more are taken than it says."""
    with archive.open(member) as opened:
        content = opened.read(member.file_size + 1)
    if len(content) > member.file_size:
        raise NotAStatement("Der Eintrag ist größer, als die ZIP-Datei sagt.")
    if content.startswith(_ZIP):
        raise NotAStatement("In der ZIP-Datei liegt noch eine ZIP-Datei. Bitte packen Sie sie aus.")
    return content


def _read_one(content: bytes) -> list[Statement]:
    for magic, sentence in _NOT_TEXT.items():
        if content.startswith(magic):
            raise NotAStatement(sentence)
    if camt.is_xml(content):
        return camt.read(content)
    if mt940_files.is_mt940(content):
        return mt940_files.read(content)
    try:
        return [tables.read(content)]
    except NotATable as refusal:
        raise NotAStatement(refusal.sentence) from refusal


def _is_litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")


def _short(name: str) -> str:
    return name.rpartition("/")[2][:60]

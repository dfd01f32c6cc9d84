"""Files that are no CSV and are dropped by mistake: told by their first bytes, refused unread."""

import re

from catalog.exchange.tables import NotATable

HEAD_BYTES = 64 * 1024
_IN_EXCEL = (
    "Bitte öffnen Sie sie in Excel und speichern Sie sie mit „Speichern unter“ als „CSV UTF-8 (durch Trennzeichen "
    "getrennt)“."
)
_IN_CALC = (
    "Bitte öffnen Sie sie in LibreOffice und speichern Sie sie mit „Speichern unter“ als „Text CSV“, Zeichensatz UTF-8."
)
_AS_CSV = "Bitte laden Sie die Artikel dort, woher sie kommen, als CSV-Datei herunter."
_UNPACK = "Bitte packen Sie sie aus und nehmen Sie die CSV-Datei, die darin ist."
_IS_A_PICTURE = "Das ist ein Bild. Hierher gehört eine CSV-Datei mit Artikeln; Bilder kommen über die Spalte „Bilder“."
_ZIPPED = (
    (b"xl/", f"Das ist eine Excel-Datei. {_IN_EXCEL}"),
    (b"application/vnd.oasis.opendocument.spreadsheet", f"Das ist eine Tabelle von LibreOffice. {_IN_CALC}"),
    (b"Index/", "Das ist eine Tabelle von Numbers. Bitte wählen Sie dort „Ablage“, „Exportieren“, „CSV“."),
    (b"word/", "Das ist ein Word-Dokument. Hierher gehört eine Tabelle, als CSV-Datei gespeichert."),
)
_BINARY = (
    (b"\xd0\xcf\x11\xe0", f"Das ist eine ältere Excel-Datei (.xls). {_IN_EXCEL}"),
    (b"%PDF", f"Das ist ein PDF. Daraus lassen sich keine Artikel lesen. {_AS_CSV}"),
    (b"\x1f\x8b", f"Diese Datei ist gepackt (gzip). {_UNPACK}"),
    (b"BZh", f"Diese Datei ist gepackt (bzip2). {_UNPACK}"),
    (b"\xfd7zXZ", f"Diese Datei ist gepackt (xz). {_UNPACK}"),
    (b"7z\xbc\xaf", f"Diese Datei ist gepackt (7-Zip). {_UNPACK}"),
    (b"Rar!", f"Diese Datei ist gepackt (RAR). {_UNPACK}"),
    (b"\x89PNG", _IS_A_PICTURE),
    (b"\xff\xd8\xff", _IS_A_PICTURE),
    (b"GIF8", _IS_A_PICTURE),
    (b"{\\rtf", "Das ist ein Text-Dokument (RTF). Hierher gehört eine Tabelle, als CSV-Datei gespeichert."),
    (b"SQLite format 3", f"Das ist eine Datenbank. {_AS_CSV}"),
)
_HTML = re.compile(r"<(!doctype html|html|head|body|table|meta)\b", re.IGNORECASE)
_XML = re.compile(r"<(\?xml|[a-z][\w:.-]*[\s>])", re.IGNORECASE)
_JSON = re.compile(r'\{\s*"|\[\s*[\[{]')


def refuse_binary(head: bytes) -> None:
    """Refuse what is no text, by a file's first HEAD_BYTES at most. Raises NotATable that says how to make a CSV."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        zipped = (sentence for mark, sentence in _ZIPPED if mark in head)
        raise NotATable(next(zipped, f"Diese Datei ist gepackt (ZIP). {_UNPACK}"))
    for mark, sentence in _BINARY:
        if head.startswith(mark):
            raise NotATable(sentence)


def is_office_file(head: bytes) -> bool:
    """Whether a ZIP file begins like a document of an office program."""
    return any(mark in head for mark, _ in _ZIPPED)


def refuse_markup(beginning: str) -> None:
    """Refuse HTML, XML and JSON, by a text's beginning. Raises NotATable."""
    begins = beginning.lstrip("\ufeff \t\r\n")
    if _HTML.match(begins):
        raise NotATable(f"Das ist eine Internetseite (HTML), keine CSV-Datei. {_IN_EXCEL}")
    if _XML.match(begins):
        raise NotATable(f"Das ist eine XML-Datei. {_AS_CSV}")
    if _JSON.match(begins):
        raise NotATable(f"Das ist eine JSON-Datei. {_AS_CSV}")

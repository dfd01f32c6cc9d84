"""Tables for the tax office as it reads them: CSV files and an `index.xml` that describes them (GoBD, "Z3" access).

The description follows the "Beschreibungsstandard" (gdpdu-01-09-2004.dtd): UTF-8, semicolons, CRLF, quotes around text,
decimal comma, days as DD.MM.YYYY; the first line of each file names its columns and is left out by the range. The
DTD itself is the auditing program's and does not come with it.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from typing import BinaryIO
from xml.etree import ElementTree as Xml

from sqlmodel import Session

from checkout.documents import Party
from checkout.periods import Period
from checkout.tax_sheets import DAY, MONEY, NUMBER, Column, Sheet, Value, sheets

INDEX = "index.xml"
_ONE_LINE = str.maketrans({"\r": " ", "\n": " ", '"': '""'})
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
_CRLF = "\ue000"  # a sign that no text has: XML would lose a plain CR
_DOCTYPE = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE DataSet SYSTEM "gdpdu-01-09-2004.dtd">\n'


def write(out: BinaryIO, session: Session, period: Period, seller: Party) -> dict[str, int]:
    """Write the archive; give how many rows each file has."""
    counts = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in sheets():
            counts[sheet.file], _ = write_sheet(archive, sheet, session, period)
        archive.writestr(INDEX, index(sheets(), period, seller))
    return counts


def write_sheet(archive: zipfile.ZipFile, sheet: Sheet, session: Session, period: Period) -> tuple[int, str]:
    """Write one table into an archive, row by row; give how many rows it has, and the SHA-256 of the file."""
    digest, count = hashlib.sha256(), -1  # the line of names is no row
    with archive.open(sheet.file, "w", force_zip64=True) as out:
        for line in _lines(sheet, session, period):
            digest.update(line)
            out.write(line)
            count += 1
    return count, digest.hexdigest()


def index(described: Iterable[Sheet], period: Period, seller: Party) -> bytes:
    """The description of the tables."""
    root = Xml.Element("DataSet")
    _leaf(root, "Version", "1.0")
    supplier = Xml.SubElement(root, "DataSupplier")
    _leaf(supplier, "Name", seller.company or seller.name)
    _leaf(supplier, "Location", f"{seller.postal_code} {seller.city}".strip())
    _leaf(supplier, "Comment", f"Dorfladen, {period.first:%d.%m.%Y} bis {period.last:%d.%m.%Y}")
    media = Xml.SubElement(root, "Media")
    _leaf(media, "Name", "Daten des Onlineshops")
    for sheet in described:
        _table(media, sheet, period)
    Xml.indent(root)
    text = Xml.tostring(root, encoding="unicode").replace(_CRLF, "&#13;&#10;")
    return (_DOCTYPE + text + "\n").encode()


def _table(media: Xml.Element, sheet: Sheet, period: Period) -> None:
    table = Xml.SubElement(media, "Table")
    _leaf(table, "URL", sheet.file)
    _leaf(table, "Name", sheet.name)
    _leaf(table, "Description", sheet.about)
    validity = Xml.SubElement(Xml.SubElement(table, "Validity"), "Range")
    _leaf(validity, "From", f"{period.first:%d.%m.%Y}")
    _leaf(validity, "To", f"{period.last:%d.%m.%Y}")
    Xml.SubElement(table, "UTF8")
    _leaf(table, "DecimalSymbol", ",")
    _leaf(table, "DigitGroupingSymbol", ".")
    _leaf(Xml.SubElement(table, "Range"), "From", "2")
    described = Xml.SubElement(table, "VariableLength")
    _leaf(described, "ColumnDelimiter", ";")
    _leaf(described, "RecordDelimiter", _CRLF)
    _leaf(described, "TextEncapsulator", '"')
    for column in sheet.columns:
        _column(described, column)


def _column(described: Xml.Element, column: Column) -> None:
    one = Xml.SubElement(described, "VariableColumn")
    _leaf(one, "Name", column.name)
    if column.about:
        _leaf(one, "Description", column.about)
    if column.kind == MONEY:
        _leaf(Xml.SubElement(one, "Numeric"), "Accuracy", "2")
    elif column.kind == NUMBER:
        Xml.SubElement(one, "Numeric")
    elif column.kind == DAY:
        _leaf(Xml.SubElement(one, "Date"), "Format", "DD.MM.YYYY")
    else:
        Xml.SubElement(one, "AlphaNumeric")


def _leaf(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, name).text = _NOT_IN_XML.sub("", text)


def _lines(sheet: Sheet, session: Session, period: Period) -> Iterator[bytes]:
    yield (";".join(f'"{column.name}"' for column in sheet.columns) + "\r\n").encode()
    for row in sheet.rows(session, period):
        yield (";".join(_cells(sheet, row)) + "\r\n").encode()


def _cells(sheet: Sheet, row: tuple[Value, ...]) -> Iterator[str]:
    """Values as the description says; only text stands in quotes."""
    for column, value in zip(sheet.columns, row, strict=True):
        if value is None or value == "":
            yield "" if column.kind in (MONEY, NUMBER, DAY) else '""'
        elif column.kind == MONEY:
            yield _euros(int(str(value)))
        elif column.kind == NUMBER:
            yield str(value)
        elif isinstance(value, date):
            yield f"{value:%d.%m.%Y}"
        else:
            yield '"' + str(value).translate(_ONE_LINE) + '"'


def _euros(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02d}"

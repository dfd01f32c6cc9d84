"""Addresses of pictures as people and programs write them, made ready for a request."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from shop.public_hosts import NotFetched

PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_.-]{1,253}|[0-9a-f:.]{2,45}")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_KEPT = "%/:=&?~+!$,;'@()*[]|"  # letters that mean something in a path or a query, or are quoted already
_LONGEST = 2000
_MALFORMED = "Die Adresse ist nicht richtig geschrieben."


@dataclass(frozen=True)
class WebAddress:
    """Where a picture lies: scheme, host in ASCII, and path with query, both percent-encoded."""

    scheme: str
    host: str
    target: str

    @property
    def port(self) -> int:
        """The usual one of the scheme; others are not asked."""
        return PORTS[self.scheme]

    @property
    def host_header(self) -> str:
        """The host as it is named in a request."""
        return f"[{self.host}]" if ":" in self.host else self.host


def parse(address: str) -> WebAddress:
    """Read an address; umlauts in the host become IDNA 2008, in the path UTF-8. Raises NotFetched."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise NotFetched(_MALFORMED) from error
    if parts.scheme not in PORTS:
        raise NotFetched("Wir laden nur Bilder, deren Adresse mit http:// oder https:// beginnt.")
    if "@" in parts.netloc:
        raise NotFetched("In der Adresse stehen Zugangsdaten. Bitte nehmen Sie eine Adresse, die jeder öffnen kann.")
    if port not in (None, PORTS[parts.scheme]):
        raise NotFetched(f"Die Adresse nennt den Anschluss {port}. Wir laden nur über die üblichen (80 und 443).")
    return WebAddress(parts.scheme, _host(parts), _target(parts))


def follow(here: WebAddress, location: str) -> WebAddress:
    """Where a redirect leads. Raises NotFetched, also where it leads from https to http."""
    there = parse(urljoin(f"{here.scheme}://{here.host_header}{here.target}", location))
    if (here.scheme, there.scheme) == ("https", "http"):
        raise NotFetched("Die Adresse leitet von https auf eine ungesicherte Adresse weiter.")
    return there


def _host(parts: SplitResult) -> str:
    labels = (parts.hostname or "").rstrip(".").split(".")
    host = ".".join(map(_ascii, labels))
    if not _HOST.fullmatch(host) or not all(labels):
        raise NotFetched(_MALFORMED)
    return host


def _ascii(label: str) -> str:
    """A part of a host's name; the standard library's codec is IDNA 2003 and would make ss of ß."""
    folded = unicodedata.normalize("NFC", label.lower())
    if folded.isascii():
        return folded
    if not all(letter.isalnum() or letter == "-" for letter in folded):
        raise NotFetched(_MALFORMED)
    return f"xn--{folded.encode('punycode').decode('ascii')}"


def _target(parts: SplitResult) -> str:
    target = _quoted(parts.path or "/") + (f"?{_quoted(parts.query)}" if parts.query else "")
    if len(target) > _LONGEST:
        raise NotFetched("Die Adresse ist zu lang.")
    return target


def _quoted(text: str) -> str:
    return quote(_LONE_PERCENT.sub("%25", text), safe=_KEPT)

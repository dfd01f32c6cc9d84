"""Bookings as a file in DATEV's format: "EXTF", version 700, category 21 "Buchungsstapel", format version 13.

The header's 31 fields and the 125 columns are those of DATEV's published description of the format as several public
programs agree on it; no DATEV program was at hand to import a file. Windows-1252, semicolons, CRLF, decimal comma,
days as TTMM; a batch stays within one fiscal year. DATEV takes a "Leistungsdatum" only with the "Datum Zuord.
Steuerperiode" beside it.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from catalog.refusals import Refusal
from checkout.book_terms import BookTerms
from checkout.booked import Booking
from checkout.periods import Period

_BERLIN = ZoneInfo("Europe/Berlin")
_LONGEST_TEXT, _LONGEST_VOUCHER, _LONGEST_NAME = 60, 36, 30
_MOST_CENTS = 9_999_999_999_99
_NOT_IN_VOUCHER = re.compile(r"[^A-Za-z0-9$&%*+\-/]")


def _columns() -> tuple[str, ...]:
    infos = [f"Beleginfo - {what} {number}" for number in range(1, 9) for what in ("Art", "Inhalt")]
    more = [
        name for number in range(1, 21)
        for name in (f"Zusatzinformation - Art {number}", f"Zusatzinformation- Inhalt {number}")
    ]  # fmt: skip
    return (
        "Umsatz (ohne Soll/Haben-Kz)", "Soll/Haben-Kennzeichen", "WKZ Umsatz", "Kurs", "Basis-Umsatz",
        "WKZ Basis-Umsatz", "Konto", "Gegenkonto (ohne BU-Schlüssel)", "BU-Schlüssel", "Belegdatum", "Belegfeld 1",
        "Belegfeld 2", "Skonto", "Buchungstext", "Postensperre", "Diverse Adressnummer", "Geschäftspartnerbank",
        "Sachverhalt", "Zinssperre", "Beleglink", *infos, "KOST1 - Kostenstelle", "KOST2 - Kostenstelle", "Kost-Menge",
        "EU-Land u. UStID (Bestimmung)", "EU-Steuersatz (Bestimmung)", "Abw. Versteuerungsart", "Sachverhalt L+L",
        "Funktionsergänzung L+L", "BU 49 Hauptfunktionstyp", "BU 49 Hauptfunktionsnummer", "BU 49 Funktionsergänzung",
        *more, "Stück", "Gewicht", "Zahlweise", "Forderungsart", "Veranlagungsjahr", "Zugeordnete Fälligkeit",
        "Skontotyp", "Auftragsnummer", "Buchungstyp", "USt-Schlüssel (Anzahlungen)", "EU-Land (Anzahlungen)",
        "Sachverhalt L+L (Anzahlungen)", "EU-Steuersatz (Anzahlungen)", "Erlöskonto (Anzahlungen)", "Herkunft-Kz",
        "Buchungs GUID", "KOST-Datum", "SEPA-Mandatsreferenz", "Skontosperre", "Gesellschaftername",
        "Beteiligtennummer", "Identifikationsnummer", "Zeichnernummer", "Postensperre bis",
        "Bezeichnung SoBil-Sachverhalt", "Kennzeichen SoBil-Buchung", "Festschreibung", "Leistungsdatum",
        "Datum Zuord. Steuerperiode", "Fälligkeit", "Generalumkehr (GU)", "Steuersatz", "Land", "Abrechnungsreferenz",
        "BVV-Position", "EU-Land u. UStID (Ursprung)", "EU-Steuersatz (Ursprung)", "Abw. Skontokonto",
    )  # fmt: skip


COLUMNS = _columns()
_TEXTS = frozenset(
    {1, 2, 5, 8, 10, 11, 13, 15, 19, 39, 41, 90, 94, 95, 97, 101, 102, 104, 106, 108, 109, 111, 117, 119, 120, 122}
    | set(range(20, 38)) | set(range(47, 87))
)  # fmt: skip


class NotForDatev(Refusal):
    """The accountant's numbers are missing, or the period is none for one batch."""


def file_name(period: Period) -> str:
    """How DATEV wants such a file called."""
    return f"EXTF_Buchungsstapel_{period.first:%Y%m%d}_{period.last:%Y%m%d}.csv"


def write(bookings: Iterable[Booking], terms: BookTerms, period: Period, *, shop: str, made_at: datetime) -> bytes:
    """The file. Raises NotForDatev."""
    _check(terms, period)
    lines = [_header(terms, period, shop, made_at), ";".join(COLUMNS), *(_row(each, terms) for each in bookings)]
    return ("\r\n".join(lines) + "\r\n").encode("cp1252", errors="replace")


def _check(terms: BookTerms, period: Period) -> None:
    if not (1001 <= terms.consultant <= 9_999_999 and 1 <= terms.client <= 99_999):
        raise NotForDatev(
            "Für DATEV fehlen Beraternummer und Mandantennummer: Ihre Steuerberatung nennt Ihnen beide. Tragen Sie "
            "sie unter Buchhaltung › Konten ein."
        )
    if terms.fiscal_year_of(period.first) != terms.fiscal_year_of(period.last):
        raise NotForDatev("Ein Buchungsstapel bleibt in einem Wirtschaftsjahr. Bitte teilen Sie den Zeitraum.")


def _header(terms: BookTerms, period: Period, shop: str, made_at: datetime) -> str:
    made = made_at.astimezone(_BERLIN)
    name = f"Onlineshop {period.first:%d.%m.}-{period.last:%d.%m.%Y}"
    return ";".join((
        '"EXTF"', "700", "21", '"Buchungsstapel"', "13", f"{made:%Y%m%d%H%M%S}{made.microsecond // 1000:03d}", "",
        '"RE"', _text(shop, 25), '""', str(terms.consultant), str(terms.client),
        f"{terms.fiscal_year_of(period.first):%Y%m%d}", str(terms.account_length), f"{period.first:%Y%m%d}",
        f"{period.last:%Y%m%d}", _text(name, _LONGEST_NAME), '""', "1", "0", "0", '"EUR"', "", '""', "", "",
        f'"{terms.chart}"', "", "", '""', '""',
    ))  # fmt: skip


def _row(booking: Booking, terms: BookTerms) -> str:
    if not 0 < booking.cents <= _MOST_CENTS:
        raise ValueError(f"{booking.cents} cents cannot be booked")
    told = {
        "Umsatz (ohne Soll/Haben-Kz)": _money(booking.cents),
        "Soll/Haben-Kennzeichen": "H" if booking.is_credit else "S",
        "WKZ Umsatz": "EUR",
        "Konto": terms.account(booking.account),
        "Gegenkonto (ohne BU-Schlüssel)": terms.account(booking.contra),
        "Belegdatum": f"{booking.day:%d%m}",
        "Belegfeld 1": _NOT_IN_VOUCHER.sub("", booking.voucher)[:_LONGEST_VOUCHER],
        "Buchungstext": booking.text,
        "EU-Land u. UStID (Bestimmung)": booking.eu,
        "EU-Steuersatz (Bestimmung)": f"{booking.eu_permille // 10},{booking.eu_permille % 10}0"
        if booking.eu_permille else "",
        "Leistungsdatum": _day(booking.delivered_on),
        "Datum Zuord. Steuerperiode": _day(booking.delivered_on),
        "Fälligkeit": _day(booking.due_on),
        "Festschreibung": "0",
    }  # fmt: skip
    return ";".join(_field(place, told.get(name, "")) for place, name in enumerate(COLUMNS))


def _field(place: int, value: str) -> str:
    return _text(value, _LONGEST_TEXT) if place in _TEXTS else value


def _text(value: str, longest: int) -> str:
    plain = " ".join(value.split())[:longest].replace('"', '""')
    return f'"{plain}"'


def _money(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def _day(day: date | None) -> str:
    return f"{day:%d%m%Y}" if day else ""


def columns_of(row: Sequence[str]) -> dict[str, str]:
    """A row that was read, by the names of its columns."""
    return dict(zip(COLUMNS, row, strict=True))

"""Reading MT940, SWIFT's older statement, as German banks write it: field 86 with subfields ?00 to ?63."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from stdnum import iban

from catalog.exchange.reading import NotATable, decode
from checkout.bank.statement import Line, NotAStatement, Statement

_BEGIN = re.compile(r"^:20:", re.MULTILINE)
_RETURN_CODES = {"108", "109", "159", "181", "184"}  # Geschäftsvorfallcodes of the Deutsche Kreditwirtschaft
_NOTHING = {"NOTPROVIDED", "NONREF", ""}
_MOST_CENTS = 10**13


def is_mt940(content: bytes) -> bool:
    """Whether a file is MT940 or its intraday sister MT942: field 20 comes first, or after SWIFT's envelope."""
    head = content[:600].decode("latin-1")
    return re.search(r"(?:^|[\r\n}:])\s*:20:", head) is not None and re.search(r":(?:25|28C?):", head) is not None


def read(content: bytes) -> list[Statement]:
    """The statements of an MT940 file, those of an account and its pages joined. Raises NotAStatement."""
    try:
        text, _ = decode(content)
    except NotATable as refusal:
        raise NotAStatement(refusal.sentence) from refusal
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if re.search(r"^:(?:34F|13D?):", text, re.MULTILINE) and not re.search(r"^:60[FM]:", text, re.MULTILINE):
        raise NotAStatement(
            "Das sind untertägige Umsätze (MT942): Was darin steht, kann sich noch ändern. "
            "Bitte laden Sie den Kontoauszug (camt.053 oder MT940) herunter."
        )
    starts = [found.start() for found in _BEGIN.finditer(text)]
    pages = [text[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]
    return [_statement(page) for page in pages]


def _statement(page: str) -> Statement:
    import mt940

    if not re.search(r"^:6[02][FM]:", page, re.MULTILINE):
        raise NotAStatement("In der MT940-Datei fehlt der Kontostand (Feld 60 oder 62). Ist sie vollständig?")
    try:
        parsed = mt940.parse(page)
    except Exception as error:  # whatever the library stumbles over: the owner must hear that the file is broken
        raise NotAStatement("Die MT940-Datei ist beschädigt oder nicht vollständig heruntergeladen.") from error
    lines = tuple(_lines(parsed))
    if len(lines) != len(re.findall(r"^:61:", page, re.MULTILINE)):
        raise NotAStatement("In der MT940-Datei sind Buchungen, die sich nicht lesen lassen.")
    closing = parsed.data.get("final_closing_balance") or parsed.data.get("intermediate_closing_balance")
    account = str(parsed.data.get("account_identification") or "")
    until = date(*closing.date.timetuple()[:3]) if closing else None
    return Statement("MT940", account.strip(), lines, until, since=_first_day(parsed, until))


def _first_day(parsed: Any, until: date | None) -> date | None:
    """The day after the closing balance before, with which the statement opens."""
    opening = parsed.data.get("final_opening_balance") or parsed.data.get("intermediate_opening_balance")
    if opening is None:
        return None
    before = date(*opening.date.timetuple()[:3])
    return before + timedelta(days=1) if until and before < until else before


def _lines(parsed: Any) -> Iterator[Line]:
    for transaction in parsed:
        yield _line(transaction.data)


def _line(said: dict[str, Any]) -> Line:
    status = said["status"]  # C, D, or RC and RD: a credit or a debit taken back
    cents = abs(said["amount"].amount) * 100
    if cents != int(cents) or cents > _MOST_CENTS:
        raise NotAStatement(f"Der Betrag „{said['amount']}“ ist feiner als ein Cent oder keiner.")
    name, number = _party(said)
    booked_on = said.get("entry_date") or said["date"]
    return Line(
        booked_on=date(booked_on.year, booked_on.month, booked_on.day),
        cents=int(cents),
        currency=said["amount"].currency,
        is_credit=status in ("C", "RD"),
        text=_text(said),
        end_to_end=_said(said.get("end_to_end_reference")),
        bank_reference=_said(said.get("bank_reference")),
        name=name,
        iban=number,
        kind=_said(said.get("posting_text")),
        is_return=status in ("RC", "RD") or str(said.get("transaction_code") or "") in _RETURN_CODES,
    )


def _text(said: dict[str, Any]) -> str:
    """The purpose (?20 to ?29, of SEPA fields only SVWZ) with its continuation (?60 to ?63); else the plain field."""
    parts = [said.get("purpose"), said.get("additional_purpose")]
    written = "".join(str(part) for part in parts if part) or str(said.get("transaction_details") or "")
    return " ".join(written.split())


def _party(said: dict[str, Any]) -> tuple[str, str]:
    """Name and IBAN of the other side; the library joins ?31 (account) and ?32 (name) into one."""
    joined = str(said.get("applicant_name") or "")
    if written := str(said.get("gvc_applicant_iban") or ""):
        return joined.removeprefix(written).strip(), written
    for length in range(34, 14, -1):
        if len(joined) >= length and iban.is_valid(joined[:length]):
            return " ".join(joined[length:].split()), joined[:length]
    return " ".join(joined.lstrip("0123456789").split()), ""


def _said(value: object) -> str:
    text = " ".join(str(value or "").split())
    return "" if text.upper() in _NOTHING else text

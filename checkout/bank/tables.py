"""Reading the CSV files of German banks: each has its own columns, so these are recognised by their names.

The header rows stand as found in files of Sparkassen (CSV-CAMT and CSV-MT940), Volks- and
Raiffeisenbanken with GLS, Sparda and PSD, DKB (until and since 2023), ING, Postbank and Deutsche Bank,
comdirect, Commerzbank, Consorsbank, HypoVereinsbank and N26.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from stdnum import iban

from catalog.exchange.cells import NotACell
from catalog.exchange.decimals import Sign, read_decimal, sign_of
from catalog.exchange.reading import NoHeader, Row, Table, decode, read_table
from checkout.bank.statement import Line, NotAStatement, Statement

# What a column means, by its name in lower case without blanks around slashes.
_ROLES: Mapping[str, tuple[str, ...]] = {
    "day": ("buchungstag", "buchungsdatum", "buchung", "datum", "booking date", "date"),
    "amount": ("betrag", "umsatz", "amount"),
    "debit": ("soll",),
    "credit": ("haben",),
    "marker": ("soll/haben", "s/h"),
    "currency": ("währung", "waehrung", "currency"),
    "text": (
        "verwendungszweck", "vorgang/verwendungszweck", "payment reference", "reference", "verwendungszweck 1",
        "verwendungszweck 2", "weitere verwendungszwecke",
    ),
    "name": (
        "beguenstigter/zahlungspflichtiger", "begünstigter/zahlungspflichtiger", "name zahlungsbeteiligter",
        "auftraggeber/begünstigter", "begünstigter/auftraggeber", "auftraggeber/empfänger", "empfänger/auftraggeber",
        "empfänger/zahlungspflichtiger", "zahlungspflichtige*r", "zahlungspflichtiger", "partner name", "payee",
        "sender/empfänger", "empfaenger 1", "gegenkonto inhaber",
    ),
    "payee": ("zahlungsempfänger*in", "zahlungsempfänger"),
    "iban": (
        "kontonummer/iban", "iban zahlungsbeteiligter", "iban/kontonummer", "iban/konto-nr.", "partner iban", "iban",
        "account number", "kontonummer", "gegenkonto",
    ),
    "end_to_end": ("kundenreferenz (end-to-end)", "kundenreferenz", "end-to-end id"),
    "kind": ("buchungstext", "umsatzart", "vorgang", "umsatztyp", "type", "transaction type"),
    "account": ("auftragskonto", "iban auftragskonto", "iban kontoinhaber", "auftraggeberkonto"),
    "status": ("info", "status"),
}  # fmt: skip
_ROLE_OF = {name: role for role, names in _ROLES.items() for name in names}
_BANKS = {
    "beguenstigter/zahlungspflichtiger": "Sparkasse",
    "name zahlungsbeteiligter": "Volksbank, GLS",
    "vorgang/verwendungszweck": "Volksbank (bisher)",
    "zahlungspflichtige*r": "DKB",
    "auftraggeber/begünstigter": "DKB (bisher)",
    "auftraggeber/empfänger": "ING",
    "begünstigter/auftraggeber": "Postbank, Deutsche Bank",
    "wertstellung (valuta)": "comdirect",
    "iban kontoinhaber": "Commerzbank",
    "auftraggeberkonto": "Commerzbank",
    "sender/empfänger": "Consorsbank",
    "empfaenger 1": "HypoVereinsbank",
    "partner name": "N26",
    "payee": "N26",
}
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})")
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_IBAN = re.compile(r"\b[^\W\d_]{2}\d{2}(?: ?[0-9A-Z]){11,30}\b")
_PENDING = re.compile(r"vorgemerkt|pending|offen|declined|abgelehnt", re.IGNORECASE)
_BALANCE = re.compile(r"\b(?:Anfangs|End)saldo\b")
_RETURN = re.compile(r"rücküberw|rueckueberw|retoure|rückl|rueckl|return|storno|rückruf|rückgabe|rückbuchung", re.I)
_COMDIRECT = re.compile(r"(?:Auftraggeber|Empfänger): ?(?P<name>.*?)(?: ?Kto/IBAN: ?(?P<iban>\w+))?"
                        r"(?: ?BLZ/BIC: ?\w+)? ?Buchungstext: ?(?P<text>.*?)(?: ?Ref\. ?(?P<ref>\S+))?$")  # fmt: skip
_FIELD = re.compile(r"\b(?:EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)[+:]")


def read(content: bytes) -> Statement:
    """The statement of a bank's CSV file. Raises NotAStatement, catalog.exchange.reading.NotATable."""
    try:
        table = read_table(content, _known, may_be_empty=True)
    except NoHeader as refusal:
        raise NotAStatement(
            "Das ist kein Kontoauszug, den wir lesen können. Wir suchen eine Zeile mit Spaltennamen wie "
            f"„Buchungstag“, „Betrag“ und „Verwendungszweck“; gefunden haben wir „{_first_line(content)}“. "
            "Am sichersten ist das Format CAMT (camt.053)."
        ) from refusal
    return _Reader(table).statement()


class _Reader:
    """A table with its columns found."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._names = [_plain(cell) for cell in table.header]
        self._columns = _columns(self._names)
        self._sign = self._decimal_sign()

    def statement(self) -> Statement:
        """Read all rows. Raises NotAStatement for one that cannot be read, by its number."""
        lines: list[Line] = []
        pending = 0
        for row in self._table.rows:
            day = _read_day(self._cell(row, "day"))
            is_pending = _PENDING.search(self._cell(row, "status") or ("" if day else self._cell(row, "day")))
            if is_pending:
                pending += 1
            elif day is not None and not _BALANCE.search(" ".join(row.cells)):  # else a remark below the bookings
                lines.append(self._line(row, day))
        since, until = self._period()
        name = f"CSV {self._bank()}".strip()
        return Statement(name, self._account(), tuple(lines), until, pending, since)

    def _line(self, row: Row, day: date) -> Line:
        cents = self._cents(row)
        is_credit = cents > 0
        name = self._cell(row, "name") if is_credit or "payee" not in self._columns else self._cell(row, "payee")
        kind = self._cell(row, "kind")
        text = " ".join(self._cells(row, "text")) or self._booking_text(row)
        line = Line(
            booked_on=day,
            cents=abs(cents),
            is_credit=is_credit,
            currency=(self._cell(row, "currency") or "EUR").upper(),
            text=" ".join(text.split()),
            end_to_end=_said(self._cell(row, "end_to_end")),
            name=" ".join(name.split()),
            iban=_number(self._cell(row, "iban")),
            kind=kind,
            is_return=_RETURN.search(kind) is not None,
        )
        return _unfolded(line)

    def _booking_text(self, row: Row) -> str:
        """comdirect and Commerzbank write the purpose into the booking's text."""
        place = self._names.index("buchungstext") if "buchungstext" in self._names else len(row.cells)
        return row.cells[place] if place < len(row.cells) else ""

    def _cents(self, row: Row) -> int:
        try:
            if "credit" in self._columns and "debit" in self._columns:
                came, went = self._amount(row, "credit"), self._amount(row, "debit")
                euros = came if came else -abs(went)
                euros = euros or self._amount(row, "amount")
            else:
                euros = self._amount(row, "amount")
        except NotACell as refusal:
            raise NotAStatement(f"Zeile {row.number}: {refusal.sentence}") from refusal
        if self._cell(row, "marker").upper() in ("S", "SOLL"):
            euros = -abs(euros)
        if euros * 100 != int(euros * 100):
            raise NotAStatement(f"Zeile {row.number}: Der Betrag ist feiner als ein Cent.")
        return int(euros * 100)

    def _amount(self, row: Row, role: str) -> Decimal:
        written = _sane(self._cell(row, role))
        return read_decimal(written, self._sign) if written else Decimal(0)

    def _decimal_sign(self) -> Sign:
        """Of all amounts together; where they leave it open, German banks write a comma and N26 a point."""
        roles = [role for role in ("amount", "debit", "credit") if role in self._columns]
        written = [_sane(self._cell(row, role)) for row in self._table.rows for role in roles]
        sign = sign_of(each for each in written if each)
        if sign is Sign.MIXED:
            raise NotAStatement(
                "In der Spalte „Betrag“ stehen Kommas und Punkte durcheinander: bitte nicht bearbeiten."
            )
        if sign in (Sign.COMMA, Sign.POINT):
            return sign
        return Sign.POINT if "booking date" in self._names or "date" in self._names else Sign.COMMA

    def _bank(self) -> str:
        return next((bank for name, bank in _BANKS.items() if name in self._names), "")

    def _account(self) -> str:
        for row in self._table.rows:
            if written := _number(self._cell(row, "account")):
                return written
        above = (cell for record in self._table.above for cell in record)
        numbers = (_number(found[0]) for cell in above if (found := _IBAN.search(cell)))
        return next((each for each in numbers if iban.is_valid(each)), "")

    def _period(self) -> tuple[date | None, date | None]:
        """The period that the bank writes above its columns ("01.11.2026 - 27.11.2026")."""
        above = " ".join(cell for record in self._table.above for cell in record)
        day = r"(\d{1,2}\.\d{1,2}\.\d{2,4})"
        period = re.search(rf"{day} ?(?:-|–|bis) ?{day}", above)
        return (_read_day(period[1]), _read_day(period[2])) if period else (None, None)

    def _cell(self, row: Row, role: str) -> str:
        return next((cell for cell in self._cells(row, role) if cell), "")

    def _cells(self, row: Row, role: str) -> list[str]:
        return [row.cells[place] for place in self._columns.get(role, ()) if place < len(row.cells)]


def _known(header: Sequence[str]) -> int:
    """How many columns are known; none at all without a day and an amount."""
    roles = _columns([_plain(cell) for cell in header])
    has_amount = "amount" in roles or {"debit", "credit"} <= roles.keys()
    return len(roles) if "day" in roles and has_amount and ({"text", "kind"} & roles.keys()) else 0


def _columns(names: Sequence[str]) -> dict[str, list[int]]:
    """The places of each role; of several, the last currency (beside the amount) counts first."""
    found: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        if role := _ROLE_OF.get(name):
            found.setdefault(role, []).append(place)
    if "currency" in found:
        found["currency"].reverse()
    if names and names[-1] == "" and "umsatz" in names:  # Volksbanken until 2022: "S" or "H" under no name
        found.setdefault("marker", [len(names) - 1])
    return found


def _unfolded(line: Line) -> Line:
    """Where a bank writes everything into one cell: name, IBAN and reference out of it."""
    if found := _COMDIRECT.search(line.text):
        line = replace(line, name=line.name or found["name"].strip(), iban=line.iban or _number(found["iban"] or ""),
                       text=found["text"].strip(), bank_reference=found["ref"] or "")  # fmt: skip
    fields = _fields(line.text)
    if not fields:
        return line
    return replace(
        line,
        text=fields.get("SVWZ") or fields.get("", line.text),
        end_to_end=line.end_to_end or _said(fields.get("EREF", "")),
        name=line.name or fields.get("ABWA", ""),
        iban=line.iban or _number(fields.get("IBAN", "").split(" ")[0]),
    )


def _fields(text: str) -> dict[str, str]:
    """The SEPA fields in a text: "Zweck EREF: 47 IBAN: DE…" → {"": "Zweck", "EREF": "47", "IBAN": "DE…"}."""
    marks = list(_FIELD.finditer(text))
    if not marks:
        return {}
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    parts = {mark[0][:4]: text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)}
    return {"": text[: marks[0].start()].strip(), **{key.rstrip("+:"): part for key, part in parts.items()}}


def _read_day(written: str) -> date | None:
    german, iso = _GERMAN_DAY.match(written), _ISO_DAY.match(written)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if german:
            year = int(german[3]) + (2000 if len(german[3]) == 2 else 0)
            return date(year, int(german[2]), int(german[1]))
    except ValueError as error:
        raise NotAStatement(f"„{written}“ ist kein Datum.") from error
    return None


def _plain(cell: str) -> str:
    without_currency = re.sub(r"\s*(?:\((?:EUR|€)\)|in EUR)\s*$", "", cell, flags=re.IGNORECASE)
    return re.sub(r" ?/ ?", "/", " ".join(without_currency.lower().split()))


def _sane(amount: str) -> str:
    return amount.replace("\u2212", "-").removeprefix("+").strip()


def _number(written: str) -> str:
    return re.sub(r"\s", "", written).upper()


def _said(reference: str) -> str:
    return "" if reference.upper() in ("NOTPROVIDED", "NONREF") else reference


def _first_line(content: bytes) -> str:
    text, _ = decode(content)
    lines: Iterable[str] = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line), "")[:80]

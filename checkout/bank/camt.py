"""Reading camt.053, the ISO 20022 statement that German banks give (versions .001.02 to .001.08 and later).

Elements are found by their local names, so the version of the namespace does not matter; where a
later version puts a level between (Sts/Cd, Dbtr/Pty/Nm) both places are looked at. See the Deutsche
Kreditwirtschaft's "Anlage 3 der DFÜ-Abkommen", chapter 7, for what German banks write.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from checkout.bank.statement import Line, NotAStatement, Statement

_BOOKED = "BOOK"
_NOTHING = {"NOTPROVIDED", "NONREF", "NICHT ANGEGEBEN"}
_RETURNS = {"RRTN", "RPCR", "RRCT", "DRTN", "ARTN", "RPMT"}  # sub-families of ISO's bank transaction codes: money back
_PROPRIETARY_RETURN = re.compile(r"^NRTI\b|\+(?:159|109|108|181|184)(?:\+|$)")  # German Geschäftsvorfallcodes: returns
_OTHERS = {
    "BkToCstmrAcctRpt": "Das ist ein untertägiger Umsatzreport (camt.052): Was darin steht, kann sich noch ändern. "
    "Bitte laden Sie den Kontoauszug camt.053 herunter, meist am nächsten Morgen.",
    "BkToCstmrDbtCdtNtfctn": "Das ist eine einzelne Umsatzanzeige (camt.054), sie steht auch im Kontoauszug. "
    "Bitte laden Sie den Kontoauszug camt.053 herunter.",
}


def is_xml(content: bytes) -> bool:
    """Whether a file is XML: by its first sign, in UTF-8 or UTF-16."""
    head = content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\xfe\xff").replace(b"\0", b"").lstrip()
    return head.startswith(b"<")


def read(content: bytes) -> list[Statement]:
    """The statements of a camt.053 file. Raises NotAStatement."""
    document, version = _parse(content)
    bodies = [body for body in document if body.tag in {"BkToCstmrStmt", *_OTHERS}]
    if not bodies:
        found = document[0].tag if len(document) else document.tag
        raise NotAStatement(f"Das ist eine XML-Datei, aber kein Kontoauszug (gefunden: „{found[:40]}“).")
    if bodies[0].tag in _OTHERS:
        raise NotAStatement(_OTHERS[bodies[0].tag])
    return [_statement(each, version) for each in bodies[0].findall("Stmt")]


def _statement(statement: Element, version: str) -> Statement:
    lines: list[Line] = []
    pending = 0
    for entry in statement.findall("Ntry"):
        if (_text(entry, "Sts/Cd") or _text(entry, "Sts")) != _BOOKED:
            pending += 1
            continue
        lines += _lines_of(entry)
    return Statement(
        format=f"camt.053{version}",
        account=_text(statement, "Acct/Id/IBAN") or _text(statement, "Acct/Id/Othr/Id"),
        lines=tuple(lines),
        until=_last_day(statement),
        since=_first_day(statement),
        pending=pending,
    )


def _first_day(statement: Element) -> date | None:
    """The begin of the period, or the day after the closing balance before, or that of the opening balance."""
    if (began := _text(statement, "FrToDt/FrDtTm")[:10]) and re.fullmatch(r"\d{4}-\d\d-\d\d", began):
        return date.fromisoformat(began)
    days = {_text(each, "Tp/CdOrPrtry/Cd"): _day(each, "Dt") for each in statement.findall("Bal")}
    before = days.get("PRCD")
    return before + timedelta(days=1) if before else days.get("OPBD")


def _last_day(statement: Element) -> date | None:
    """The day of the closing balance, or the end of the period that the statement says to cover."""
    for balance in statement.findall("Bal"):
        if _text(balance, "Tp/CdOrPrtry/Cd") == "CLBD" and (day := _day(balance, "Dt")):
            return day
    ended = _text(statement, "FrToDt/ToDtTm")[:10]
    return date.fromisoformat(ended) if re.fullmatch(r"\d{4}-\d\d-\d\d", ended) else None


def _lines_of(entry: Element) -> Iterator[Line]:
    """An entry, or each transaction of a batch entry if together they are the entry's amount."""
    parts = entry.findall("NtryDtls/TxDtls")
    whole = _line(entry, parts[0] if len(parts) == 1 else None)
    if len(parts) < 2:
        yield whole
        return
    lines = [_line(entry, part, position) for position, part in enumerate(parts, start=1)]
    signed = sum(line.cents if line.is_credit == whole.is_credit else -line.cents for line in lines)
    has_amounts = all(_amount_of(part) is not None for part in parts)
    if has_amounts and signed == whole.cents and {line.currency for line in lines} == {whole.currency}:
        yield from lines
        return
    text = " / ".join(line.text for line in lines if line.text)
    sentence = "Eine Sammelbuchung, deren einzelne Beträge die Datei nicht oder nicht richtig nennt."
    yield Line(**{**whole.__dict__, "text": text, "doubt": sentence})


def _line(entry: Element, part: Element | None, position: int = 0) -> Line:
    is_part = part is not None and position > 0
    own_amount = _amount_of(part) if part is not None and is_part else None
    cents, currency = _cents(_element(entry, "Amt") if own_amount is None else own_amount)
    direction = (_text(part, "CdtDbtInd") if is_part else "") or _text(entry, "CdtDbtInd")
    if direction not in ("CRDT", "DBIT"):
        raise NotAStatement("Bei einer Buchung fehlt, ob Geld kam oder ging. Die Datei ist beschädigt.")
    is_credit = direction == "CRDT"
    booked_on = _day(entry, "BookgDt") or _day(entry, "ValDt")
    if booked_on is None:
        raise NotAStatement("Bei einer Buchung fehlt das Datum. Die Datei ist beschädigt.")
    details = part if part is not None else entry
    side = "Dbtr" if is_credit else "Cdtr"
    written = [each.text or "" for each in details.findall("RmtInf/Ustrd")]
    text = _joined(written) or _text(details, "AddtlTxInf") or _text(entry, "AddtlNtryInf")
    return Line(
        booked_on=booked_on,
        cents=cents,
        currency=currency,
        is_credit=is_credit,
        text=text,
        end_to_end=_said(_text(details, "Refs/EndToEndId")),
        bank_reference=_said(_text(details, "Refs/AcctSvcrRef") or _text(entry, "AcctSvcrRef")),
        structured=_text(details, "RmtInf/Strd/CdtrRefInf/Ref"),
        name=_text(details, f"RltdPties/{side}/Pty/Nm") or _text(details, f"RltdPties/{side}/Nm"),
        iban=_text(details, f"RltdPties/{side}Acct/Id/IBAN"),
        kind=_text(entry, "AddtlNtryInf")[:60],
        is_return=_is_return(entry, details),
        position=position,
    )


def _is_return(entry: Element, details: Element) -> bool:
    codes = [_text(each, "BkTxCd/Domn/Fmly/SubFmlyCd") for each in (entry, details)]
    proprietary = _text(details, "BkTxCd/Prtry/Cd") or _text(entry, "BkTxCd/Prtry/Cd")
    return (
        _text(entry, "RvslInd") in ("true", "1")
        or details.find("RtrInf") is not None
        or bool(_RETURNS.intersection(codes))
        or _PROPRIETARY_RETURN.search(proprietary) is not None
    )


def _amount_of(part: Element) -> Element | None:
    """What one transaction of a batch is worth: Amt since version .001.08, AmtDtls/TxAmt/Amt before."""
    direct = part.find("Amt")
    return direct if direct is not None else part.find("AmtDtls/TxAmt/Amt")


def _cents(amount: Element) -> tuple[int, str]:
    currency = amount.get("Ccy", "")
    try:
        cents = Decimal((amount.text or "").strip()) * 100
    except InvalidOperation as error:
        raise NotAStatement("Bei einer Buchung ist der Betrag keine Zahl. Die Datei ist beschädigt.") from error
    if not cents.is_finite() or cents != int(cents) or not 0 <= cents <= 10**13:
        raise NotAStatement(f"Der Betrag „{amount.text}“ {currency} ist feiner als ein Cent oder keiner.")
    return int(cents), currency


def _element(parent: Element, path: str) -> Element:
    found = parent.find(path)
    if found is None:
        raise NotAStatement(f"Bei einer Buchung fehlt „{path}“. Die Datei ist beschädigt.")
    return found


def _text(parent: Element | None, path: str) -> str:
    found = parent.find(path) if parent is not None else None
    return " ".join((found.text or "").split()) if found is not None else ""


def _day(parent: Element, path: str) -> date | None:
    written = (_text(parent, f"{path}/Dt") or _text(parent, f"{path}/DtTm"))[:10]
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        raise NotAStatement(f"„{written}“ ist kein Datum. Die Datei ist beschädigt.") from error


def _joined(lines: list[str]) -> str:
    """Lines as banks wrap them: a full one (27, 35 or 140 signs) goes on without a blank."""
    text = ""
    for line in lines:
        text += line if len(line) in (27, 35, 140) else f"{line} "
    return " ".join(text.split())


def _said(reference: str) -> str:
    return "" if reference.upper() in _NOTHING else reference


def _parse(content: bytes) -> tuple[Element, str]:
    """The document with local names, and the version that its namespace tells (".001.08").

    A document type is refused before anything of it is carried out: entities that swell or fetch
    files begin there, and no statement has one.
    """
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    versions: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition("}")
        if found := re.search(r"camt\.05\d(\.\d{3}\.\d{2})", space):
            versions.append(found[1])
        builder.start(local, {key.rpartition("}")[2]: value for key, value in attributes.items()})

    def refuse(*_: Any) -> None:
        raise NotAStatement("Die XML-Datei hat eine Dokumenttyp-Angabe (DTD). Das hat kein Kontoauszug: nicht gelesen.")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: builder.end(name.rpartition("}")[2])
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.buffer_text = True
    try:
        parser.Parse(content, True)
        return builder.close(), versions[0] if versions else ""
    except (expat.ExpatError, ValueError, LookupError, AssertionError) as error:
        raise NotAStatement("Die XML-Datei ist beschädigt oder nicht vollständig heruntergeladen.") from error

"""Bank files as banks write them, for tests."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlmodel import Session

IBAN = "DE89370400440532013000"  # the shop's
PAYER = "DE75512108001245126199"
DAY = date(2026, 11, 23)


def entry(
    amount: str = "24.25",
    text: str | list[str] = "K7MP-3XQA",
    *,
    day: date = DAY,
    credit: bool = True,
    status: str = "BOOK",
    currency: str = "EUR",
    name: str = "Erika Muster",
    iban: str = PAYER,
    end_to_end: str = "NOTPROVIDED",
    reference: str = "",
    new: bool = True,
    code: str = "",
    more: str = "",
) -> str:
    """One Ntry of camt.053, of version .001.08 or (not new) .001.02."""
    side = "Dbtr" if credit else "Cdtr"
    lines = [text] if isinstance(text, str) else text
    party = f"<Pty><Nm>{name}</Nm></Pty>" if new else f"<Nm>{name}</Nm>"
    written = "".join(f"<Ustrd>{line}</Ustrd>" for line in lines)
    family = (f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>{code or 'ESCT'}</SubFmlyCd></Fmly></Domn>"
              f"<Prtry><Cd>NTRF+166+09315</Cd><Issr>DK</Issr></Prtry></BkTxCd>")  # fmt: skip
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{"CRDT" if credit else "DBIT"}</CdtDbtInd>'
        f"<Sts>{f'<Cd>{status}</Cd>' if new else status}</Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
        f"<ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{reference or 'NONREF'}</AcctSvcrRef>{family}"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>"
        f"<RltdPties><{side}>{party}</{side}><{side}Acct><Id><IBAN>{iban}</IBAN></Id></{side}Acct></RltdPties>"
        f"<RmtInf>{written}</RmtInf>{more}</TxDtls></NtryDtls><AddtlNtryInf>SEPA-UEBERWEISUNG</AddtlNtryInf></Ntry>"
    )


def camt(
    *entries: str,
    iban: str = IBAN,
    until: date = DAY,
    version: str = "053.001.08",
    body: str = "",
    since: date | None = None,
) -> bytes:
    """A camt.053 file with one statement."""
    root = body or "BkToCstmrStmt"
    period = f"<FrToDt><FrDtTm>{since}T00:00:00</FrDtTm><ToDtTm>{until}T23:59:59</ToDtTm></FrToDt>" if since else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{version}">'
        f"<{root}><GrpHdr><MsgId>1</MsgId><CreDtTm>2026-11-24T06:00:00</CreDtTm></GrpHdr><Stmt><Id>1</Id>{period}"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
        f"<Dt><Dt>{until}</Dt></Dt></Bal>{''.join(entries)}</Stmt></{root}></Document>"
    ).encode()


def zipped(**files: bytes) -> bytes:
    """A ZIP of some files, by name with _ for the dot."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return packed.getvalue()


def mt940(*bookings: tuple[str, str], account: str = "37040044/0532013000", until: date = DAY) -> bytes:
    """An MT940 statement of (field 61 without its dates, field 86) with SWIFT's line ends."""
    lines = [":20:STARTUMS", f":25:{account}", ":28C:00007/001", f":60F:C{until:%y%m%d}EUR100,00"]
    for amount, details in bookings:
        lines += [f":61:{until:%y%m%d}{until:%m%d}{amount}", f":86:{details}"]
    lines += [f":62F:C{until:%y%m%d}EUR124,25", "-"]
    return ("\r\n".join(lines) + "\r\n").encode("cp1252")


def field_86(text: str, *, name: str = "Erika Muster", iban: str = PAYER, code: str = "166") -> str:
    """Field 86 as German banks write it: purpose in pieces of 27 signs from ?20 to ?29, then from ?60."""
    pieces = [f"SVWZ+{text}"[start : start + 27] for start in range(0, len(text) + 5, 27)]
    keys = [*range(20, 30), *range(60, 64)]
    written = "".join(f"?{key}{piece}" for key, piece in zip(keys, ["EREF+NOTPROVIDED", *pieces], strict=False))
    folded = f"{code}?00SEPA-UEBERWEISUNG?109315{written}?30SOLADEST600?31{iban}?32{name}"
    return "\r\n".join(folded[start : start + 65] for start in range(0, len(folded), 65))


def csv_of(bank: str, *rows: dict[str, Any]) -> bytes:
    """The CSV file of a bank, with its preamble, columns, encoding and ways of writing days and amounts."""
    layout = BANKS[bank]
    delimiter, quote = layout.get("delimiter", ";"), layout.get("quote", "")
    columns: list[str] = layout["columns"]
    lines = [*layout.get("above", ()), delimiter.join(f"{quote}{each}{quote}" for each in columns)]
    for row in rows:
        cells = [_cell(layout["cells"].get(position, ""), row, layout) for position in range(len(columns))]
        lines.append(delimiter.join(f"{quote}{cell}{quote}" for cell in cells))
    lines += layout.get("below", ())
    text: str = "\r\n".join(lines) + "\r\n"
    return text.encode(layout.get("encoding", "utf-8"))


def _cell(role: str, row: dict[str, Any], layout: dict[str, Any]) -> str:
    given: dict[str, Any] = {
        "day": DAY,
        "amount": "24,25",
        "text": "Bestellung K7MP-3XQA",
        "name": "Erika Müller",
        "iban": PAYER,
    } | row
    if role == "day":
        return format(given["day"], layout.get("date", "%d.%m.%Y"))
    if role == "amount":
        return given["amount"].replace(",", ".") if layout.get("point") else str(given["amount"])
    if role == "credit":
        return "" if given["amount"].startswith("-") else str(given["amount"])
    if role == "debit":
        return str(given["amount"]) if given["amount"].startswith("-") else ""
    if role == "absolute":
        return str(given["amount"]).removeprefix("-")
    if role == "sh":
        return "S" if given["amount"].startswith("-") else "H"
    if role == "comdirect":
        return f"Auftraggeber: {given['name']} Buchungstext: {given['text']} Ref. 4T2C21XO1M10RQTH/42"
    return str(given.get(role, role))


# Header rows and preambles as found in public repositories that read these banks' files.
BANKS: dict[str, dict[str, Any]] = {
    "Sparkasse": {
        "encoding": "cp1252", "quote": '"', "date": "%d.%m.%y",
        "columns": "Auftragskonto;Buchungstag;Valutadatum;Buchungstext;Verwendungszweck;Glaeubiger ID;Mandatsreferenz;"
                   "Kundenreferenz (End-to-End);Sammlerreferenz;Lastschrift Ursprungsbetrag;"
                   "Auslagenersatz Ruecklastschrift;Beguenstigter/Zahlungspflichtiger;Kontonummer/IBAN;"
                   "BIC (SWIFT-Code);Betrag;Waehrung;Info".split(";"),
        "cells": {0: IBAN, 1: "day", 2: "day", 3: "GUTSCHR. UEBERWEISUNG", 4: "text", 7: "NOTPROVIDED", 11: "name",
                  12: "iban", 13: "SOLADEST600", 14: "amount", 15: "EUR", 16: "Umsatz gebucht"},
    },
    "Volksbank, GLS": {
        "encoding": "utf-8-sig",
        "columns": "Bezeichnung Auftragskonto;IBAN Auftragskonto;BIC Auftragskonto;Bankname Auftragskonto;Buchungstag;"
                   "Valutadatum;Name Zahlungsbeteiligter;IBAN Zahlungsbeteiligter;BIC (SWIFT-Code) Zahlungsbeteiligter;"
                   "Buchungstext;Verwendungszweck;Betrag;Waehrung;Saldo nach Buchung;Bemerkung;Kategorie;"
                   "Steuerrelevant;Glaeubiger ID;Mandatsreferenz".split(";"),
        "cells": {0: "Geschäft", 1: IBAN, 4: "day", 5: "day", 6: "name", 7: "iban", 9: "Überweisung", 10: "text",
                  11: "amount", 12: "EUR", 13: "1.000,00"},
    },
    "Volksbank (bisher)": {
        "encoding": "cp1252", "quote": '"',
        "above": ['"Volksbank Irgendwo eG"', "", '"Umsatzanzeige"', "", f'"Konto:";"{IBAN}"', ""],
        "columns": "Buchungstag;Valuta;Auftraggeber/Zahlungsempfänger;Empfänger/Zahlungspflichtiger;Konto-Nr.;IBAN;BLZ;"
                   "BIC;Vorgang/Verwendungszweck;Kundenreferenz;Währung;Umsatz; ".split(";"),
        "cells": {0: "day", 1: "day", 2: "Laden", 3: "name", 5: "iban", 8: "text", 10: "EUR", 11: "absolute", 12: "sh"},
        "below": ['"30.11.2026";"";"";"";"";"";"";"";"Endsaldo";"Endsaldo";"EUR";"0,00";"H"'],
    },
    "DKB": {
        "encoding": "utf-8-sig", "quote": '"', "date": "%d.%m.%y",
        "above": [f'"Girokonto";"{IBAN}"', '""', '"Kontostand vom 24.11.2026:";"4.211,37 €"', '""'],
        "columns": "Buchungsdatum;Wertstellung;Status;Zahlungspflichtige*r;Zahlungsempfänger*in;Verwendungszweck;"
                   "Umsatztyp;IBAN;Betrag (€);Gläubiger-ID;Mandatsreferenz;Kundenreferenz".split(";"),
        "cells": {0: "day", 1: "day", 2: "Gebucht", 3: "name", 4: "Schnuckidu", 5: "text", 6: "Eingang", 7: "iban",
                  8: "amount"},
    },
    "DKB (bisher)": {
        "encoding": "cp1252", "quote": '"',
        "above": [f'"Kontonummer:";"{IBAN} / Girokonto";', "", '"Von:";"01.11.2026";', '"Bis:";"24.11.2026";', ""],
        "columns": "Buchungstag;Wertstellung;Buchungstext;Auftraggeber / Begünstigter;Verwendungszweck;Kontonummer;BLZ;"
                   "Betrag (EUR);Gläubiger-ID;Mandatsreferenz;Kundenreferenz;".split(";"),
        "cells": {0: "day", 1: "day", 2: "Überweisung", 3: "name", 4: "text", 5: "iban", 6: "SOLADEST600", 7: "amount",
                  10: "NOTPROVIDED"},
    },
    "ING": {
        "encoding": "cp1252",
        "above": ["Umsatzanzeige;Datei erstellt am: 24.11.2026 18:23", "", "IBAN;DE89 3704 0044 0532 0130 00",
                  "Kontoname;Girokonto", "Bank;ING", "Kunde;Schnuckidu", "Zeitraum;22.10.2026 - 24.11.2026",
                  "Saldo;1.775,63;EUR", "", "Sortierung;Datum absteigend", "",
                  "In der CSV-Datei finden Sie alle bereits gebuchten Umsätze.", ""],
        "columns": "Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;"
                   "Betrag;Währung".split(";"),
        "cells": {0: "day", 1: "day", 2: "name", 3: "Überweisung", 4: "text", 5: "1.000,00", 6: "EUR", 7: "amount",
                  8: "EUR"},
        "iban": "",
    },
    "Postbank, Deutsche Bank": {
        "date": "%-d.%-m.%Y",
        "above": ["Umsätze", "Konto;Filial-/Kontonummer;IBAN;Währung", f"Giro;396 5827639 00;{IBAN};EUR", "",
                  "1.11.2026 - 24.11.2026", "Letzter Kontostand;;;;14.188,53;EUR",
                  "Vorgemerkte und noch nicht gebuchte Umsätze sind nicht Bestandteil dieser Übersicht."],
        "columns": "Buchungstag;Wert;Umsatzart;Begünstigter / Auftraggeber;Verwendungszweck;IBAN / Kontonummer;BIC;"
                   "Kundenreferenz;Mandatsreferenz;Gläubiger ID;Fremde Gebühren;Betrag;Abweichender Empfänger;"
                   "Anzahl der Aufträge;Anzahl der Schecks;Soll;Haben;Währung".split(";"),
        "cells": {0: "day", 1: "day", 2: "SEPA Überweisung", 3: "name", 4: "text", 5: "iban", 7: "NOTPROVIDED",
                  11: "amount", 15: "debit", 16: "credit", 17: "EUR"},
    },
    "comdirect": {
        "encoding": "cp1252", "quote": '"',
        "above": [";", '"Umsätze Girokonto";"Zeitraum: 01.11.2026 - 24.11.2026";', '"Neuer Kontostand";"97,93 EUR";',
                  ""],
        "columns": ["Buchungstag", "Wertstellung (Valuta)", "Vorgang", "Buchungstext", "Umsatz in EUR", ""],
        "cells": {0: "day", 1: "day", 2: "Übertrag / Überweisung", 3: "comdirect", 4: "amount"},
        "below": ['"offen";"--";"Übertrag";"Auftraggeber: Eilig Buchungstext: K7MP-3XQA";"5,00";', "",
                  '"Alter Kontostand";"5.994,00 EUR";'],
        "account": "", "iban": "",
    },
    "N26": {
        "delimiter": ",", "quote": '"', "date": "%Y-%m-%d", "point": True,
        "columns": "Booking Date,Value Date,Partner Name,Partner Iban,Type,Payment Reference,Account Name,Amount (EUR),"
                   "Original Amount,Original Currency,Exchange Rate".split(","),
        "cells": {0: "day", 1: "day", 2: "name", 3: "iban", 4: "Credit Transfer", 5: "text", 6: "Hauptkonto",
                  7: "amount"},
        "account": "",
    },
    "Consorsbank": {
        "columns": "Buchung;Valuta;Sender / Empfänger;IBAN / Konto-Nr.;BIC / BLZ;Buchungstext;Verwendungszweck;"
                   "Kategorie;Stichwörter;Umsatz geteilt;Betrag in EUR".split(";"),
        "cells": {0: "day", 1: "day", 2: "name", 3: "iban", 5: "ÜBERWEISUNG", 6: "text", 10: "amount"},
        "account": "",
    },
}  # fmt: skip


class OneTransaction:
    """A database whose every block is the one transaction of a test, which rolls back."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """The test's session; what it wrote is flushed."""
        yield self._session
        self._session.flush()

    reading = writing

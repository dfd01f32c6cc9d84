"""Bank files are read as their banks write them; what is none is named in a German sentence."""

import zipfile
from datetime import date

import pytest

from checkout.bank import reading
from checkout.bank.statement import Line, NotAStatement, Statement
from tests.checkout.bank.files import BANKS, DAY, IBAN, PAYER, camt, csv_of, entry, field_86, mt940, zipped


def only(content: bytes) -> Statement:
    """The one statement of a file."""
    (statement,) = reading.read(content).statements
    return statement


def refusal(content: bytes) -> str:
    with pytest.raises(NotAStatement) as caught:
        reading.read(content)
    return caught.value.sentence


@pytest.mark.parametrize("new", [True, False])
def test_camt_of_both_versions_says_the_same(new: bool) -> None:
    version = "053.001.08" if new else "053.001.02"
    statement = only(camt(entry(new=new, reference="2026-1", end_to_end="R1"), version=version))
    assert (statement.format, statement.account) == (f"camt.{version}", IBAN)
    assert statement.covers_until == DAY
    assert statement.lines == (
        Line(booked_on=DAY, cents=2425, is_credit=True, text="K7MP-3XQA", end_to_end="R1", bank_reference="2026-1",
             name="Erika Muster", iban=PAYER, kind="SEPA-UEBERWEISUNG"),
    )  # fmt: skip


@pytest.mark.parametrize("new", [True, False])
def test_only_what_is_booked_counts(new: bool) -> None:
    statement = only(camt(entry("1.00", status="PDNG", new=new), entry("2.00", new=new), entry("3.00", status="INFO")))
    assert [line.cents for line in statement.lines] == [200]
    assert statement.pending == 2


def test_wrapped_purpose_is_joined_where_the_bank_has_cut_it() -> None:
    cut = ["Bestellung vom 23.11. Nummer K7MP-3X", "QA danke"]
    assert len(cut[0]) == 36
    assert only(camt(entry(text=[cut[0][:35], cut[0][35:] + cut[1]]))).lines[0].text.endswith("K7MP-3XQA danke")
    assert only(camt(entry(text=["Rechnung", "K7MP-3XQA"]))).lines[0].text == "Rechnung K7MP-3XQA"


def batch(*amounts: str, total: str, new: bool = True, second_currency: str = "EUR") -> bytes:
    parts = "".join(
        f"<TxDtls>{_amount(amount, new, second_currency if number else 'EUR')}<RmtInf><Ustrd>Zweck {number}</Ustrd>"
        f"</RmtInf></TxDtls>"
        for number, amount in enumerate(amounts)
    )
    return camt(
        f'<Ntry><Amt Ccy="EUR">{total}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>{DAY}</Dt></BookgDt>'
        f"<NtryDtls><Btch><NbOfTxs>{len(amounts)}</NbOfTxs></Btch>{parts}</NtryDtls></Ntry>"
    )


def _amount(amount: str, new: bool, currency: str) -> str:
    written = f'<Amt Ccy="{currency}">{amount}</Amt>' if amount else ""
    return written if new or not written else f"<AmtDtls><TxAmt>{written}</TxAmt></AmtDtls>"


@pytest.mark.parametrize("new", [True, False])
def test_a_batch_is_read_one_by_one(new: bool) -> None:
    lines = only(batch("10.00", "14.25", total="24.25", new=new)).lines
    assert [(line.cents, line.text, line.position) for line in lines] == [(1000, "Zweck 0", 1), (1425, "Zweck 1", 2)]
    assert not any(line.doubt for line in lines)


@pytest.mark.parametrize("amounts", [("10.00", "10.00"), ("10.00", ""), ("", "")])
def test_a_batch_that_does_not_add_up_stays_whole_and_in_doubt(amounts: tuple[str, str]) -> None:
    (line,) = only(batch(*amounts, total="24.25")).lines
    assert (line.cents, line.text) == (2425, "Zweck 0 / Zweck 1")
    assert "Sammelbuchung" in line.doubt


def test_a_batch_in_two_currencies_stays_in_doubt() -> None:
    assert only(batch("10.00", "14.25", total="24.25", second_currency="CHF")).lines[0].doubt


@pytest.mark.parametrize(
    "booked",
    [
        entry(code="RRTN"),
        entry(more="<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"),
        entry().replace("<BookgDt>", "<RvslInd>true</RvslInd><BookgDt>"),
        entry().replace("NTRF+166+", "NTRF+159+"),
    ],
)
def test_money_that_comes_back_is_marked(booked: str) -> None:
    assert only(camt(booked)).lines[0].is_return
    assert not only(camt(entry())).lines[0].is_return


@pytest.mark.parametrize(("amount", "cents"), [("0.01", 1), ("1234567.5", 123456750), ("10", 1000), ("7.10000", 710)])
def test_amounts_are_whole_cents(amount: str, cents: int) -> None:
    assert only(camt(entry(amount))).lines[0].cents == cents


@pytest.mark.parametrize("amount", ["1.005", "1,00", "NaN", "Infinity", "-1", "", "1e99"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    assert refusal(camt(entry(amount)))


def test_reports_and_notices_are_not_statements() -> None:
    assert "camt.052" in refusal(camt(version="052.001.08", body="BkToCstmrAcctRpt"))
    assert "camt.054" in refusal(camt(version="054.001.08", body="BkToCstmrDbtCdtNtfctn"))
    assert "„CstmrCdtTrfInitn“" in refusal(b"<Document><CstmrCdtTrfInitn/></Document>")


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE Document SYSTEM "file:///etc/passwd">',
        "<!DOCTYPE Document>",
    ],
)
def test_document_types_are_refused(head: str) -> None:
    content = camt(entry()).decode().replace("?><Document", f"?>{head}<Document", 1)
    assert "Dokumenttyp" in refusal(content.encode())
    assert "Dokumenttyp" in refusal(content.replace('encoding="UTF-8"', "").encode("utf-16"))


def test_half_a_download_is_refused() -> None:
    whole = camt(entry())
    assert "beschädigt" in refusal(whole[: len(whole) // 2])
    assert "beschädigt" in refusal(b"<Document>\xff\xfe</Document>")


def test_several_files_in_a_zip() -> None:
    read = reading.read(zipped(eins_xml=camt(entry()), zwei_sta=mt940(("C1,00NTRFNONREF", field_86("x"))),
                               lies_txt=b"Hallo"))  # fmt: skip
    assert [each.format for each in read.statements] == ["camt.053.001.08", "MT940"]
    assert [each.partition(":")[0] for each in read.refused] == ["lies.txt"]


def test_zips_that_no_bank_makes_are_refused() -> None:
    assert "zu groß" in refusal(zipped(bombe_xml=b"0" * (20 * 1024 * 1024)))
    many = {f"a{number}_xml": b"<a/>" for number in range(reading.MOST_MEMBERS + 1)}
    assert str(reading.MOST_MEMBERS) in refusal(zipped(**many))
    assert "beschädigt" in refusal(b"PK\x03\x04 und dann nichts")
    assert "noch eine ZIP" in refusal(zipped(innen_zip=zipped(a_xml=b"<a/>")))
    assert "Excel" in refusal(zipped(**{"xl/workbook_xml": b"<a/>"}))
    assert "kein Kontoauszug" in refusal(zipped())


def test_a_zip_whose_header_lies_about_its_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = zipped(a_xml=b"<Document>" + b" " * 400)
    monkeypatch.setattr(zipfile.ZipInfo, "file_size", property(lambda _: 5, lambda *_: None), raising=False)
    assert refusal(packed)


def test_mt940_with_a_purpose_of_many_pieces() -> None:
    long = "Vielen Dank fuer die schoenen Stoffe, hier kommt das Geld fuer die Bestellung mit der Nummer K7MP-3XQA " * 3
    statement = only(mt940(("C24,25NTRFNONREF//47", field_86(long.strip()))))
    (line,) = statement.lines
    assert (statement.account, statement.covers_until) == ("37040044/0532013000", DAY)
    assert (line.cents, line.is_credit, line.name, line.iban) == (2425, True, "Erika Muster", PAYER)
    assert (line.bank_reference, line.end_to_end) == ("47", "")
    assert line.text.replace(" ", "") == long.replace(" ", "")[: len(line.text.replace(" ", ""))]
    assert "K7MP-3XQA".replace("-", "") in line.text.replace(" ", "").replace("-", "")


def test_mt940_knows_money_taken_back() -> None:
    back = ("CR8,00NTRFNONREF", field_86("d", code="159"))
    taken = [(f"{amount}NTRFNONREF", field_86("a")) for amount in ("RC5,00", "RD6,00", "D7,00")]
    lines = only(mt940(*taken, back)).lines
    told = [(line.cents, line.is_credit, line.is_return) for line in lines]
    assert told == [(500, False, True), (600, True, True), (700, False, False), (800, True, True)]


def test_mt940_of_several_days_has_a_statement_each() -> None:
    first, second = (mt940(("C1,00NTRFNONREF", field_86("x")), until=date(2026, 11, day)) for day in (23, 24))
    statements = reading.read(first + second).statements
    assert [each.covers_until for each in statements] == [date(2026, 11, 23), date(2026, 11, 24)]
    assert [len(each.lines) for each in statements] == [1, 1]


def test_intraday_mt942_is_refused() -> None:
    assert "MT942" in refusal(b":20:X\r\n:25:37040044/0532013000\r\n:28C:1\r\n:34F:EUR0,00\r\n:13D:2611231200+0100\r\n")
    assert refusal(mt940(("C1,00NTRFNONREF", "x")).replace(b":62F:", b":99F:").replace(b":60F:", b":98F:"))


@pytest.mark.parametrize("bank", BANKS)
def test_every_bank_s_table_is_read(bank: str) -> None:
    layout = BANKS[bank]
    statement = only(csv_of(bank, {}, {"amount": "-1.234,50" if not layout.get("point") else "-1234,50"}))
    credit, debit = statement.lines
    assert statement.format == f"CSV {bank}"
    assert statement.account == layout.get("account", IBAN)
    assert (credit.booked_on, credit.cents, credit.is_credit, credit.currency) == (DAY, 2425, True, "EUR")
    assert (credit.name, credit.iban) == ("Erika Müller", layout.get("iban", PAYER))
    assert credit.text == "Bestellung K7MP-3XQA"
    assert credit.end_to_end == ""
    assert (debit.cents, debit.is_credit) == (123450, False)


def test_the_period_above_a_table_is_what_it_covers() -> None:
    for bank in ("ING", "Postbank, Deutsche Bank", "comdirect"):
        assert only(csv_of(bank, {})).covers_until == date(2026, 11, 24)
    assert only(csv_of("Sparkasse", {})).covers_until == DAY


def test_where_a_statement_begins() -> None:
    begun = date(2026, 11, 20)
    assert only(camt(entry(), since=begun)).covers_from == begun
    assert only(camt(entry())).covers_from == DAY
    balance = "<Bal><Tp><CdOrPrtry><Cd>PRCD</Cd></CdOrPrtry></Tp><Dt><Dt>2026-11-19</Dt></Dt></Bal></Stmt>"
    assert only(camt(entry()).replace(b"</Stmt>", balance.encode())).covers_from == begun
    opened = mt940(("C1,00NTRFNONREF", field_86("x"))).replace(b":60F:C261123", b":60F:C261119")
    assert only(opened).covers_from == begun
    assert only(csv_of("ING", {})).covers_from == date(2026, 10, 22)
    assert only(csv_of("Sparkasse", {})).covers_from == DAY


def test_an_empty_period_is_a_statement_too() -> None:
    assert only(csv_of("ING")).lines == ()


@pytest.mark.parametrize(
    ("bank", "old", "new"), [("Sparkasse", "gebucht", "vorgemerkt"), ("DKB", "Gebucht", "Vorgemerkt")]
)
def test_pending_rows_do_not_count(bank: str, old: str, new: str) -> None:
    codec = BANKS[bank]["encoding"]
    statement = only(csv_of(bank, {}).decode(codec).replace(old, new).encode(codec))
    assert (statement.lines, statement.pending) == ((), 1)


def test_comdirect_s_open_bookings_do_not_count() -> None:
    statement = only(csv_of("comdirect", {}))
    assert (len(statement.lines), statement.pending) == (1, 1)


def test_sepa_fields_in_a_volksbank_purpose() -> None:
    text = "Danke K7MP-3XQA EREF: 47-11 IBAN: DE02120300000000202051 BIC: BYLADEM1001"
    (line,) = only(csv_of("Volksbank, GLS", {"text": text, "iban": ""})).lines
    assert (line.text, line.end_to_end, line.iban) == ("Danke K7MP-3XQA", "47-11", "DE02120300000000202051")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_found_out(codec: str) -> None:
    told = csv_of("Volksbank, GLS", {}).decode("utf-8-sig").encode(codec)
    assert only(told).lines[0].name == "Erika Müller"


def test_returned_transfers_in_tables() -> None:
    content = csv_of("Volksbank, GLS", {}).decode("utf-8-sig").replace("Überweisung", "Rücküberweisung")
    assert only(content.encode()).lines[0].is_return


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "leer"),
        (b" \r\n ", "leer"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "Bild"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel"),
        (b"Artikelnummer;Name;Preis\r\n1;Knopf;2,50\r\n", "„Artikelnummer;Name;Preis“"),
        (b"\0\1\2\3\4", "Null-Bytes"),
        (b"x" * (reading.MOST_BYTES + 1), "10 MB"),
    ],
)
def test_what_is_no_statement_is_named(content: bytes, said: str) -> None:
    assert said in refusal(content)


def test_an_amount_that_is_none_is_named_by_its_row() -> None:
    assert "Zeile 2" in refusal(csv_of("ING", {}, {"amount": "viel"}))
    assert "31.02.2026" in refusal(csv_of("ING", {}).replace(b"23.11.2026", b"31.02.2026"))

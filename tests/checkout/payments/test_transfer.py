"""Transfers: offered only with a right account, and a GiroCode that every banking app reads."""

import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from segno.helpers import make_epc_qr
from stdnum import iban

from checkout.payments import Account, Purchase
from checkout.payments.on_pickup import OnPickup
from checkout.payments.transfer import Transfer, giro_code_payload, giro_code_png, giro_code_svg, refund_code_svg
from tests.conftest import needs

ACCOUNT = Account("Nähladen Müßig & Söhne", "DE89 3704 0044 0532 0130 00", "")


@pytest.mark.parametrize(
    ("account", "sentence"),
    [
        (Account(), "fehlen noch Kontoinhaber und IBAN"),
        (Account("Muster", ""), "fehlen noch Kontoinhaber und IBAN"),
        (Account("", ACCOUNT.iban), "fehlen noch Kontoinhaber und IBAN"),
        (Account("Muster", "DE89 3704 0044 0532 0130 01"), "stimmt nicht"),
    ],
)
def test_transfers_need_a_holder_and_a_right_iban(account: Account, sentence: str) -> None:
    assert sentence in Transfer(lambda: account).missing()


def test_a_changed_account_counts_at_once() -> None:
    accounts = [ACCOUNT, Account()]
    method = Transfer(lambda: accounts.pop())
    assert method.missing() != ""
    assert method.missing() == ""


def test_transfers_fit_parcels_and_pickup_and_the_till_only_pickup() -> None:
    transfer, till = Transfer(lambda: ACCOUNT), OnPickup()
    assert [transfer.fits(Purchase(each)) for each in (True, False)] == [True, True]
    assert [till.fits(Purchase(each)) for each in (True, False)] == [True, False]
    assert till.missing() == ""


def test_the_code_says_what_the_guideline_wants() -> None:
    assert giro_code_payload(ACCOUNT, "K7MP-3XQA", 1205).split("\n") == [
        "BCD", "002", "1", "SCT", "", "Naehladen Muessig + Soehne", "DE89370400440532013000", "EUR12.05", "", "",
        "K7MP-3XQA",
    ]  # fmt: skip


def test_the_code_is_the_one_that_segnos_own_helper_makes() -> None:
    theirs = make_epc_qr(
        "Naehladen Muessig + Soehne", "DE89370400440532013000", Decimal("12.95"), text="K7MP-3XQA", encoding="utf-8"
    )
    assert theirs.svg_inline(scale=4, border=4, dark="#000", light="#fff", title="GiroCode", omitsize=True) == (
        giro_code_svg(ACCOUNT, "K7MP-3XQA", 1295)
    )


@pytest.mark.parametrize("cents", [0, -1, 999_999_999_99 + 1])
def test_amounts_that_no_transfer_has_are_refused(cents: int) -> None:
    with pytest.raises(ValueError, match="cents"):
        giro_code_payload(ACCOUNT, "K7MP-3XQA", cents)


def test_the_picture_carries_no_style_that_the_pages_forbid() -> None:
    svg = giro_code_svg(ACCOUNT, "K7MP-3XQA", 1290)
    assert svg.startswith("<svg")
    assert not re.search(r"style|<script|xlink|http", svg.replace("http://www.w3.org/2000/svg", ""))


def decoded(png: bytes, folder: Path) -> str:
    """What a stranger's reader sees in a picture."""
    reader = shutil.which("zbarimg")
    needs("zbarimg (Debian: apt install zbar-tools)", reader is not None)
    assert reader is not None
    (folder / "code.png").write_bytes(png)
    read = subprocess.run([reader, "--quiet", "--raw", folder / "code.png"], capture_output=True, check=True)
    return read.stdout.decode()


def test_a_foreign_reader_finds_what_epc069_12_asks_for(tmp_path: Path) -> None:
    """European Payments Council, EPC069-12, version 2.1: eleven lines at most, in their order."""
    lines = decoded(giro_code_png(ACCOUNT, "K7MP-3XQA", 1205), tmp_path).rstrip("\n").split("\n")
    service, version, characters, kind, _, holder, number, amount, purpose, structured, text = lines
    assert (service, version, characters, kind) == ("BCD", "002", "1", "SCT")
    assert holder.isascii()
    assert iban.is_valid(number)
    assert amount == "EUR12.05"
    assert (purpose, structured, text) == ("", "", "K7MP-3XQA")
    assert len("\n".join(lines)) <= 331


def test_a_code_to_pay_back_names_the_buyer() -> None:
    svg = refund_code_svg("Jürgen Weiß", "DE75512108001245126199", 500, "Rückzahlung K7MP-3XQA")
    assert svg.startswith("<svg")
    with pytest.raises(ValueError, match="0 cents"):
        refund_code_svg("X", "DE75512108001245126199", 0, "x")

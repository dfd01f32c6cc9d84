"""Paying in advance by bank transfer, with a GiroCode (EPC069-12) for the payer's telephone."""

import io
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import segno
from stdnum import iban

from checkout import numbers
from checkout.orders import Order, OrderLine, State
from checkout.payments import Account, PaymentAttempt, Purchase, Surroundings

_MOST_CENTS = 999_999_999_99
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "&": "+"})


class Transfer:
    """The buyer transfers the total before the goods are sent; the owner books it when it has come."""

    key = "transfer"
    label = "Überweisung vorab (Vorkasse)"
    hint = "Nach der Bestellung bekommen Sie unsere Bankverbindung und einen GiroCode für Ihre Banking-App."
    first_state = State.AWAITING_PAYMENT
    least_cents = 0

    def __init__(self, account: Callable[[], Account]) -> None:
        """`account` reads where the money shall go, as the owner has set it this moment."""
        self._account = account

    def missing(self) -> str:
        """What the owner must still set, in German; "" if nothing."""
        account = self._account()
        if not account.holder.strip() or not account.iban.strip():
            return "Für Überweisungen fehlen noch Kontoinhaber und IBAN."
        if not iban.is_valid(account.iban):
            return "Die IBAN für Überweisungen stimmt nicht: Bitte prüfen Sie die Ziffern."
        return ""

    def fits(self, purchase: Purchase) -> bool:
        """Every kind of delivery can be paid in advance."""
        return True

    def open(
        self, order: Order, lines: Sequence[OrderLine], attempt: PaymentAttempt, *, return_url: str, cancel_url: str
    ) -> None:
        """Nothing is to be opened anywhere."""
        return


def create(surroundings: Surroundings) -> Transfer:
    """Make it for a shop; see the registry."""
    return Transfer(surroundings.account)


def giro_code_payload(account: Account, number: str, cents: int) -> str:
    """What the GiroCode says, for an order's number and amount; plain ASCII texts.

    The European Payments Council's guideline EPC069-12, version 002, UTF-8. Banking apps read
    umlauts in different ways, so the holder's name is spelled out. Raises ValueError for an amount
    that no transfer can have.
    """
    return _payload(account, cents, numbers.transfer_reference(number))


def _payload(account: Account, cents: int, purpose: str) -> str:
    if not 1 <= cents <= _MOST_CENTS:
        raise ValueError(f"{cents} cents cannot be transferred")
    euros, rest = divmod(cents, 100)
    lines = (
        "BCD",
        "002",
        "1",
        "SCT",
        _ascii(account.bic).replace(" ", "").upper(),
        _ascii(account.holder)[:70],
        iban.compact(account.iban),
        f"EUR{euros}.{rest:02d}",
        "",
        "",
        _ascii(purpose)[:140],
    )
    return "\n".join(lines)


def giro_code_png(account: Account, number: str, cents: int) -> bytes:
    """The GiroCode as a PNG for letters, which show no inline SVG: five pixels a module, with its quiet zone."""
    drawn = io.BytesIO()
    _code(giro_code_payload(account, number, cents)).save(drawn, kind="png", scale=5, border=4)
    return drawn.getvalue()


def giro_code_svg(account: Account, number: str, cents: int) -> str:
    """The GiroCode as inline SVG without styles of its own (a restrictive CSP allows it)."""
    return _svg(giro_code_payload(account, number, cents))


def refund_code_svg(holder: str, number: str, cents: int, purpose: str) -> str:
    """A GiroCode that the owner scans to transfer money back: to `holder` with IBAN `number`. Raises ValueError."""
    return _svg(_payload(Account(holder, number), cents, purpose))


def _svg(payload: str) -> str:
    svg: str = _code(payload).svg_inline(scale=4, border=4, dark="#000", light="#fff", title="GiroCode", omitsize=True)
    return svg


def _code(payload: str) -> Any:
    return segno.make_qr(payload.encode("ascii"), error="m", boost_error=False)  # the guideline allows level M only


def _ascii(text: str) -> str:
    spelled = unicodedata.normalize("NFC", " ".join(text.split())).translate(_SPELLED_OUT)
    return unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()

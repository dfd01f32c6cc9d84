"""Buying by invoice: the goods come first, the money by transfer afterwards; only for whom the owner has marked."""

from collections.abc import Callable, Sequence

from checkout.orders import Order, OrderLine, State
from checkout.payments import Account, PaymentAttempt, Purchase, Surroundings, transfer
from checkout.trusted import METHOD


class Invoice:
    """The buyer transfers the total after she has the goods; the owner's bank statement tells when."""

    key = METHOD
    label = "Kauf auf Rechnung"
    hint = "Sie überweisen, wenn Sie die Ware haben."
    first_state = State.CONFIRMED
    least_cents = 0

    def __init__(self, account: Callable[[], Account]) -> None:
        """`account` reads where the money shall go, as the owner has set it this moment."""
        self._account = account

    def missing(self) -> str:
        """What a transfer lacks is lacking here as well."""
        return transfer.Transfer(self._account).missing()

    def fits(self, purchase: Purchase) -> bool:
        """Only for a buyer whom the owner trusts."""
        return purchase.is_trusted

    def open(
        self, order: Order, lines: Sequence[OrderLine], attempt: PaymentAttempt, *, return_url: str, cancel_url: str
    ) -> None:
        """Nothing is to be opened anywhere."""
        return


def create(surroundings: Surroundings) -> Invoice:
    """Make it for a shop; see the registry."""
    return Invoice(surroundings.account)

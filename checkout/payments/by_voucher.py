"""An order that gift vouchers pay in full: there is nothing to choose, and nothing to open anywhere."""

from collections.abc import Sequence

from checkout import redeeming
from checkout.orders import Order, OrderLine, State
from checkout.payments import PaymentAttempt, Purchase


class ByVoucher:
    """Stands where a way to pay would have been chosen; never offered by itself, so not registered."""

    key = redeeming.METHOD
    label = redeeming.LABEL
    hint = "Ihr Gutschein bezahlt alles."
    first_state = State.AWAITING_PAYMENT
    least_cents = 0

    def missing(self) -> str:
        """Nothing has to be set."""
        return ""

    def fits(self, purchase: Purchase) -> bool:
        """Any delivery can be paid for."""
        return True

    def open(
        self, order: Order, lines: Sequence[OrderLine], attempt: PaymentAttempt, *, return_url: str, cancel_url: str
    ) -> None:
        """Nothing is to be opened anywhere."""
        return

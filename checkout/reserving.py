"""How long goods wait for their money, and until when the buyer is asked to pay."""

from datetime import datetime, timedelta

from checkout.orders import Order, State

# A bank statement shows money a working day or two after it was sent: goods wait longer than the buyer is told.
TRANSFER_GRACE = timedelta(days=4)
# Long enough to fetch the telephone, to fail once and to pay again; the provider's page itself ends earlier.
ONLINE = timedelta(hours=2)


def hold_until(payment: str, first_state: State, *, transfer_days: int, now: datetime) -> datetime | None:
    """Until when an order's goods are held; None where they are paid for at pickup."""
    if first_state is State.CONFIRMED:
        return None
    if payment == "transfer":
        return now + timedelta(days=transfer_days) + TRANSFER_GRACE
    return now + ONLINE


def pay_until(order: Order) -> datetime | None:
    """The day by which the buyer of an order is asked to transfer the money; None for other ways to pay."""
    if order.payment != "transfer" or order.reserved_until is None:
        return None
    return order.reserved_until - TRANSFER_GRACE

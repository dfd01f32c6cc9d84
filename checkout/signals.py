"""The order's life, announced to extensions (blinker).

Receivers run inside the transaction: they may add rows, and must leave what is slow to a job.
"""

from blinker import Namespace

_signals = Namespace()

order_placed = _signals.signal("order-placed")
"""Sent by the Order, with `session`."""

order_moved = _signals.signal("order-moved")
"""Sent by the Order, with `session` and `to` (a State)."""

withdrawal_declared = _signals.signal("withdrawal-declared")
"""Sent by the Withdrawal, with `session`."""

card_declined = _signals.signal("card-declined")
"""Sent by the Order, with `session` and `now`, for each card that its shopper's bank has declined."""

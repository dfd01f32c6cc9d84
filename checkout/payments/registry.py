"""Which ways to pay there are: ours and strangers' come through the same door, entry points."""

from checkout.payments import PaymentMethod, Surroundings


def methods(surroundings: Surroundings) -> dict[str, PaymentMethod]:
    """All ways to pay by their key, ours first, then those of installed extensions.

    Each entry point of the group "dorfladen.payments" names a callable that takes the Surroundings
    and gives a PaymentMethod. An extension may replace one of ours by taking its key.
    """
    raise NotImplementedError


def offered(known: dict[str, PaymentMethod], *, is_pickup: bool) -> list[PaymentMethod]:
    """Those that lack nothing and fit this kind of delivery."""
    raise NotImplementedError

"""Which ways to pay there are: ours and strangers' come through the same door, entry points."""

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points

from checkout.payments import PaymentMethod, Purchase, Surroundings

GROUP = "dorfladen.payments"

# What we ship, written as an extension's package would declare it.
BUILT_IN = (
    EntryPoint("stripe", "checkout.payments.stripe:create", GROUP),
    EntryPoint("transfer", "checkout.payments.transfer:create", GROUP),
    EntryPoint("on_pickup", "checkout.payments.on_pickup:create", GROUP),
    EntryPoint("invoice", "checkout.payments.invoice:create", GROUP),
)


def load(surroundings: Surroundings) -> dict[str, PaymentMethod]:
    """All ways to pay by their key, ours first, then those of installed extensions.

    Each entry point of the group "dorfladen.payments" names a callable that takes the Surroundings
    and gives a PaymentMethod. An extension may replace one of ours by taking its key.
    """
    return create_all((*BUILT_IN, *entry_points(group=GROUP)), surroundings)


def create_all(doors: Iterable[EntryPoint], surroundings: Surroundings) -> dict[str, PaymentMethod]:
    """Load each entry point and let it make its way to pay; a later one takes the place of the same key."""
    known: dict[str, PaymentMethod] = {}
    for door in doors:
        create: Callable[[Surroundings], PaymentMethod] = door.load()
        method = create(surroundings)
        known[method.key] = method
    return known


def offered(known: Mapping[str, PaymentMethod], purchase: Purchase) -> list[PaymentMethod]:
    """Those that lack nothing and fit a purchase."""
    return [method for method in known.values() if not method.missing() and method.fits(purchase)]

"""On which rolls goods lie again when an import is taken back that made the shop forget, or know, their rolls."""

from catalog.exchange.chains import Chain
from catalog.exchange.laying import Lying
from catalog.exchange.standing import StandingVariant

UNKNOWN = "Wie viel auf welchem Ballen oder in welcher Partie liegt, ist nicht mehr bekannt. Bitte messen Sie nach."


def rolls(chain: Chain, variant: StandingVariant) -> tuple[Lying, ...] | None:
    """The rolls on which a variant lies again, none where nothing is to do about them; None: nobody knows them.

    Goods that are no longer counted have lost their rolls. They lie there again if they are as many as before, and
    the largest roll keeps what orders hold. Pieces that lie in lots since the import do so for good.
    """
    before: tuple[Lying, ...] = chain.old.get("rolls", ())
    if "rolls" in chain.new:
        lay_on_none = not before and chain.old.get("stock", variant.on_hand)
        return None if lay_on_none and _are_told(variant.facts["rolls"]) else ()
    if not before or variant.facts["stock"] is not None:
        return ()
    fits = sum(quantity for quantity, _, _ in before) == variant.on_hand and max(before)[0] >= variant.held
    return before if fits else None if _are_told(before) else ()


def _are_told(lying: tuple[Lying, ...]) -> bool:
    """Whether it matters which roll is which."""
    return len(lying) > 1 or any(lot or place for _, lot, place in lying)

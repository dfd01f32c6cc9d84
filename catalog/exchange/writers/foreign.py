"""What other shop systems have no place for, and how goods that are not sold by the piece appear there."""

from collections.abc import Sequence

from catalog.exchange.columns import named
from catalog.exchange.fields import MAKER_FIELDS
from catalog.exchange.shelf import StandingProduct, StandingVariant
from catalog.exchange.writers.writer import Desk
from catalog.units import Unit

_NOTHING: dict[str, object] = {
    "minimum": 1, "step": 1, "maximum": None, "shown_per": None, "remnant_below": 0, "offers_sample": False,
    "summary": "", "fibres": (), "is_featured": False, "warnings": "", "steps": (), "rrp_cents": None,
    "own_minimum": None, "own_step": None, "own_maximum": None, "content": None, "thickness_mm": None,
    "reorder_at": None,
}  # fmt: skip
_ONE_PIECE = {
    Unit.LENGTH: "Meterware: ein Stück ist dort ein Meter, der Preis gilt je Meter.",
    Unit.WEIGHT: "Ware nach Gewicht: ein Stück ist dort ein Kilogramm; den Bestand tragen Sie bitte dort ein.",
    Unit.AREA: "Ware nach Fläche: ein Stück ist dort ein Quadratmeter, der Preis gilt je Quadratmeter.",
}


def note_losses(
    product: StandingProduct, variants: Sequence[StandingVariant], desk: Desk, carried: frozenset[str]
) -> None:
    """Say what of an article a file cannot tell; `carried` are the keys that it can."""
    name = product.facts["name"]
    if product.facts["unit"] in _ONE_PIECE:
        desk.losses.note(_ONE_PIECE[product.facts["unit"]], name)
    for facts in (product.facts, *(each.facts for each in variants)):
        for key in sorted(_NOTHING.keys() - carried):
            if facts.get(key, _NOTHING[key]) != _NOTHING[key]:
                desk.losses.note_no_place(named(key), name)
    if any(product.facts.get(each.key) for each in MAKER_FIELDS if each.key != "maker_country"):
        desk.losses.note_no_place("Anschrift des Herstellers", name)
    if any(len(each.facts["rolls"]) > 1 or any(lot for _, lot, _ in each.facts["rolls"]) for each in variants):
        desk.losses.note_no_place("Ballen und Partien", name)
    if any(swatch for each in variants for _, _, swatch in each.facts["options"]):
        desk.losses.note_no_place("Farbwerte der Optionen", name)
    if any(each.held for each in variants):
        desk.losses.note("Was für offene Bestellungen reserviert ist, steckt noch im Bestand.", name)


def active(variants: Sequence[StandingVariant], desk: Desk) -> list[StandingVariant]:
    """The variants that are for sale; other systems know no others."""
    return [each for each in variants if each.id not in desk.inactive]


def option_names(variants: Sequence[StandingVariant]) -> list[str]:
    """The names of all options of some variants, in the order in which they come."""
    return list(dict.fromkeys(name for each in variants for name, _, _ in each.facts["options"]))


def options_of(variant: StandingVariant) -> dict[str, str]:
    """The values of a variant's options by their names."""
    return {name: value for name, value, _ in variant.facts["options"]}

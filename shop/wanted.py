"""How much somebody wants, as it is typed into the forms of products, cart and telephone orders."""

from collections.abc import Mapping

from catalog.units import QuantityRule, Unit, parse_quantity


def wanted(form: Mapping[str, str], rule: QuantityRule) -> tuple[int, int]:
    """What was typed, as (pieces, quantity of one in smallest units). Raises NotAQuantity, QuantityDoesNotFit."""
    if rule.unit is Unit.PIECE:
        return parse_quantity(form.get("menge", "1"), Unit.PIECE, rule), 1
    pieces = parse_quantity(form.get("stuecke", "1"), Unit.PIECE)
    return pieces, parse_quantity(form.get("laenge" if rule.unit is Unit.LENGTH else "menge", ""), rule.unit, rule)

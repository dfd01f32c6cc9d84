"""What a fact would be if it went back, and what cannot go back any more: the rules of the catalogue still hold."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from catalog import price_steps
from catalog.exchange.articles import Facts, Sale
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.plan import VariantStep
from catalog.exchange.standing import StandingProduct, StandingVariant
from catalog.images import NoSuchPicture
from catalog.refusals import Refusal
from catalog.units import QuantityRule

_MEASURES = ("unit", "minimum", "step", "maximum", "shown_per", "remnant_below")


def as_it_would_be(key: str, old: Any, now: datetime) -> Any:
    """A fact from before an import as it is put back now: a reduction that is over by now does not come again."""
    if key == "sale" and old is not None and old.ends_at is not None and old.ends_at <= now:
        return None
    return old


def impossible(
    product: StandingProduct,
    back: Facts,
    steps: list[VariantStep],
    on_hand: int,
    pictures: PictureFolders,
    now: datetime,
) -> Iterator[tuple[str, str]]:
    """Take out of the facts that go back what the catalogue would refuse; gives each key with the reason.

    `on_hand` is what lies in the store of all variants once the stock has gone back.
    """
    if "unit" in back and (on_hand or any(each.held for each in product.variants)):
        for key in _MEASURES:
            back.pop(key, None)
        yield "unit", "bleibt so, solange Bestand da ist."
    if "pictures" in back and not _are_kept(back["pictures"], pictures):
        del back["pictures"]
        yield "pictures", "bleiben so: Von den früheren Bildern ist eines nicht mehr aufbewahrt."
    by_id = {each.id: each for each in product.variants}
    rule = _rule(product, back)
    for each in steps:
        assert each.id is not None
        yield from _impossible_of_variant(each.facts, by_id[each.id], rule, pictures)


def _impossible_of_variant(
    back: Facts, variant: StandingVariant, rule: QuantityRule, pictures: PictureFolders
) -> Iterator[tuple[str, str]]:
    known = variant.facts | back
    sale: Sale | None = back.get("sale")
    if sale is not None and sale.price_cents >= known["price_cents"]:
        del back["sale"]
        yield "Angebotspreis", f"{variant.sku}: Das frühere Angebot liegt nicht unter dem jetzigen Preis."
    if back.get("steps"):
        own = QuantityRule(rule.unit, known["own_minimum"] or rule.minimum, known["own_step"] or rule.step)
        try:
            price_steps.check_steps(back["steps"], known["price_cents"], own)
        except Refusal as refusal:
            del back["steps"]
            yield "Staffelpreise", f"{variant.sku}: {refusal.sentence}"
    if "pictures" in back and not _are_kept(back["pictures"], pictures):
        del back["pictures"]
        yield "Bild der Variante", f"{variant.sku}: Das frühere Bild ist nicht mehr aufbewahrt."


def _rule(product: StandingProduct, back: Facts) -> QuantityRule:
    known = product.facts | back
    return QuantityRule(known["unit"], known["minimum"], known["step"])


def _are_kept(hashes: tuple[str, ...], pictures: PictureFolders) -> bool:
    try:
        for each in hashes:
            pictures.stored(each)
    except NoSuchPicture:
        return False
    return True

"""What sending costs, in words: every tier, limit and surcharge of the owner's table, for the page "Versand"."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from catalog.money import format_cents
from checkout import shipping
from checkout.limits import Parcel, thickness_in_words
from checkout.rates import ShippingMethod, ShippingRate, ShippingSurcharge, Tariff


@dataclass(frozen=True)
class RateLine:
    """A tier: its way to send, whom it is for, what it costs."""

    name: str
    limits: str
    cost: str
    knows_thickness: bool


_WITH_ARTICLE = frozenset({"Schweiz", "Niederlande", "Slowakei", "Türkei", "Vereinigten Staaten"})

Terms = list[tuple[str, list[RateLine], list[str]]]


def of(tariff: Tariff, codes: Sequence[str], country_name: Callable[[str], str]) -> Terms:
    """The tiers to each country that has any ("nach Polen"), and what must be known beside them."""
    every = [
        (country_name(code), [_line(tariff, rate) for rate in _to(tariff, code)], list(_notes(tariff, code)))
        for code in codes
    ]
    return [(towards(name), lines, notes) for name, lines, notes in every if lines]


def gaps(tariff: Tariff, codes: Sequence[str], country_name: Callable[[str], str]) -> list[str]:
    """What a shop lacks to send an ordinary parcel to each country that it says it delivers to, as German sentences.

    § 6 Abs. 2 PAngV wants what it costs to be told, so it must be computable. Nothing is lacking where nothing is sent.
    """
    if not tariff.rates:
        return []
    return [sentence for code in codes if (sentence := _gap(tariff, code, country_name(code)))]


def limits_of(rate: ShippingRate) -> str:
    """Whom a tier is for: "bis 500 g, bis 2 cm dick"; "alles" without limits."""
    limits = []
    if rate.max_weight_g is not None:
        limits.append(f"bis\u00a0{weight_in_words(rate.max_weight_g)}")
    if rate.max_thickness_mm is not None:
        limits.append(f"bis\u00a0{thickness_in_words(rate.max_thickness_mm)}\u00a0dick")
    if rate.min_goods_cents:
        limits.append(f"ab {format_cents(rate.min_goods_cents)} Warenwert")
    if rate.max_goods_cents is not None:
        limits.append(f"bis {format_cents(rate.max_goods_cents)} Warenwert")
    return ", ".join(limits) or "jedes Gewicht"


def weight_in_words(weight_g: int) -> str:
    """A weight as one says it: "500 g", "1 kg", "31,5 kg"."""
    if weight_g < 1000:
        return f"{weight_g}\u00a0g"
    kilos, grams = divmod(weight_g, 1000)
    return f"{f'{kilos},{grams:03d}'.rstrip('0').rstrip(',')}\u00a0kg"


def surcharge_in_words(surcharge: ShippingSurcharge) -> str:
    """A surcharge: "Inselzuschlag für die Postleitzahlen 18565, 25849: 3,00 € je Sendung, außer bei Briefen."."""
    what = f"{surcharge.label} (Postleitzahl{'en' if _are_many(surcharge.codes) else ''} {surcharge.codes})"
    everything = "nichts" if surcharge.with_letters else "keine Pakete"
    if surcharge.cents is None:
        return f"{what}: Dorthin schicken wir {f'nicht mit „{surcharge.method}“' if surcharge.method else everything}."
    by = f" bei „{surcharge.method}“" if surcharge.method else ", außer bei Briefen" * (not surcharge.with_letters)
    return f"{what}: {format_cents(surcharge.cents)} je Sendung zusätzlich{by}."


def towards(name: str) -> str:
    """Where a parcel goes, with the preposition of its country: "nach Polen", "in die Schweiz"."""
    return f"in die {name}" if name in _WITH_ARTICLE else f"nach {name}"


def _begun(words: str) -> str:
    return words[0].upper() + words[1:]


def _gap(tariff: Tariff, code: str, name: str) -> str:
    ordinary = shipping.survey_of(tariff, Parcel(code, weight_g=1000, goods_cents=3000))
    if not ordinary.quotes and not ordinary.not_offered:
        return f"Sie liefern {towards(name)}, aber dorthin gibt es keinen Versandpreis."
    if not ordinary.quotes:
        return (
            f"{_begun(towards(name))} kann kein Paket von 1\u00a0kg gehen: Es gibt nur Preise für Kleines oder Flaches."
        )
    return ""


def _to(tariff: Tariff, code: str) -> list[ShippingRate]:
    return sorted(
        tariff.rates_to(code), key=lambda rate: (rate.position, rate.max_weight_g or sys.maxsize, rate.id or 0)
    )


def _line(tariff: Tariff, rate: ShippingRate) -> RateLine:
    cost = format_cents(rate.price_cents)
    if rate.free_from_cents is not None:
        cost = f"{cost}, ab {format_cents(rate.free_from_cents)} Warenwert kostenlos"
    name = f"{rate.name} (nur für Stoffmuster)" if rate.for_samples else rate.name
    return RateLine(name, limits_of(rate), cost, rate.max_thickness_mm is not None)


def _notes(tariff: Tariff, code: str) -> Iterator[str]:
    methods = [tariff.method(name) for name in dict.fromkeys(rate.name for rate in _to(tariff, code))]
    yield from (f"{method.name}: {notes}" for method in methods if (notes := " ".join(_notes_on(method))))
    concerned = [each for each in tariff.surcharges if each.country == code and any(map(each.concerns, methods))]
    yield from map(surcharge_in_words, concerned)
    if any(each.cents for each in concerned) and any(rate.free_from_cents is not None for rate in _to(tariff, code)):
        yield "Ein Zuschlag fällt auch an, wenn der Versand sonst kostenlos ist."


def _notes_on(method: ShippingMethod) -> Iterator[str]:
    packing = " und ".join(
        part
        for part in (
            weight_in_words(method.packing_g) if method.packing_g else "",
            thickness_in_words(method.packing_mm) if method.packing_mm else "",
        )
        if part
    )
    if packing:
        yield f"Für die Verpackung zählen {packing} mit."
    if method.insured_cents is not None:
        most = format_cents(method.insured_cents)
        yield f"Nur bis {most} Warenwert versichert; was mehr wert ist, schicken wir anders."
    if method.note:
        yield method.note


def _are_many(codes: str) -> bool:
    return any(sign in codes for sign in ",–") or len(codes) < 4

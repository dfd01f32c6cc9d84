"""What fits a way to send, and for what does not fit one short German sentence that says why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalog.money import format_cents
from catalog.units import Unit, format_quantity
from checkout.rates import Kind, ShippingMethod, ShippingRate, Tariff


@dataclass(frozen=True)
class Parcel:
    """What is to be sent: where to, how heavy and thick without packing, of what value in cents.

    `thickness_mm` None: not known, because of the goods called `unmeasured`. `postal_code` "": not told yet.
    `is_samples`: it is nothing but samples.
    """

    country: str
    weight_g: int
    goods_cents: int
    is_samples: bool = False
    thickness_mm: int | None = None
    postal_code: str = ""
    unmeasured: tuple[str, ...] = ()


def fitting(method: ShippingMethod, rates: Sequence[ShippingRate], parcel: Parcel) -> list[ShippingRate]:
    """The tiers of a way to send whose every limit a parcel keeps, places aside."""
    if _is_worth_too_much(method, parcel):
        return []
    return [rate for rate in rates if all(keeps(method, rate, parcel) for keeps in (_value, _weight, _thickness))]


def why_not(tariff: Tariff, method: ShippingMethod, rates: Sequence[ShippingRate], parcel: Parcel) -> str:
    """Why a way to send does not take a parcel, as the end of a sentence; "" if one of its tiers does.

    The first obstacle is named that stands in the way of all tiers that are left.
    """
    barred = tariff.surcharge_at(method, parcel.country, parcel.postal_code)
    if barred is not None and barred.cents is None:
        return f"nicht an die Postleitzahl {parcel.postal_code} ({barred.label})."
    if _is_worth_too_much(method, parcel):
        return f"nur bis {format_cents(method.insured_cents or 0)} Warenwert versichert."
    left: Sequence[ShippingRate] = rates
    for keeps, reason in _OBSTACLES:
        kept = [rate for rate in left if keeps(method, rate, parcel)]
        if not kept:
            return reason(method, left, rates, parcel)
        left = kept
    return ""


def thickness_in_words(thickness_mm: int) -> str:
    """A thickness as one says it: "8 mm", "5 cm", "2,5 cm"."""
    if thickness_mm < 10:
        return f"{thickness_mm}\u00a0mm"
    whole, part = divmod(thickness_mm, 10)
    return f"{whole},{part}\u00a0cm" if part else f"{whole}\u00a0cm"


def _is_worth_too_much(method: ShippingMethod, parcel: Parcel) -> bool:
    return method.insured_cents is not None and parcel.goods_cents > method.insured_cents


def _value(_: ShippingMethod, rate: ShippingRate, parcel: Parcel) -> bool:
    is_enough = rate.min_goods_cents is None or parcel.goods_cents >= rate.min_goods_cents
    return is_enough and (rate.max_goods_cents is None or parcel.goods_cents <= rate.max_goods_cents)


def _weight(method: ShippingMethod, rate: ShippingRate, parcel: Parcel) -> bool:
    return rate.max_weight_g is None or parcel.weight_g + method.packing_g <= rate.max_weight_g


def _thickness(method: ShippingMethod, rate: ShippingRate, parcel: Parcel) -> bool:
    if parcel.thickness_mm is None:
        return rate.max_thickness_mm is None and method.kind != Kind.LETTER
    return rate.max_thickness_mm is None or parcel.thickness_mm + method.packing_mm <= rate.max_thickness_mm


def _why_not_of_this_value(
    _: ShippingMethod, left: Sequence[ShippingRate], __: Sequence[ShippingRate], parcel: Parcel
) -> str:
    least = [rate.min_goods_cents for rate in left if rate.min_goods_cents is not None]
    above = [cents for cents in least if cents > parcel.goods_cents]
    if above:
        return f"erst ab {format_cents(min(above))} Warenwert."
    return f"nur bis {format_cents(max(rate.max_goods_cents or 0 for rate in left))} Warenwert."


def _too_heavy(method: ShippingMethod, left: Sequence[ShippingRate], _: Sequence[ShippingRate], __: Parcel) -> str:
    most = format_quantity(max(rate.max_weight_g or 0 for rate in left), Unit.WEIGHT)
    return f"zu schwer, höchstens {most}{' mit Verpackung' if method.packing_g else ''}."


def _too_thick(
    method: ShippingMethod, left: Sequence[ShippingRate], rates: Sequence[ShippingRate], parcel: Parcel
) -> str:
    if parcel.thickness_mm is None:
        which = f", wie dick „{parcel.unmeasured[0]}“ ist" if parcel.unmeasured else ", wie dick alles zusammen ist"
        return f"Dafür müssten wir wissen{which}."
    most = thickness_in_words(max(rate.max_thickness_mm or 0 for rate in left))
    depends = any(_thickness(method, rate, parcel) for rate in rates)
    return f"zu dick, höchstens {most}{' bei diesem Gewicht' if depends else ''}."


_Keeps = Callable[[ShippingMethod, ShippingRate, Parcel], bool]
_Reason = Callable[[ShippingMethod, Sequence[ShippingRate], Sequence[ShippingRate], Parcel], str]
_OBSTACLES: tuple[tuple[_Keeps, _Reason], ...] = (
    (_value, _why_not_of_this_value),
    (_weight, _too_heavy),
    (_thickness, _too_thick),
)

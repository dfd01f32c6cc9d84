"""The usual tariffs to begin with: letters of Deutsche Post and parcels of DHL, for the owner to check and change.

Where the prices come from, gathered on 27 November 2026 from stored pages; none was read from the carrier itself:
- letters 1,10 / 1,80 / 2,90 €: t-online.de and briefmarken.de of January 2025, "gelten für 2025 und 2026";
- parcels in Germany 6,19 / 7,69 / 10,49 / 18,99 / 23,99 €: inside-digital.de (January 2025), geldreport.de, watson.de
  (July 2024) and two shops' tables; that private prices were not raised in 2026 is said by inside-digital.de
  (20 October 2025) and wll.news;
- parcels into the EU 17,49 / 22,49 €: one shop's table only, not confirmed.
What a shop asks its customers need not be what the carrier asks of the shop.
"""

from dataclasses import dataclass

from sqlmodel import Session

from checkout import rate_table
from checkout.rates import Kind, ShippingMethod, ShippingRate, ShippingSurcharge

LETTERS_AS_OF = "Briefporto der Deutschen Post für 2025 und 2026. Ab Januar 2027 bitte prüfen."
PARCELS_AS_OF = "DHL für Privatkunden, Januar 2025, versichert bis 500 €. Bitte prüfen, mit Vertrag ist es anders."
ABROAD_AS_OF = "DHL Paket in die EU, ein ungeprüfter Stand von 2025. Bitte prüfen."

# Islands without a bridge, as carriers with a surcharge list them (gastrodax.de/inselzuschlag); DHL asks nothing more.
GERMAN_ISLANDS = (
    "18565, 25845–25847, 25849, 25859, 25863, 25869, 25929–25933, 25938–25942, 25946–25949, 25952–25955, 25961–25970, "
    "25980, 25985–25986, 25988–25990, 25992–25994, 25996–25999, 26465, 26474, 26486, 26548, 26571, 26579, 26757, "
    "27498–27499, 83256"
)
# Büsingen and Heligoland are no part of the inland (§ 1 Abs. 2 UStG): what goes there is an export with customs papers.
OUTSIDE_THE_INLAND = "27498, 78266"


@dataclass(frozen=True)
class _Tier:
    weight_g: int
    cents: int
    thickness_mm: int | None = None


_LETTERS = (_Tier(50, 110, 10), _Tier(500, 180, 20), _Tier(1000, 290, 50))
_PARCELS = (_Tier(2000, 619), _Tier(5000, 769), _Tier(10_000, 1049), _Tier(20_000, 1899), _Tier(31_500, 2399))
_ABROAD = (_Tier(5000, 1749), _Tier(10_000, 2249))


def begin(session: Session, countries: list[str], *, free_from_cents: int | None = None) -> None:
    """Write the usual tariffs for the countries that a shop delivers to, in an empty table. Flushes.

    `free_from_cents` is the value of goods from which a parcel in Germany costs nothing.
    """
    samples = ShippingMethod(
        name="Brief mit Stoffmustern", kind=Kind.LETTER.value, carrier="deutschepost", packing_g=10, packing_mm=1,
        note="Ohne Sendungsnummer.", memo=LETTERS_AS_OF,
    )  # fmt: skip
    letter = ShippingMethod(
        name="Brief", kind=Kind.LETTER.value, carrier="deutschepost", packing_g=15, packing_mm=2, insured_cents=5000,
        note="Ohne Sendungsnummer.", memo=LETTERS_AS_OF,
    )  # fmt: skip
    parcel = ShippingMethod(
        name="DHL Paket", carrier="dhl", packing_g=150, note="Mit Sendungsnummer.",
        memo=PARCELS_AS_OF,
    )  # fmt: skip
    abroad = ShippingMethod(
        name="DHL Paket in die EU", carrier="dhl", packing_g=150, note="Mit Sendungsnummer.",
        memo=ABROAD_AS_OF,
    )  # fmt: skip
    if "DE" in countries:
        rate_table.put(session, "", samples, _tiers(_LETTERS[:1], "DE", for_samples=True))
        rate_table.put(session, "", letter, _tiers(_LETTERS, "DE"))
        rate_table.put(session, "", parcel, _tiers(_PARCELS, "DE", free_from_cents))
        session.add(
            ShippingSurcharge(
                label="Helgoland und Büsingen, Zollausland", country="DE", codes=OUTSIDE_THE_INLAND, with_letters=True
            )
        )
    others = [code for code in countries if code not in ("DE", "CH")]
    if others:
        rate_table.put(session, "", abroad, _tiers(_ABROAD, " ".join(others)))
    session.flush()


def _tiers(
    tiers: tuple[_Tier, ...], country: str, free_from_cents: int | None = None, *, for_samples: bool = False
) -> list[ShippingRate]:
    return [
        ShippingRate(
            name="",
            country=country,
            max_weight_g=tier.weight_g,
            max_thickness_mm=tier.thickness_mm,
            price_cents=tier.cents,
            free_from_cents=free_from_cents if tier.weight_g <= 10_000 else None,
            for_samples=for_samples,
        )
        for tier in tiers
    ]

"""The folded part of an article's form: what the law wants said of some articles only."""

from urllib.parse import urlsplit

from catalog import duties
from catalog.duties import LEAST_GUARANTEE_MONTHS, MOST_GUARANTEE_MONTHS, Duties
from catalog.refusals import Refusal
from shop.backoffice.typed import Typed, ticked

FIELDS = (
    "alte-ware", "elektro", "weee", "batterie", "garantie-jahre", "garantie-marke", "garantie-modell", "garantie-text",
    "umwelt-beleg", "umwelt-link", "reparatur",
)  # fmt: skip
_OWED_WITH_GUARANTEE = {
    "garantie-marke": "Zur Garantie gehört die Marke.",
    "garantie-modell": "Zur Garantie gehört das Modell.",
    "garantie-text": "Zur Garantie gehören ihre Bedingungen (§ 479 BGB).",
}


class NotYears(Refusal):
    """The guarantee is not in whole or half years, or too short for the label."""


class NotALink(Refusal):
    """The text is no address of a page."""


def typed_of(told: Duties) -> dict[str, str]:
    """The fields as they stand."""
    return {
        "alte-ware": ticked(told.is_old_stock),
        "elektro": ticked(told.is_electric),
        "weee": told.weee_number,
        "batterie": ticked(told.has_battery),
        "garantie-jahre": _years(told.guarantee_months),
        "garantie-marke": told.guarantee_brand,
        "garantie-modell": told.guarantee_model,
        "garantie-text": told.guarantee_terms,
        "umwelt-beleg": told.claim_evidence,
        "umwelt-link": told.claim_link,
        "reparatur": told.repair_info,
    }


def read(typed: Typed) -> Duties:
    """What the fields tell; what does not fit is in `typed.errors` afterwards."""
    months = typed.by_rule("garantie-jahre", _months)
    for name, sentence in _OWED_WITH_GUARANTEE.items() if months else ():
        if not typed.raw(name):
            typed.errors[name] = sentence
    typed.by_rule("umwelt-link", _check_link)
    return Duties(
        is_old_stock=typed.ticked("alte-ware"),
        is_electric=typed.ticked("elektro"),
        weee_number=typed.text("weee", longest=40),
        has_battery=typed.ticked("batterie"),
        guarantee_months=months,
        guarantee_brand=typed.text("garantie-marke", longest=80),
        guarantee_model=typed.text("garantie-modell", longest=80),
        guarantee_terms=typed.text("garantie-text", longest=5000),
        claim_evidence=typed.text("umwelt-beleg", longest=1000),
        claim_link=typed.text("umwelt-link", longest=300),
        repair_info=typed.text("reparatur", longest=1000),
    )


def in_words(told: Duties) -> str:
    """What has been said, in a few words; "" for nothing."""
    said = {
        "Garantie": told.guarantee_months,
        "Strom": told.is_electric,
        "Batterien": told.has_battery,
        "Umweltaussagen": told.claim_evidence,
        "alte Ware": told.is_old_stock,
        "Reparatur": told.repair_info,
    }
    return ", ".join(word for word, is_said in said.items() if is_said)


def _months(text: str) -> int:
    try:
        months = duties.months_of(text)
    except ValueError as error:
        raise NotYears("Bitte ganze oder halbe Jahre eintragen, zum Beispiel 3 oder 2,5.") from error
    if not LEAST_GUARANTEE_MONTHS <= months <= MOST_GUARANTEE_MONTHS:
        raise NotYears(
            "Hierher gehört nur eine Garantie von mehr als zwei Jahren. Zwei Jahre stehen Kundinnen ohnehin zu."
        )
    return months


def _check_link(text: str) -> None:
    if urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).netloc:
        raise NotALink("Bitte die ganze Adresse eintragen, mit https:// am Anfang.")


def _years(months: int | None) -> str:
    return f"{months / 12:g}".replace(".", ",") if months else ""

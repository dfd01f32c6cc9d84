"""The legal texts, written from what the shop really is: profile, ways to pay, shipping table, modules.

The wordings that the law fixes stand in checkout/wordings.py, the rest in shop/legal_texts/*.md; what they may name
is gathered in shop/legal_facts.py.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlmodel import Session

from checkout import wordings
from checkout.orders import Order
from checkout.payments import PaymentMethod
from checkout.placing import TextVersions
from shop import legal_facts, pages
from shop.legal_facts import CART_COOKIE as CART_COOKIE
from shop.legal_facts import CART_DAYS as CART_DAYS
from shop.legal_facts import withdrawal_instruction as withdrawal_instruction
from shop.pages import PageVersion
from shop.profile import Profile
from shop.settings import Settings
from shop.trader import contact as contact
from shop.trader import country_name as country_name
from shop.trader import tax_id_name as tax_id_name
from shop.trader import trader as trader

_TAX_IDS = re.compile(r"DE\d{9}(-\d{5})?")  # USt-IdNr.; W-IdNr. (§ 139c AO)

TITLES = {
    "impressum": "Impressum",
    "datenschutz": "Datenschutzerklärung",
    "agb": "Allgemeine Geschäftsbedingungen",
    "widerrufsbelehrung": "Widerrufsbelehrung",
    "versand": "Versand und Zahlung",
    "gewaehrleistung": wordings.GUARANTEE_TITLE,
    "barrierefreiheit": "Informationen zur Barrierefreiheit",
}
OF_AN_ORDER = ("agb", "widerrufsbelehrung", "datenschutz")  # the texts whose versions an order keeps


def missing(profile: Profile) -> list[str]:
    """What the owner must still tell before the shop may sell, as German sentences; empty if nothing."""
    return [sentence for is_missing, sentence in _duties(profile) if is_missing]


def slugs(profile: Profile) -> list[str]:
    """The texts that this shop needs; the one on accessibility only where it is no micro enterprise."""
    return [slug for slug in TITLES if slug != "barrierefreiheit" or not profile.is_micro]


def refresh(
    session: Session,
    profile: Profile,
    settings: Settings,
    payments: Mapping[str, PaymentMethod],
    *,
    now: datetime,
    author: str,
) -> None:
    """Write the legal texts anew after profile, shipping table or ways to pay changed. Flushes.

    A text that came out the same keeps its version, so orders go on naming the same one.
    """
    facts = legal_facts.of(session, profile, settings, payments)
    for slug in slugs(profile):
        pages.publish(session, slug, TITLES[slug], _write(slug, facts), now=now, author=author)


def write(
    session: Session, slug: str, profile: Profile, settings: Settings, payments: Mapping[str, PaymentMethod]
) -> str:
    """One legal text as it would be written now, in Markdown; keeps nothing."""
    return _write(slug, legal_facts.of(session, profile, settings, payments))


def are_true(session: Session, profile: Profile, settings: Settings, payments: Mapping[str, PaymentMethod]) -> bool:
    """Whether the kept texts still say what would be written now; texts that nobody has written yet are."""
    facts = legal_facts.of(session, profile, settings, payments)
    kept = {slug: pages.latest(session, slug) for slug in slugs(profile)}
    return all(page is None or page.body == _write(slug, facts) for slug, page in kept.items())


def versions(session: Session) -> TextVersions | None:
    """The versions that an order placed now is bound to; None before the texts have been written."""
    ids = pages.latest_ids(session, OF_AN_ORDER)
    return TextVersions(*ids) if len(ids) == len(OF_AN_ORDER) else None


def instruction_stands(session: Session, profile: Profile, settings: Settings) -> bool:
    """Whether the kept instruction is the canonical one for this shop, word by word; false where none is kept.

    An order that is placed without it can be withdrawn from for a year longer (§ 356 Abs. 3 BGB).
    """
    kept = pages.latest(session, "widerrufsbelehrung")
    return kept is not None and kept.body == write(session, "widerrufsbelehrung", profile, settings, {})


def versions_of(session: Session, order: Order) -> list[PageVersion]:
    """The texts that an order was made under: terms, instruction, privacy notice, as far as it names them."""
    ids = (order.terms_version, order.withdrawal_version, order.privacy_version)
    return [page for each in ids if (page := pages.version(session, each)) is not None]


def papers_of(session: Session, order: Order) -> list[PageVersion]:
    """What a buyer must be given with her confirmation (§ 312f Abs. 2 BGB): instruction and terms as they held.

    Who bought for a business may not withdraw, and is not told that she might.
    """
    instruction = [] if order.is_for_business else [order.withdrawal_version]
    found = [pages.version(session, each) for each in (*instruction, order.terms_version)]
    return [page for page in found if page is not None]


def _duties(profile: Profile) -> Iterable[tuple[bool, str]]:
    yield not profile.owner_name, "Ihr Name (oder der Ihrer Firma) fehlt: Er muss im Impressum stehen (§ 5 DDG)."
    yield (
        not (profile.street and profile.postal_code and profile.city),
        "Ihre Anschrift fehlt oder ist unvollständig: Sie muss im Impressum stehen (§ 5 DDG).",
    )
    yield (
        profile.street.casefold().startswith("postfach"),
        "Ein Postfach genügt nicht: Das Impressum braucht die Straße Ihrer Niederlassung (§ 5 DDG).",
    )
    yield not profile.email, "Ihre E-Mail-Adresse fehlt: Sie muss im Impressum stehen (§ 5 DDG)."
    yield (
        not profile.phone,
        "Ihre Telefonnummer fehlt: Sie muss in der Widerrufsbelehrung stehen (Anlage 1 zu Art. 246a EGBGB).",
    )
    yield (
        profile.return_costs_by not in wordings.RETURN_COSTS,
        "Bitte entscheiden Sie, wer bei einem Widerruf die Rücksendung bezahlt (§ 357 Abs. 5 BGB).",
    )
    yield (
        bool(profile.vat_id) and profile.country == "DE" and not _TAX_IDS.fullmatch(profile.vat_id),
        "Die Umsatzsteuer-Identifikationsnummer muss aus DE und neun Ziffern bestehen, die "
        "Wirtschafts-Identifikationsnummer zusätzlich aus Bindestrich und fünf Ziffern.",
    )


def _write(slug: str, facts: Mapping[str, Any]) -> str:
    written = _texts().get_template(f"{slug}.md").render(facts)
    return re.sub(r"\n{3,}", "\n\n", written).strip() + "\n"


@lru_cache(maxsize=1)
def _texts() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "legal_texts"),
        autoescape=False,  # noqa: S701  (Markdown, not HTML: `finalize` escapes what would be markup there)
        finalize=_as_written,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _as_written(value: object) -> object:
    """A fact as Markdown that shows it letter by letter."""
    if isinstance(value, Markup):
        return value
    return re.sub(r"([\\`*\[\]<>|#])", r"\\\1", str(value))

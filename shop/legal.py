"""The legal texts, written from what the shop really is: profile, ways to pay, shipping table, modules.

The wordings that the law fixes stand in checkout/wordings.py, the rest in shop/legal_texts/*.md.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlmodel import Session

from catalog.search import misses
from checkout import rates, trusted, wordings
from checkout.orders import Order
from checkout.payments import PaymentMethod
from checkout.payments.invoice import Invoice
from checkout.payments.transfer import Transfer
from checkout.placing import TextVersions
from shop import pages, shipping_terms
from shop.pages import PageVersion
from shop.profile import Profile
from shop.settings import Settings

CART_COOKIE = "warenkorb"
CART_DAYS = 30  # how long a cart and its cookie live
_TAX_IDS = re.compile(r"DE\d{9}(-\d{5})?")  # USt-IdNr.; W-IdNr. (§ 139c AO)
LOG_DAYS = 7  # the longest that an access log may keep addresses

TITLES = {
    "impressum": "Impressum",
    "datenschutz": "Datenschutzerklärung",
    "agb": "Allgemeine Geschäftsbedingungen",
    "widerrufsbelehrung": "Widerrufsbelehrung",
    "versand": "Versand und Zahlung",
}


def missing(profile: Profile) -> list[str]:
    """What the owner must still tell before the shop may sell, as German sentences; empty if nothing."""
    return [sentence for is_missing, sentence in _duties(profile) if is_missing]


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
    facts = _facts(session, profile, settings, payments)
    for slug, title in TITLES.items():
        pages.publish(session, slug, title, _write(slug, facts), now=now, author=author)


def write(
    session: Session, slug: str, profile: Profile, settings: Settings, payments: Mapping[str, PaymentMethod]
) -> str:
    """One legal text as it would be written now, in Markdown; keeps nothing."""
    return _write(slug, _facts(session, profile, settings, payments))


def are_true(session: Session, profile: Profile, settings: Settings, payments: Mapping[str, PaymentMethod]) -> bool:
    """Whether the kept texts still say what would be written now; texts that nobody has written yet are."""
    facts = _facts(session, profile, settings, payments)
    kept = {slug: pages.latest(session, slug) for slug in TITLES}
    return all(page is None or page.body == _write(slug, facts) for slug, page in kept.items())


def versions(session: Session) -> TextVersions | None:
    """The versions that an order placed now is bound to; None before the texts have been written."""
    slugs = ("agb", "widerrufsbelehrung", "datenschutz")
    ids = pages.latest_ids(session, slugs)
    return TextVersions(*ids) if len(ids) == len(slugs) else None


def papers_of(session: Session, order: Order) -> list[PageVersion]:
    """What a buyer must be given with her confirmation (§ 312f Abs. 2 BGB): instruction and terms as they held."""
    found = [pages.version(session, each) for each in (order.withdrawal_version, order.terms_version)]
    return [page for page in found if page is not None]


def withdrawal_instruction(profile: Profile, address: str) -> list[tuple[str, str]]:
    """The instruction of Anlage 1 to Art. 246a EGBGB as ("title" or "text", words), plain.

    `address` is that of the online withdrawal function. The sentence on return costs is left out
    while the owner has not decided; the shop sells nothing until then.
    """
    told = {
        "contact": contact(profile),
        "address": address,
        "return_costs": wordings.RETURN_COSTS.get(profile.return_costs_by, ""),
    }
    parts = [
        ("title", wordings.INSTRUCTION_RIGHT_TITLE),
        *(("text", paragraph.format(**told)) for paragraph in wordings.INSTRUCTION_RIGHT),
        ("title", wordings.INSTRUCTION_EFFECTS_TITLE),
        *(("text", paragraph.format(**told)) for paragraph in wordings.INSTRUCTION_EFFECTS),
    ]
    return [(kind, text) for kind, text in parts if text]


def tax_id_name(profile: Profile, *, is_short: bool = False) -> str:
    """What the number in `vat_id` is: § 5 DDG asks for either, whoever has no VAT number owes the other."""
    if "-" in profile.vat_id:
        return "W-IdNr." if is_short else "Wirtschafts-Identifikationsnummer nach § 139c AO"
    return "USt-IdNr." if is_short else "Umsatzsteuer-Identifikationsnummer nach § 27 a UStG"


def trader(profile: Profile) -> str:
    """Name and postal address in one line: "Schnuckidu, Ada Beispiel, Markt 1, 01234 Lindow"."""
    return _listed(profile.shop_name, profile.owner_name, *_postal(profile))


def contact(profile: Profile) -> str:
    """Name, address, telephone number and e-mail address in one line, as the instruction asks for them."""
    phone = f"Telefon: {profile.phone}" if profile.phone else ""
    email = f"E-Mail: {profile.email}" if profile.email else ""
    return _listed(trader(profile), phone, email)


def country_name(code: str) -> str:
    """A country in German: "DE" is Deutschland."""
    return str(Locale("de").territories.get(code, code))


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


def _facts(
    session: Session, profile: Profile, settings: Settings, payments: Mapping[str, PaymentMethod]
) -> dict[str, Any]:
    methods = [
        method
        for method in payments.values()
        if not _as_set(method, profile).missing() and (method.key != trusted.METHOD or trusted.is_any(session))
    ]
    terms = shipping_terms.of(rates.load(session), profile.delivery_countries.split(), country_name)
    return {
        "shop": profile,
        "wordings": wordings,
        "trader": contact(profile),
        "address_lines": [line for line in (profile.shop_name, profile.owner_name, *_postal(profile)) if line],
        "tax_id_name": tax_id_name(profile),
        "instruction": withdrawal_instruction(profile, f"{settings.url}/widerruf"),
        "model_form": _model_form(profile),
        "methods": methods,
        "has_transfer": any(method.key == "transfer" for method in methods),
        "has_invoice": any(method.key == trusted.METHOD for method in methods),
        "has_stripe": any(method.key == "stripe" for method in methods),
        "stripe_label": next((method.label for method in methods if method.key == "stripe"), ""),
        "countries": terms,
        "has_thickness": any(line.knows_thickness for _, lines, _ in terms for line in lines),
        "country_names": ", ".join(country_name(code) for code in profile.delivery_countries.split()),
        "pickup_place": _listed(*_postal(profile)),
        "opening_hours": _listed(*profile.opening_hours.splitlines()),
        "recipients": list(_recipients(settings, methods, has_shipping=bool(terms))),
        "cart_cookie": CART_COOKIE,
        "cart_days": CART_DAYS,
        "log_days": LOG_DAYS,
        "search_days": misses.KEPT_FOR.days,
    }


def _model_form(profile: Profile) -> list[str]:
    addressee = _listed(trader(profile), profile.email)
    return [line.format(trader=addressee) for line in wordings.MODEL_FORM_LINES]


def _as_set(method: PaymentMethod, profile: Profile) -> PaymentMethod:
    """A transfer as this very profile has it: whoever changes it has not committed yet."""
    return Transfer(lambda: profile.account) if isinstance(method, Transfer | Invoice) else method


def _recipients(settings: Settings, methods: list[PaymentMethod], *, has_shipping: bool) -> Iterable[str]:
    keys = {method.key for method in methods}
    yield "Wer für uns den Server betreibt, verarbeitet die Daten in unserem Auftrag (Art. 28 DSGVO)."
    if settings.smtp_url:
        host = urlsplit(settings.smtp_url).hostname
        yield f"Unsere E-Mails stellt der Mailserver {host} in unserem Auftrag zu (Art. 28 DSGVO)."
    if has_shipping:
        yield "Das Versandunternehmen bekommt Ihren Namen und Ihre Lieferanschrift, um die Sendung zuzustellen."
    if "transfer" in keys:
        yield "Wenn Sie überweisen, erfährt unsere Bank Ihren Namen, Ihre Bankverbindung, Betrag und Verwendungszweck."
    if "stripe" in keys:
        yield "Wenn Sie online bezahlen, bekommt Stripe die unten genannten Angaben."
    yield "Steuerberatung und Finanzbehörden erhalten, was die Gesetze zu Buchführung und Steuern verlangen."


def _postal(profile: Profile) -> tuple[str, ...]:
    abroad = country_name(profile.country) if profile.country != "DE" else ""
    return profile.street, f"{profile.postal_code} {profile.city}".strip(), abroad


def _listed(*parts: str) -> str:
    return ", ".join(part.strip() for part in parts if part.strip())


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

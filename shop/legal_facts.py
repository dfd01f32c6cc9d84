"""What the legal texts are written from: profile, ways to pay, shipping table, and what is switched on."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from catalog.search import misses
from checkout import pickup, rates, retention, trusted, wordings
from checkout.payments import PaymentMethod
from shop import authorities, legal_forms, processors, shipping_terms, trader
from shop.newsletter import issues, subscriptions
from shop.processors import Recipient
from shop.profile import Profile
from shop.settings import Settings

CART_COOKIE = "warenkorb"
CART_DAYS = 30  # how long a cart and its cookie live
LOG_DAYS = 7  # the longest that an access log may keep addresses

_IN_NUMBERS = {1: "ein", 2: "zwei", 3: "drei", 6: "sechs", 8: "acht", 10: "zehn"}


def of(session: Session, profile: Profile, settings: Settings, payments: Mapping[str, PaymentMethod]) -> dict[str, Any]:
    """Everything that the texts may name."""
    methods = processors.methods_in_use(session, profile, payments)
    terms = shipping_terms.of(rates.load(session), profile.delivery_countries.split(), trader.country_name)
    return {
        "shop": profile,
        "wordings": wordings,
        "has_thickness": any(line.knows_thickness for _, lines, _ in terms for line in lines),
        "countries": terms,
        "recipients": [told(each) for each in processors.of(session, profile, settings, payments)],
        "url": settings.url,
        "authority": authorities.DATA_PROTECTION.get(pickup.terms(session).land),
        "cart_cookie": CART_COOKIE,
        "cart_days": CART_DAYS,
        "log_days": LOG_DAYS,
        "has_newsletter": issues.is_on(session),
        "newsletter_days": subscriptions.CONFIRM_WITHIN.days,
        "search_days": misses.KEPT_FOR.days,
        "years": {each.key: years(each) for each in retention.CLASSES},
        "instruction": withdrawal_instruction(profile, f"{settings.url}/widerruf"),
        "model_form": model_form(profile),
        **_who(profile),
        **_where(profile),
        **_how_to_pay(methods),
    }


def withdrawal_instruction(profile: Profile, address: str) -> list[tuple[str, str]]:
    """The instruction of Anlage 1 to Art. 246a EGBGB as ("title" or "text", words), plain.

    `address` is that of the online withdrawal function. The sentence on return costs is left out
    while the owner has not decided; the shop sells nothing until then.
    """
    told = {
        "contact": trader.contact(profile),
        "address": address,
        "period": wordings.INSTRUCTION_PERIODS[profile.delivers_in],
        "return_costs": wordings.RETURN_COSTS.get(profile.return_costs_by, ""),
    }
    parts = [
        ("title", wordings.INSTRUCTION_RIGHT_TITLE),
        *(("text", paragraph.format(**told)) for paragraph in wordings.INSTRUCTION_RIGHT),
        ("title", wordings.INSTRUCTION_EFFECTS_TITLE),
        *(("text", paragraph.format(**told)) for paragraph in wordings.INSTRUCTION_EFFECTS),
    ]
    return [(kind, text) for kind, text in parts if text]


def model_form(profile: Profile) -> list[str]:
    """The lines of the model form (Anlage 2), addressed to this shop."""
    addressee = trader.listed(trader.trader(profile), profile.email)
    return [line.format(trader=addressee) for line in wordings.MODEL_FORM_LINES]


def told(recipient: Recipient) -> str:
    """Who gets what, with his name; whoever needs no contract is told of with the owner's reason."""
    if recipient.is_processor and recipient.no_contract:
        return f"{recipient.label}: {recipient.no_contract}"
    is_named = recipient.name and recipient.name not in recipient.sentence and recipient.key != "stripe"
    return f"{recipient.sentence} Das ist: {recipient.name}." if is_named else recipient.sentence


def years(kept: retention.Class) -> str:
    """How many years papers of a class are kept, in a word: "acht"."""
    return _IN_NUMBERS.get(kept.years, str(kept.years))


def _who(profile: Profile) -> dict[str, Any]:
    return {
        "trader": trader.contact(profile),
        "address_lines": trader.address_lines(profile),
        "is_person": legal_forms.of(profile.legal_form).is_person,
        "represented": trader.represented(profile),
        "registered": trader.registered(profile),
        "tax_id_name": trader.tax_id_name(profile),
        "accessibility_authority": authorities.ACCESSIBILITY,
    }


def _where(profile: Profile) -> dict[str, Any]:
    served = profile.delivery_countries.split()
    return {
        "country_names": ", ".join(trader.country_name(code) for code in served),
        "customs_note": wordings.CUSTOMS_NOTE if "CH" in served else "",
        "for_austria": profile.aims_at_austria and "AT" in served,
        "pickup_place": trader.listed(*trader.postal(profile)),
        "opening_hours": trader.listed(*profile.opening_hours.splitlines()),
    }


def _how_to_pay(methods: list[PaymentMethod]) -> dict[str, Any]:
    labels = {method.key: method.label for method in methods}
    return {
        "methods": methods,
        "has_transfer": "transfer" in labels,
        "has_invoice": trusted.METHOD in labels,
        "has_stripe": "stripe" in labels,
        "stripe_label": labels.get("stripe", ""),
    }

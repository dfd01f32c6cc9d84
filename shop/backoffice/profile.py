"""My shop: name and address, tax, bank account, delivery."""

import re
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from sqlmodel import select
from stdnum import bic, iban
from stdnum.eu import vat

from catalog import revisions
from catalog.refusals import Refusal
from checkout.reserving import LEAST_AFTER_REMINDER, TransferTerms
from checkout.shipping import ShippingRate
from shop import legal, profile
from shop.backoffice import words
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed, amount, ticked
from shop.context import now, session, the_shop
from shop.profile import Profile

blueprint = Blueprint("profile", __name__, url_prefix="/laden")

_TEXTS = {
    "laden": "shop_name",
    "spruch": "claim",
    "name": "owner_name",
    "strasse": "street",
    "plz": "postal_code",
    "ort": "city",
    "email": "email",
    "telefon": "phone",
    "steuernummer": "tax_number",
    "inhaber": "account_holder",
}
DELIVERY_COUNTRIES = ("DE", "AT", "CH", "NL", "BE", "LU", "FR", "IT", "PL", "CZ", "DK")


class NotANumber(Refusal):
    """An IBAN, BIC or VAT number whose check digits are wrong."""


@blueprint.get("")
def edit() -> Any:
    """The shop's facts."""
    return _page(_typed_of(profile.load(session())))


@blueprint.post("")
def save() -> Any:
    """Save the shop's facts; the legal texts are written anew from them."""
    typed = Typed(request.form)
    facts = _read(typed)
    if not typed.is_valid:
        return _page(typed), 422
    shop = session().get(Profile, 1) or Profile(id=1)
    for name, value in facts.items():
        setattr(shop, name, value)
    session().add(shop)
    session().flush()
    settle()
    session().commit()
    say("Gespeichert. Die Rechtstexte sind auf dem neuen Stand.")
    return redirect(url_for(".edit"), 303)


def settle() -> None:
    """Let legal texts and cached pages follow what the shop says about itself. Flushes."""
    shop = the_shop()
    legal.refresh(session(), profile.load(session()), shop.settings, shop.payments, now=now(), author=g.account.name)
    revisions.bump(session(), "shop")


def _typed_of(shop: Profile) -> Typed:
    texts = {name: str(getattr(shop, column)) for name, column in _TEXTS.items()}
    delivers = {f"land-{country}": "ja" for country in shop.delivery_countries.split()}
    return Typed(
        texts
        | delivers
        | {
            "steuer": "klein" if shop.is_small_business else "normal",
            "ustid": shop.vat_id,
            "iban": iban.format(shop.iban),
            "bic": shop.bic,
            "ruecksendung": shop.return_costs_by,
            "abholung": ticked(shop.offers_pickup),
            "zahlungsziel": str(shop.transfer_days),
            "erinnern": str(shop.transfer_remind_after),
            "aufheben": str(shop.transfer_expire_after),
            "muster-preis": amount(shop.sample_cents),
            "muster-hoechstens": str(shop.sample_limit),
            "muster-tage": str(shop.sample_credit_days),
            "reststuecke-selbst": ticked(shop.offers_remnants),
            "reststuecke-prozent": str(shop.remnant_percent),
            "quadratmeter": ticked(shop.shows_square_metre),
        }
    )


def _read(typed: Typed) -> dict[str, Any]:
    facts: dict[str, Any] = {column: typed.text(name, longest=1000) for name, column in _TEXTS.items()}
    facts["shop_name"] = typed.text("laden", required="Bitte nennen Sie den Namen Ihres Ladens.", longest=80)
    email = facts["email"]
    if email and ("@" not in email or "." not in email.rpartition("@")[2] or " " in email):
        typed.errors["email"] = "Das ist keine E-Mail-Adresse. Bitte so: hallo@mein-laden.de"
    facts |= _goods_facts(typed) | _transfer_facts(typed)
    return facts | {
        "is_small_business": typed.raw("steuer") == "klein",
        "vat_id": typed.by_rule("ustid", _vat_id) or "",
        "iban": typed.by_rule("iban", _iban) or "",
        "bic": typed.by_rule("bic", _bic) or "",
        "return_costs_by": _return_costs(typed),
        "offers_pickup": typed.ticked("abholung"),
        "delivery_countries": " ".join(each for each in DELIVERY_COUNTRIES if typed.ticked(f"land-{each}")),
    }


def _goods_facts(typed: Typed) -> dict[str, Any]:
    """How samples and remnants are sold, and what stands beside a price; an empty number stays as it was."""
    numbers = {
        "sample_cents": typed.cents("muster-preis"),
        "sample_limit": typed.number("muster-hoechstens", 1, 50),
        "sample_credit_days": typed.number("muster-tage", 0, 365),
        "remnant_percent": typed.number("reststuecke-prozent", 0, 90),
    }
    ticks = {
        "offers_remnants": typed.ticked("reststuecke-selbst"),
        "shows_square_metre": typed.ticked("quadratmeter"),
    }
    return {name: value for name, value in numbers.items() if value is not None} | ticks


def _transfer_facts(typed: Typed) -> dict[str, int]:
    """How long transfers are waited for; an empty number is the usual one."""
    usual = TransferTerms()
    pay_days = typed.number("zahlungsziel", 1, 60) or usual.pay_days
    remind = typed.number("erinnern", 1, 30) or usual.remind_after
    expire = typed.number("aufheben", 1, 60) or max(usual.expire_after, remind + LEAST_AFTER_REMINDER)
    if expire < remind + LEAST_AFTER_REMINDER:
        typed.errors["aufheben"] = (
            f"Nach der Erinnerung braucht das Geld noch Zeit: Bitte mindestens {remind + LEAST_AFTER_REMINDER}."
        )
    return {"transfer_days": pay_days, "transfer_remind_after": remind, "transfer_expire_after": expire}


def _return_costs(typed: Typed) -> str:
    decided = typed.raw("ruecksendung")
    if decided not in ("shop", "customer"):
        typed.errors["ruecksendung"] = "Bitte entscheiden Sie das: Das Gesetz will, dass Ihre Kundinnen es wissen."
    return decided


def _vat_id(text: str) -> str:
    number, dash, place = text.strip().partition("-")
    if not vat.is_valid(number) or (dash and not re.fullmatch(r"\d{5}", place)):
        raise NotANumber(
            "Diese Umsatzsteuer-ID stimmt nicht. Sie sieht so aus: DE123456789, eine W-IdNr. so: DE123456789-00001."
        )
    return f"{vat.compact(number)}{dash}{place}"


def _iban(text: str) -> str:
    if not iban.is_valid(text):
        raise NotANumber("Diese IBAN hat einen Zahlendreher. Bitte vom Kontoauszug abschreiben.")
    return str(iban.compact(text))


def _bic(text: str) -> str:
    if not bic.is_valid(text):
        raise NotANumber("Diese BIC stimmt nicht. Sie können das Feld auch leer lassen.")
    return str(bic.compact(text))


def _page(typed: Typed) -> str:
    return render_template(
        "backoffice/profile.html",
        typed=typed,
        has_rates=session().exec(select(ShippingRate.id).limit(1)).first() is not None,
        countries=words.COUNTRIES,
        delivery_countries=DELIVERY_COUNTRIES,
        lacking=legal.missing(profile.load(session())),
    )

"""What the owner tells about her shop, part by part: the same fields for "Mein Laden" and the set-up assistant.

Each part reads its fields into columns of the profile. `asked` is true in the assistant, where one subject is asked
at a time and what the law needs must be answered; "Mein Laden" takes what there is.
"""

import re
from typing import Any

from stdnum import bic, iban
from stdnum.eu import vat

from catalog.refusals import Refusal
from checkout.opening import LANDS
from checkout.reserving import LEAST_AFTER_REMINDER, TransferTerms
from checkout.wordings import INSTRUCTION_PERIODS
from shop import authorities, legal_forms
from shop.backoffice.typed import Typed, amount, ticked
from shop.legal_forms import LEGAL_FORMS
from shop.profile import Profile

DELIVERY_COUNTRIES = ("DE", "AT", "CH", "NL", "BE", "LU", "FR", "IT", "PL", "CZ", "DK")
TURNOVERS = {"to_2m": "höchstens 2 Millionen Euro", "over_2m": "mehr als 2 Millionen Euro"}
_TEXTS = {
    "laden": "shop_name", "spruch": "claim", "name": "owner_name", "vertreten": "representatives",
    "gericht": "register_court", "registernummer": "register_number", "aufsicht": "supervisor",
    "strasse": "street", "plz": "postal_code", "ort": "city", "email": "email", "telefon": "phone",
    "steuernummer": "tax_number", "inhaber": "account_holder", "rechtsform": "legal_form",
    "umsatz": "turnover", "teile": "delivers_in", "lucid": "lucid_number", "system": "dual_system",
    "verpackung-at": "austrian_packaging", "ustid": "vat_id", "bic": "bic", "ruecksendung": "return_costs_by",
}  # fmt: skip
_POSTAL_CODE = re.compile(r"\d{5}")
_LEAST_DIGITS = 5  # of a telephone number with its area code
_LUCID = re.compile(r"DE\d{13}")


class NotANumber(Refusal):
    """An IBAN, BIC, VAT or register number that cannot be right."""


def texts_of(shop: Profile, land: str) -> dict[str, str]:
    """The profile as its fields show it; `land` is the Land whose holidays the shop keeps, "" for not yet said."""
    texts = {name: str(getattr(shop, column)) for name, column in _TEXTS.items()}
    delivers = {f"land-{country}": "ja" for country in shop.delivery_countries.split()}
    return (
        texts
        | delivers
        | {
            "liquidation": ticked(shop.is_in_liquidation),
            "bundesland": land or authorities.land_of(shop.postal_code),
            "steuer": "klein" if shop.is_small_business else "normal",
            "team": "" if shop.staff is None else str(shop.staff),
            "iban": iban.format(shop.iban),
            "abholung": ticked(shop.offers_pickup),
            "oesterreich": ticked(shop.aims_at_austria),
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


def who(typed: Typed, *, asked: bool) -> dict[str, Any]:
    """Who sells: name, legal form, who acts for it, where it is entered."""
    form = legal_forms.of(typed.one_of("rechtsform", LEGAL_FORMS, ""))
    _must(typed, "rechtsform", asked, "Bitte wählen Sie Ihre Rechtsform.")
    _must(typed, "name", asked, "Bitte nennen Sie Ihren Namen oder den Ihrer Firma.")
    _must(typed, "vertreten", asked and bool(form.represented_by), "Bitte nennen Sie, wer das Unternehmen vertritt.")
    _must(typed, "gericht", asked and bool(form.register), "Bitte nennen Sie das Registergericht.")
    _must(typed, "registernummer", asked and bool(form.register), "Bitte nennen Sie die Registernummer.")
    names = ("name", "rechtsform", "vertreten", "gericht", "registernummer", "aufsicht")
    return _texts(typed, names) | {
        "shop_name": typed.text("laden", required="Bitte nennen Sie den Namen Ihres Ladens.", longest=80),
        "is_in_liquidation": typed.ticked("liquidation"),
    }


def where(typed: Typed, *, asked: bool) -> dict[str, Any]:
    """Where she is to be found, and how she is reached; `land` is no column of the profile (see checkout/pickup.py)."""
    for name, sentence in (
        ("strasse", "Bitte tragen Sie Straße und Hausnummer ein."), ("plz", "Bitte tragen Sie die Postleitzahl ein."),
        ("ort", "Bitte tragen Sie den Ort ein."), ("email", "Bitte tragen Sie Ihre E-Mail-Adresse ein."),
        ("telefon", "Bitte tragen Sie Ihre Telefonnummer ein."), ("bundesland", "Bitte wählen Sie Ihr Bundesland."),
    ):  # fmt: skip
        _must(typed, name, asked, sentence)
    facts = _texts(typed, ("strasse", "plz", "ort", "email", "telefon"))
    if asked and facts["street"].casefold().startswith("postfach"):
        typed.errors["strasse"] = "Ein Postfach genügt nicht: Das Impressum braucht Straße und Hausnummer."
    if facts["postal_code"] and not _POSTAL_CODE.fullmatch(facts["postal_code"]):
        typed.errors["plz"] = "Eine Postleitzahl hat fünf Ziffern, zum Beispiel 20459."
    if facts["phone"] and sum(map(str.isdigit, facts["phone"])) < _LEAST_DIGITS:
        typed.errors["telefon"] = "Das ist keine Telefonnummer. Bitte mit Vorwahl, zum Beispiel 040 123456"
    email = facts["email"]
    if email and ("@" not in email or "." not in email.rpartition("@")[2] or " " in email):
        typed.errors["email"] = "Das ist keine E-Mail-Adresse. Bitte so: hallo@mein-laden.de"
    return facts | {"land": typed.one_of("bundesland", LANDS, "")}


def tax(typed: Typed, *, asked: bool) -> dict[str, Any]:
    """How she is taxed, and her numbers."""
    _must(typed, "steuer", asked, "Bitte wählen Sie, ob Sie Umsatzsteuer ausweisen.")
    _must(typed, "steuernummer", asked and not typed.raw("ustid"), "Bitte tragen Sie eine der beiden Nummern ein.")
    return _texts(typed, ("steuernummer",)) | {
        "is_small_business": typed.raw("steuer") == "klein",
        "vat_id": typed.by_rule("ustid", _vat_id) or "",
    }


def team(typed: Typed, *, asked: bool) -> dict[str, Any]:
    """How large the business is."""
    staff = typed.number("team", 0, 100_000, required="Bitte tragen Sie eine Zahl ein, auch eine 1." if asked else "")
    _must(typed, "umsatz", asked, "Bitte wählen Sie den Umsatz.")
    return {"staff": staff, "turnover": typed.one_of("umsatz", TURNOVERS, "")}


def delivery(typed: Typed, *, asked: bool) -> dict[str, Any]:
    """Where goods travel, in how many parcels, and who answers for their packing."""
    served = [each for each in DELIVERY_COUNTRIES if typed.ticked(f"land-{each}")]
    _must(typed, "teile", asked and bool(served), "Bitte wählen Sie, wie Sie verschicken.")
    if asked and not served and not typed.ticked("abholung"):
        typed.errors["abholung"] = "Bitte wählen Sie, wie die Ware zu Ihren Kundinnen kommt."
    return _texts(typed, ("system", "verpackung-at")) | {
        "offers_pickup": typed.ticked("abholung"),
        "delivery_countries": " ".join(served),
        "delivers_in": typed.one_of("teile", INSTRUCTION_PERIODS, "one"),
        "lucid_number": typed.by_rule("lucid", _lucid) or "",
        "aims_at_austria": typed.ticked("oesterreich") and "AT" in served,
    }


def returns(typed: Typed, *, asked: bool) -> dict[str, Any]:
    """Who pays for goods that are sent back; there is no usual answer (§ 357 Abs. 5 BGB)."""
    decided = typed.raw("ruecksendung")
    if decided not in ("shop", "customer"):
        typed.errors["ruecksendung"] = "Bitte entscheiden Sie das: Das Gesetz will, dass Ihre Kundinnen es wissen."
    return {"return_costs_by": decided}


def account(typed: Typed, *, asked: bool) -> dict[str, Any]:
    """Where money is transferred to."""
    return _texts(typed, ("inhaber",)) | {
        "iban": typed.by_rule("iban", _iban) or "",
        "bic": typed.by_rule("bic", _bic) or "",
    }


def goods(typed: Typed) -> dict[str, Any]:
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


def transfers(typed: Typed) -> dict[str, int]:
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


def _texts(typed: Typed, names: tuple[str, ...]) -> dict[str, Any]:
    return {_TEXTS[name]: typed.text(name, longest=1000) for name in names}


def _must(typed: Typed, name: str, is_needed: bool, sentence: str) -> None:
    if is_needed and not typed.raw(name):
        typed.errors.setdefault(name, sentence)


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


def _lucid(text: str) -> str:
    number = re.sub(r"\s", "", text).upper()
    if not _LUCID.fullmatch(number):
        raise NotANumber("Eine LUCID-Nummer beginnt mit DE und hat dann 13 Ziffern. Sie steht in Ihrem LUCID-Konto.")
    return number

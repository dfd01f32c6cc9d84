"""Surcharges: places that cost more, or that nothing is sent to."""

from typing import Any

from flask import Blueprint, abort, render_template, request

from checkout import postal_codes, rates
from checkout.rates import ShippingSurcharge
from checkout.tariffs import GERMAN_ISLANDS
from shop.backoffice import profile_form, shipping, words
from shop.backoffice.typed import Typed, amount, ticked
from shop.context import session

blueprint = Blueprint("surcharges", __name__, url_prefix="/laden/versand/zuschlaege")

_WITH_LETTERS = "alles"  # in the choice of what it holds for


@blueprint.get("/neu")
def new() -> Any:
    """The form of another surcharge, with the German islands if these are wished."""
    texts = {"land": "DE"}
    if request.args.get("vorschlag") == "inseln":
        texts |= {"name": "Inselzuschlag", "plz": GERMAN_ISLANDS}
    return _page(None, Typed(texts))


@blueprint.post("")
def create() -> Any:
    """Add a surcharge."""
    return _save(ShippingSurcharge(label="", country="DE", codes=""))


@blueprint.get("/<int:surcharge_id>")
def edit(surcharge_id: int) -> Any:
    """One surcharge."""
    each = _found(surcharge_id)
    typed = Typed(
        {
            "name": each.label,
            "land": each.country,
            "plz": each.codes,
            "preis": amount(each.cents),
            "nicht": ticked(each.cents is None),
            "fuer": _WITH_LETTERS if each.with_letters else each.method,
        }
    )
    return _page(each, typed)


@blueprint.post("/<int:surcharge_id>")
def save(surcharge_id: int) -> Any:
    """Change a surcharge."""
    return _save(_found(surcharge_id))


@blueprint.post("/<int:surcharge_id>/entfernung")
def remove(surcharge_id: int) -> Any:
    """Remove a surcharge."""
    session().delete(_found(surcharge_id))
    return shipping.done("Der Zuschlag ist entfernt.")


def _save(surcharge: ShippingSurcharge) -> Any:
    typed = Typed(request.form)
    label = typed.text("name", required="Wie heißt das? Zum Beispiel: Inselzuschlag.", longest=80)
    country = typed.one_of("land", profile_form.DELIVERY_COUNTRIES, "DE")
    codes = typed.by_rule("plz", postal_codes.parse, "Bitte tragen Sie Postleitzahlen ein.")
    is_barred = typed.ticked("nicht")
    asked = "Bitte den Zuschlag eintragen, oder ankreuzen, dass Sie dorthin nicht liefern."
    cents = None if is_barred else typed.cents("preis", required=asked)
    meant = typed.one_of("fuer", ("", _WITH_LETTERS, *rates.load(session()).names()), "")
    if not typed.is_valid:
        return _page(surcharge if surcharge.id else None, typed), 422
    surcharge.label, surcharge.country, surcharge.codes, surcharge.cents = label, country, codes or "", cents
    surcharge.with_letters = meant == _WITH_LETTERS
    surcharge.method = "" if surcharge.with_letters else meant
    session().add(surcharge)
    return shipping.done(
        "Der Zuschlag ist gespeichert." if cents is not None else "Dorthin wird nichts mehr geschickt."
    )


def _found(surcharge_id: int) -> ShippingSurcharge:
    return session().get(ShippingSurcharge, surcharge_id) or abort(404)


def _page(surcharge: ShippingSurcharge | None, typed: Typed) -> str:
    names = rates.load(session()).names()
    return render_template(
        "backoffice/surcharge.html",
        surcharge=surcharge,
        typed=typed,
        countries={each: words.COUNTRIES[each] for each in profile_form.DELIVERY_COUNTRIES},
        meant=[("", "Alle Pakete"), (_WITH_LETTERS, "Alles, auch Briefe"), *((name, f"Nur {name}") for name in names)],
    )

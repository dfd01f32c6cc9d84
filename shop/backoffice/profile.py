"""My shop: name and address, tax, bank account, delivery."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from sqlmodel import select

from catalog import revisions
from checkout import opening, pickup
from checkout.shipping import ShippingRate
from shop import legal, profile
from shop.backoffice import profile_form, words
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed
from shop.context import now, session, the_shop
from shop.legal_forms import LEGAL_FORMS
from shop.profile import Profile

blueprint = Blueprint("profile", __name__, url_prefix="/laden")

_PARTS = (
    profile_form.who, profile_form.where, profile_form.tax, profile_form.team, profile_form.delivery,
    profile_form.returns, profile_form.account,
)  # fmt: skip


@blueprint.get("")
def edit() -> Any:
    """The shop's facts."""
    return _page(Typed(profile_form.texts_of(profile.load(session()), pickup.terms(session()).land)))


@blueprint.post("")
def save() -> Any:
    """Save the shop's facts; the legal texts are written anew from them."""
    typed = Typed(request.form)
    facts: dict[str, Any] = {"claim": typed.text("spruch", longest=1000)}
    for part in _PARTS:
        facts |= part(typed, asked=False)
    facts |= profile_form.goods(typed) | profile_form.transfers(typed)
    if not typed.is_valid:
        return _page(typed), 422
    take(facts)
    settle()
    session().commit()
    say("Gespeichert. Die Rechtstexte sind auf dem neuen Stand.")
    return redirect(url_for(".edit"), 303)


def take(facts: Mapping[str, Any]) -> None:
    """Write facts into the shop's profile, and the Land beside its opening hours. Flushes."""
    shop = session().get(Profile, 1) or Profile(id=1)
    for name, value in facts.items():
        if name != "land":
            setattr(shop, name, value)
    session().add(shop)
    if facts.get("land"):
        terms = pickup.terms(session())
        terms.land = facts["land"]
        session().add(terms)
    session().flush()


def settle() -> None:
    """Let legal texts and cached pages follow what the shop says about itself. Flushes."""
    shop = the_shop()
    legal.refresh(session(), profile.load(session()), shop.settings, shop.payments, now=now(), author=g.account.name)
    revisions.bump(session(), "shop")


def _page(typed: Typed) -> str:
    return render_template(
        "backoffice/profile.html",
        typed=typed,
        has_rates=session().exec(select(ShippingRate.id).limit(1)).first() is not None,
        lacking=legal.missing(profile.load(session())),
        **choices(),
    )


def choices() -> dict[str, Any]:
    """What the fields of the profile may be chosen from."""
    return {
        "legal_forms": [(key, form.label) for key, form in LEGAL_FORMS.items()],
        "lands": opening.LANDS,
        "turnovers": profile_form.TURNOVERS,
        "countries": words.COUNTRIES,
        "delivery_countries": profile_form.DELIVERY_COUNTRIES,
    }

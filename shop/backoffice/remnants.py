"""Remnants (Reststücke): what is left of a roll becomes an article, or stays as it is."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, url_for

from catalog import prices, readiness, remnants
from catalog.remnants import Proposal
from catalog.rolls import Roll
from catalog.units import Unit, line_cents
from shop import profile
from shop.backoffice import named
from shop.backoffice.named import Named
from shop.backoffice.notes import say, warn
from shop.context import now, session

blueprint = Blueprint("remnants", __name__, url_prefix="/reststuecke")


@dataclass(frozen=True)
class Offer:
    """A proposal with its price: `full_cents` from the roll, `cents` as a remnant; `lacks` stands in its way."""

    roll: Roll
    goods: Named
    full_cents: int
    cents: int
    lacks: bool


@blueprint.get("")
def index() -> Any:
    """What could become a remnant."""
    shop = profile.load(session())
    return render_template(
        "backoffice/remnants.html",
        offers=_offers(remnants.proposals(session()), shop.remnant_percent),
        percent=shop.remnant_percent,
        is_automatic=shop.offers_remnants,
    )


@blueprint.post("/<int:roll_id>/artikel")
def draft(roll_id: int) -> Any:
    """Make an article of it, as a draft that waits for its own photo."""
    return _make(roll_id, publish=False)


@blueprint.post("/<int:roll_id>/laden")
def publish(roll_id: int) -> Any:
    """Make an article of it and put it into the shop at once."""
    return _make(roll_id, publish=True)


@blueprint.post("/<int:roll_id>/behalten")
def keep(roll_id: int) -> Any:
    """Leave it on its roll, and do not ask again."""
    remnants.keep(session(), _roll(roll_id))
    session().commit()
    say("Bleibt, wie es ist. Wir fragen nicht mehr danach.")
    return redirect(url_for(".index"), 303)


def _make(roll_id: int, *, publish: bool) -> Any:
    product = remnants.make(
        session(),
        _roll(roll_id),
        percent=profile.load(session()).remnant_percent,
        now=now(),
        author=g.account.name,
        publish=publish,
    )
    session().commit()
    if publish and product.is_published:
        say(f"„{product.name}“ steht im Laden.")
        return redirect(url_for(".index"), 303)
    if publish:
        warn("Das Reststück ist angelegt, aber noch ein Entwurf: Oben steht, was ihm fehlt.")
    else:
        say("Das Reststück ist angelegt. Machen Sie noch ein Foto davon, dann in den Laden damit.")
    return redirect(url_for("backoffice.products.edit", product_id=product.id), 303)


def _roll(roll_id: int) -> Roll:
    return session().get(Roll, roll_id) or abort(404)


def _offers(proposals: list[Proposal], percent: int) -> list[Offer]:
    goods = named.of(session(), {each.variant.id or 0 for each in proposals})
    current = prices.current(session(), goods, now())
    lacking = readiness.missing_of(session(), sorted({each.product.id or 0 for each in proposals}))
    return [_offer(each, goods, current[each.roll.variant_id].cents, percent, lacking) for each in proposals]


def _offer(each: Proposal, goods: dict[int, Named], metre_cents: int, percent: int, lacking: dict[int, Any]) -> Offer:
    return Offer(
        roll=each.roll,
        goods=goods[each.roll.variant_id],
        full_cents=line_cents(metre_cents, each.roll.on_hand, Unit.LENGTH),
        cents=remnants.price(metre_cents, each.roll.on_hand, percent),
        lacks=bool(lacking.get(each.product.id or 0)),
    )

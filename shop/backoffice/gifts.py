"""Gift vouchers over the counter: sell one, print it, take money off it, block it."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from sqlmodel import col, select

from catalog.money import format_cents
from catalog.refusals import Refusal
from catalog.times import german_day
from checkout import gift_vouchers
from checkout.gift_vouchers import GiftMovement, GiftVoucher, Why
from checkout.orders import Order
from shop import gift_paper, profile, themes
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed
from shop.context import now, session, the_shop

WHY = {
    Why.ISSUED: "ausgestellt",
    Why.REDEEMED: "eingelöst",
    Why.GIVEN_BACK: "zurück, weil die Bestellung nicht zustande kam",
    Why.REFUNDED: "zurückgezahlt",
}

blueprint = Blueprint("gifts", __name__, url_prefix="/gutscheine/geschenk")


@blueprint.get("/neu")
def new() -> Any:
    """The form of a voucher that is sold in the store."""
    return render_template("backoffice/gift_new.html", typed=Typed({"betrag": "25,00"}), until=_last_day())


@blueprint.post("")
def create() -> Any:
    """Issue a voucher that was paid at the till."""
    typed = Typed(request.form)
    cents = typed.cents("betrag", required="Über welchen Betrag soll der Gutschein lauten?")
    for_whom = typed.text("fuer", longest=60)
    note = typed.text("notiz")
    if typed.is_valid and cents is not None:
        try:
            gift = gift_vouchers.issue(session(), cents, now=now(), author=g.account.name, for_whom=for_whom, note=note)
            session().commit()
            say(f"Der Gutschein über {format_cents(cents)} ist fertig. Jetzt drucken.")
            return redirect(url_for(".show", gift_id=gift.id), 303)
        except Refusal as refusal:
            session().rollback()
            typed.errors["betrag"] = refusal.sentence
    return render_template("backoffice/gift_new.html", typed=typed, until=_last_day()), 422


@blueprint.get("/<int:gift_id>")
def show(gift_id: int) -> Any:
    """One voucher with all that happened to its balance."""
    return _page(_gift(gift_id), Typed())


@blueprint.get("/<int:gift_id>/druck")
def paper(gift_id: int) -> Any:
    """The voucher as PDF, to print."""
    gift, settings = _gift(gift_id), the_shop().settings
    pdf = gift_paper.write(
        gift, profile.load(session()), url=settings.url, themes=themes.chain(settings.themes, settings.theme)
    )
    name = f'inline; filename="{gift_paper.file_name(gift)}"'
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": name})


@blueprint.post("/<int:gift_id>/einloesung")
def redeem(gift_id: int) -> Any:
    """Take what was bought with it in the store off its balance."""
    gift, typed = _gift(gift_id), Typed(request.form)
    cents = typed.cents("betrag", required="Wie viel wird mit dem Gutschein bezahlt?")
    seen_cents = typed.number("bisher", 0, 10**9)  # the same click twice takes it off once
    if not cents and not typed.errors:
        typed.errors["betrag"] = "Bitte einen Betrag über 0,00 € eintragen."
    if typed.is_valid and cents:
        try:
            gift_vouchers.redeem(
                session(), gift_id, cents, order_id=None, now=now(), author=g.account.name, seen_cents=seen_cents
            )
            session().commit()
            say(f"{format_cents(cents)} sind eingelöst.")
            return redirect(url_for(".show", gift_id=gift_id), 303)
        except Refusal:
            session().rollback()
            gift = _gift(gift_id)
            typed.errors["betrag"] = (
                f"Inzwischen ist schon etwas abgezogen: Es sind noch {format_cents(gift.balance_cents)} darauf. "
                "Bitte sehen Sie unten nach, ob es so stimmt."
                if seen_cents not in (None, gift.balance_cents)
                else f"Auf dem Gutschein sind nur {format_cents(gift.balance_cents)}, oder er gilt nicht mehr."
            )
    return _page(gift, typed), 422


@blueprint.post("/<int:gift_id>/sperre")
def block(gift_id: int) -> Any:
    """Let nobody pay with it any more, or let it be used again."""
    gift = _gift(gift_id)
    if gift.blocked_at is None:
        gift_vouchers.block(session(), gift, now=now(), author=g.account.name)
        say("Der Gutschein ist gesperrt. Das Guthaben bleibt darauf.")
    else:
        gift_vouchers.unblock(session(), gift)
        say("Der Gutschein gilt wieder.")
    session().commit()
    return redirect(url_for(".show", gift_id=gift_id), 303)


def _gift(gift_id: int) -> GiftVoucher:
    return session().get(GiftVoucher, gift_id) or abort(404)


def _last_day() -> date:
    return gift_vouchers.last_day(now())


def _page(gift: GiftVoucher, typed: Typed) -> str:
    rows = (
        select(GiftMovement, Order)
        .join(Order, col(Order.id) == GiftMovement.order_id, isouter=True)
        .where(GiftMovement.gift_id == gift.id)
        .order_by(col(GiftMovement.id).desc())
    )
    return render_template(
        "backoffice/gift.html",
        gift=gift,
        typed=typed,
        movements=session().exec(rows).all(),
        why=WHY,
        today=german_day(now()),
        is_live=gift_vouchers.is_live(gift, german_day(now())),
    )

"""The page of gift vouchers: type a code in, or choose one to give away; it lies in the cart like goods."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for

from catalog.money import parse_cents
from catalog.refusals import Refusal
from checkout import gift_sales, gift_vouchers
from shop import gift_paper, guards, profile, themes
from shop.context import now, session, the_shop
from shop.profile import Profile
from shop.storefront.visitor import cart_to_fill, keep_private, own_cart, remember

_USUAL = (1000, 2500, 5000, 10_000)  # cents
_LONGEST = 20  # signs of an amount

blueprint = Blueprint("gifts", __name__)
blueprint.after_request(keep_private)


@blueprint.get("/gutschein")
def show() -> str:
    """The page; where vouchers are sold in the store alone, only the field for a code."""
    return _page()


@blueprint.post("/warenkorb/geschenk")
def add() -> Any:
    """Put a gift voucher into the cart."""
    owner = profile.load(session())
    chosen = request.form.get("betrag", "")
    typed = request.form.get("anderer", "")[:_LONGEST] if chosen in ("", "anderer") else chosen
    if not typed.strip():
        return _page("Bitte wählen Sie einen Betrag."), 422
    try:
        cart = cart_to_fill()
        gift_sales.add(session(), cart, parse_cents(typed), request.form.get("fuer", ""), owner.gift_terms, now())
    except Refusal as refusal:
        session().rollback()
        return _page(refusal.sentence), 422
    session().commit()
    return remember(redirect(url_for("cart.show"), 303), cart)


@blueprint.post("/warenkorb/geschenk/<int:gift_id>")
def remove(gift_id: int) -> Any:
    """Take a gift voucher out of the visitor's own cart."""
    cart = own_cart()
    if cart is not None:
        gift_sales.remove(session(), cart, gift_id, now())
        session().commit()
    return redirect(url_for("cart.show"), 303)


@blueprint.get("/bestellung/<token>/gutschein/<int:gift_id>.pdf")
def paper(token: str, gift_id: int) -> Response:
    """A voucher that was bought with an order, to print."""
    order = guards.order_of(token)
    bought = {row.gift_id for row in gift_sales.of_order(session(), order)}
    gift = session().get(gift_vouchers.GiftVoucher, gift_id)
    if gift is None or gift_id not in bought:
        abort(404)
    settings = the_shop().settings
    folders = themes.chain(settings.themes, settings.theme)
    pdf = gift_paper.write(gift, profile.load(session()), url=settings.url, themes=folders)
    name = f'inline; filename="{gift_paper.file_name(gift)}"'
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": name})


def _page(problem: str = "") -> str:
    owner = profile.load(session())
    return themes.render(
        "pages/gift.html", owner=owner, amounts=_amounts(owner), problem=problem, typed=request.form,
        until=gift_vouchers.last_day(now()),
    )  # fmt: skip


def _amounts(owner: Profile) -> list[int]:
    return [cents for cents in _USUAL if owner.gift_least_cents <= cents <= owner.gift_most_cents]

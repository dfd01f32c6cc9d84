"""The checkout's doors: contact, delivery and payment on one page, then everything to confirm, then the order."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from flask import Blueprint, make_response, redirect, request, url_for
from sqlmodel import select
from werkzeug.wrappers import Response

from catalog.refusals import Refusal
from checkout import cart as carts
from checkout import customers, placing, redeeming, reserving, trusted
from checkout.cart import Cart
from checkout.customers import CheckoutDetails
from checkout.orders import Order
from checkout.payments.hosted import HostedPayment
from checkout.placing import CartChanged, Placing, TextVersions
from shop import artwork, closed, guards, legal, profile, tax_mode, themes, throttle
from shop.context import now, session, the_shop
from shop.profile import Profile
from shop.storefront import codes, payment, visitor
from shop.storefront.review import Review, countries, look_at
from shop.storefront.visitor import keep_private, own_cart

# An invoice may go to any country of the EU and to our neighbours (VO (EU) 2018/302), wherever parcels go.
BILLING_COUNTRIES = (
    "DE AT CH LI BE BG CY CZ DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK GB IS NO".split()
)

_CODE_BUTTONS = {"gutschein-dazu", "gutschein-weg"}  # they stay on the page
_LONGEST_ID = 9  # digits
_NUMBER_TRIED = "customer number"
_NUMBER_TRIES, _NUMBER_PAUSE = 8, timedelta(hours=1)
_TOO_MANY_NUMBERS = (
    "Das waren viele Versuche. Bitte warten Sie eine Stunde, rufen Sie uns an, oder wählen Sie eine andere Zahlungsart."
)

blueprint = Blueprint("checkout", __name__)
blueprint.after_request(keep_private)


@blueprint.get("/kasse")
def show() -> Response | str:
    """The page for contact, delivery and payment, with what was told before."""
    cart = own_cart()
    if cart is None:
        return redirect(url_for("cart.show"), 303)
    review = look_at(cart)
    if not review.can_be_bought:
        return _to_cart(review)
    return _form(review, {}, request.args.get("kundin", "")[:40])


@blueprint.post("/kasse")
def tell() -> Response:
    """Keep what was typed; go on to the confirmation if nothing is missing."""
    cart = own_cart()
    if cart is None:
        return redirect(url_for("cart.show"), 303)
    standing = customers.load(session(), cart, visitor.browser())
    secret = visitor.new_browser()
    details, _ = customers.parse(request.form, standing, countries(profile.load(session())))
    number_problem = _try_number(details, standing)
    kept = customers.save(session(), details, secret)
    _remove_code(cart)
    session().commit()
    code_problem = _enter_code()
    review = look_at(cart, kept)
    if not review.can_be_bought:
        answer = redirect(url_for("cart.show"), 303)
    elif code_problem:
        answer = make_response(_form(review, {"gutschein": code_problem}), 422)
    elif _CODE_BUTTONS & request.form.keys():
        answer = redirect(url_for("checkout.show", _anchor="gutscheine"), 303)
    elif number_problem or review.problems:
        answer = make_response(_form(review, review.problems | number_problem), 422)
    else:
        answer = redirect(url_for("checkout.confirm"), 303)
    return visitor.remember(answer, cart, secret)


def _try_number(details: CheckoutDetails, standing: CheckoutDetails) -> dict[str, str]:
    """Count customer numbers that do not fit their e-mail address; after too many none is looked at for a while."""
    told = (details.customer_number, details.email)
    if not details.customer_number or told == (standing.customer_number, standing.email):
        return {}
    email = throttle.hashed(f"email:{details.email.casefold()}", the_shop().settings.secret_key)
    tried_by = [throttle.visitor(), email]
    throttle.one_by_one(session(), f"{_NUMBER_TRIED}:{email}")
    if any(
        throttle.is_over(session(), _NUMBER_TRIED, who, limit=_NUMBER_TRIES, within=_NUMBER_PAUSE, now=now())
        for who in tried_by
    ):
        details.customer_number = ""
        return {"customer_number": _TOO_MANY_NUMBERS}
    if trusted.find(session(), number=details.customer_number, email=details.email) is None:
        for who in tried_by:
            throttle.note(session(), _NUMBER_TRIED, who, now())
    return {}


def _remove_code(cart: Cart) -> None:
    code_id = request.form.get("gutschein-weg", "")
    if code_id.isascii() and code_id.isdigit() and len(code_id) <= _LONGEST_ID:
        redeeming.remove(session(), cart, int(code_id), now())


def _enter_code() -> str:
    """Put the code that was typed into the cart; give the sentence why not, or ""."""
    typed = request.form.get("gutschein", "")
    is_wanted = typed.strip() or "gutschein-dazu" in request.form
    if not is_wanted or "gutschein-weg" in request.form:
        return ""
    try:
        codes.enter_code(typed)
    except Refusal as refusal:
        return refusal.sentence
    return ""


@blueprint.get("/kasse/pruefen")
def confirm() -> Response | str:
    """Everything once more, in the order that § 312j Abs. 2 BGB asks for, with the one button."""
    cart = own_cart()
    if cart is None:
        return redirect(url_for("cart.show"), 303)
    review = look_at(cart)
    if not review.can_be_bought:
        return _to_cart(review)
    if review.problems:
        return redirect(url_for("checkout.show"), 303)
    return _confirmation(review, "")


@blueprint.post("/kasse/bestellen")
def place() -> Response | tuple[str, int]:
    """Order what the shopper has just seen. A second click finds the same order.

    The cart gets another secret: whoever knew the former one does not see what is put into it next.
    """
    key = request.form.get("schluessel", "")
    placed = _placed_with(key)
    cart = own_cart()
    if placed is not None:
        return _go_on(placed)
    if cart is None:
        return redirect(url_for("cart.show"), 303)
    try:
        guards.check_order(customers.load(session(), cart, visitor.browser()).email)
        order = place_cart(cart, key)
    except Refusal as refusal:
        session().rollback()
        placed = _placed_with(key)  # by the other of two clicks, this very moment: the cart is empty because of it
        return _go_on(placed) if placed else _again(cart, refusal)
    guards.note_order(order)
    carts.renew(session(), cart)
    customers.load(session(), cart, visitor.browser()).order_id = order.id
    session().commit()
    return visitor.remember(_go_on(order), cart)


def place_cart(cart: Cart, key: str, *, taken_by: str = "") -> Order:
    """Turn the cart into an order, as the form's hidden fields say that it was seen. Raises Refusal.

    `taken_by`: who takes it at the telephone; its buyer has longer to pay online, by the link in her letter.
    """
    review = look_at(cart, by_phone=bool(taken_by))
    owner = profile.load(session())
    if not owner.admits_shoppers:
        raise closed.NotOpen
    if not review.is_open or review.problems or review.method is None:
        raise CartChanged("Inzwischen hat sich etwas geändert. Bitte prüfen Sie Ihre Bestellung noch einmal.")
    wait = reserving.wait(review.method.key, review.method.first_state, owner.transfer_terms, now=now())
    confirmed = Placing(
        checkout_key=key,
        seen_total_cents=_cents("gesehen"),
        payment=review.method.key,
        first_state=review.method.first_state,
        is_small_business=review.is_exempt,
        versions=_versions(owner),
        reserved_until=wait.until,
        pay_by=wait.pay_by,
        now=now(),
        seen_notices=request.form.get("hinweise", ""),
        codes=review.codes,
        gifts=review.gifts,
        seen_to_pay_cents=_cents("zuzahlen") if "zuzahlen" in request.form else None,
        seen_prices=request.form.get("preise"),
        browser="" if taken_by else visitor.browser(),
        cheapest_shipping_cents=review.cheapest_shipping_cents,
        guarantee_notice=_guarantee_notice(),
    )
    if review.buyer is not None and review.method.key == trusted.METHOD:
        confirmed = replace(confirmed, buyer=review.buyer)
    if taken_by:
        confirmed = replace(confirmed, taken_by=taken_by)
        if isinstance(review.method, HostedPayment):
            confirmed = replace(confirmed, reserved_until=now() + reserving.BY_LINK)
    order = placing.place(session(), cart, review.details, review.items, review.totals, confirmed)
    if owner.is_small_business and not order.is_small_business:
        tax_mode.end_exemption(session(), owner, order, now())
    return order


def _guarantee_notice() -> str:
    """The official notice that the confirmation shows, as orders keep it."""
    shown = artwork.notice(session())
    return shown.file if shown else ""


def _versions(owner: Profile) -> TextVersions:
    """The texts that hold; never with another instruction than the law's, which would cost a year (§ 356 BGB)."""
    standing = legal.versions(session())
    if standing is None or not legal.instruction_stands(session(), owner, the_shop().settings):
        return _write_texts(owner)
    return standing


def _write_texts(owner: Profile) -> TextVersions:
    """The versions of texts that nobody has written yet, as in a shop that was filled by hand, or changed by hand."""
    shop = the_shop()
    legal.refresh(session(), owner, shop.settings, shop.payments, now=now(), author="Laden")
    versions = legal.versions(session())
    assert versions is not None
    return versions


def _again(cart: Cart, refusal: Refusal) -> Response | tuple[str, int]:
    """Show the confirmation anew, with what has changed; or the page where it must be put right."""
    review = look_at(cart)
    if not (review.items or review.gifts) or not review.is_open:
        return redirect(url_for("cart.show"), 303)
    if review.problems:
        return _form(review, review.problems), 409
    status = 429 if isinstance(refusal, guards.TooMany) else 409
    return _confirmation(review, refusal.sentence, _seen_prices()), status


def _to_cart(review: Review) -> Response:
    """To the cart; whoever comes back here from an order (or from its payment) sees that order, not an empty cart."""
    order = session().get(Order, review.details.order_id or 0)
    if review.items or review.gifts or order is None:
        return redirect(url_for("cart.show"), 303)
    return redirect(url_for("orders.show", token=order.token), 303)


def _go_on(order: Order) -> Response:
    """To the provider's page where the order is to be paid online, else to the order."""
    session().rollback()  # nothing foreign is asked inside a transaction
    return payment.begin(order)


def _cents(name: str) -> int:
    """A sum that stood above the button, in cents; −1, which no sum is, if the form was tampered with."""
    seen = request.form.get(name, "")
    return int(seen) if seen.isascii() and seen.isdigit() else -1


def _seen_prices() -> dict[str, int]:
    """What the lines and the shipping cost on the page that was confirmed, in cents, by line id or "versand"."""
    pairs = (each.split(":") for each in request.form.get("preise", "").split(",")[:500] if each.count(":") == 1)
    return {name: int(cents) for name, cents in pairs if cents.isascii() and cents.isdigit() and len(cents) < 10}


def _placed_with(key: str) -> Order | None:
    return session().exec(select(Order).where(Order.checkout_key == key)).first() if key else None


def _form(review: Review, problems: dict[str, str], customer_number: str = "") -> str:
    """`customer_number` comes with the link in the letters of those who buy by invoice."""
    return themes.render(
        "pages/checkout.html",
        review=review,
        problems=problems,
        countries=_named(countries(profile.load(session()))),
        billing_countries=_named(BILLING_COUNTRIES),
        customer_number=review.details.customer_number or customer_number,
        billing_is_open=customers.has_billing_address(review.details),
        code_typed=request.form.get("gutschein", "")[:80] if "gutschein" in problems else "",
    )


def _named(codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(code, legal.country_name(code)) for code in codes]


def _confirmation(review: Review, notice: str, before: Mapping[str, int] | None = None) -> str:
    return themes.render(
        "pages/confirm.html",
        review=review,
        notice=notice,
        before=before or {},
        country_name=legal.country_name,
    )

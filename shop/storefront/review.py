"""What cart, checkout and telephone orders show: a cart as it is now, with its way, its payment and its sums."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import col, select

from catalog.money import format_cents
from checkout import (
    business,
    contents,
    crediting,
    customers,
    gift_sales,
    packing,
    pickup,
    redeeming,
    shipping,
    small_business,
    trade,
    trusted,
)
from checkout import cart as carts
from checkout.cart import Cart, CartGift
from checkout.contents import CartItem
from checkout.customers import CheckoutDetails
from checkout.orders import State
from checkout.payments import PaymentMethod, Purchase, registry
from checkout.payments.by_voucher import ByVoucher
from checkout.payments.hosted import HostedPayment
from checkout.redeeming import Code, Used
from checkout.shipping import BY_MAIL, PICKUP, NotOffered, ShippingQuote, ShippingSurcharge, Survey
from checkout.totals import Totals, totals
from checkout.trusted import TrustedBuyer
from shop import legal, profile
from shop.context import now, session, the_shop
from shop.formats import BERLIN
from shop.profile import Profile
from shop.storefront.visitor import browser


@dataclass(frozen=True)
class Review:
    """A cart as its visitor sees it this moment.

    `country` is where the parcel would go, `ways` are all ways to the buyer. `way` is the chosen one: the cheapest
    while none is chosen that fits, None where none does; `not_offered` are ways to send that the goods do not
    fit, with the reason, and `why_no_way` says why no parcel goes there at all. `asks_for_place`: what sending costs
    depends on where it goes; `not_there` are places in the served countries that nothing is sent to. `methods` are
    all ways to pay that lack nothing. `problems` are sentences by field of the details; `is_open` is whether the shop
    sells at all. `asks_for_samples`: samples of an earlier order may be credited; `credit_problem` is the sentence
    that says that none were found. `ready_from`: when it could be fetched, were it ordered (and paid) now; None where
    nobody knows. `is_exempt`: it is sold without tax, by a small business. `buyer` is who may buy by invoice,
    `asks_for_number` whether anybody may.
    """

    cart: Cart
    details: CheckoutDetails
    items: Sequence[CartItem]
    country: str
    ways: Sequence[ShippingQuote]
    way: ShippingQuote | None
    not_offered: Sequence[NotOffered]
    why_no_way: str
    asks_for_place: bool
    not_there: Sequence[str]
    methods: Sequence[PaymentMethod]
    method: PaymentMethod | None
    buyer: TrustedBuyer | None
    asks_for_number: bool
    totals: Totals
    is_exempt: bool
    problems: dict[str, str]
    is_open: bool
    asks_for_samples: bool
    credit_problem: str
    ready_from: datetime | None
    codes: Sequence[Code]
    to_pay_cents: int
    gifts: Sequence[CartGift]
    gift_problem: str

    def fits(self, method: PaymentMethod, *, is_pickup: bool) -> bool:
        """Whether a way to pay fits pickup, or a parcel, for this buyer."""
        return method.fits(Purchase(is_pickup, is_trusted=self.buyer is not None))

    @property
    def page_key(self) -> str:
        """What the form of the confirmation carries to say which cart, told in which browser, it is about."""
        return carts.page_key(self.cart, browser())

    @property
    def prices(self) -> str:
        """What the form of the confirmation carries to say which prices stood on it."""
        return contents.price_list(self.items, self.totals.shipping_cents)

    @property
    def notices(self) -> str:
        """What the form of the confirmation carries to say which notices stood on it."""
        return contents.notices(self.items)

    @property
    def cheapest_shipping_cents(self) -> int | None:
        """What the cheapest way to send it costs; None where nothing is sent."""
        return min((way.cents for way in self.ways if not way.is_pickup), default=None) if self.items else None

    @property
    def used(self) -> list[Used]:
        """What codes give, as the sums tell it."""
        return [code.used for code in self.codes if code.cents]

    @property
    def needs_address(self) -> bool:
        """Whether a parcel may go somewhere: gift vouchers alone come by e-mail."""
        return bool(self.items) or not self.gifts

    @property
    def can_be_bought(self) -> bool:
        """Whether the shop sells, and every line can still be had."""
        is_something = bool(self.items or self.gifts) and not self.gift_problem
        return self.is_open and is_something and not any(item.problem for item in self.items)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to be told before the order."""
        return self.can_be_bought and not self.problems


def look_at(cart: Cart, details: CheckoutDetails | None = None, *, by_phone: bool = False) -> Review:
    """See a cart as it is now, with what its visitor has told (or has just typed: `details`).

    `by_phone`: the owner takes the order at the telephone, so it may do without an e-mail address.
    """
    owner = profile.load(session())
    told = details or customers.load(session(), cart, "" if by_phone else browser())
    listed = contents.of(session(), cart, now(), owner.sample_terms)
    items, credit_problem = crediting.credited(
        session(), listed, told=told.sample_order, email=told.email, terms=owner.sample_terms, now=now()
    )
    items, codes = redeeming.discounted(session(), cart, items, email=told.email, now=now())
    gifts = gift_sales.of_cart(session(), cart)
    is_mail_only = bool(gifts) and not items
    told = _by_mail(told) if is_mail_only else told
    survey = Survey() if is_mail_only else _survey(owner, told, items)
    surcharges = _surcharges(owner)
    ways = [*survey.quotes, *([shipping.pickup()] if owner.offers_pickup else [])]
    ways = [shipping.by_mail()] if is_mail_only else ways
    way = _chosen(ways, told)
    buyer = _buyer(told, by_phone=by_phone)
    methods = _methods(is_trusted=buyer is not None)
    goes_to = "DE" if way and (way.is_pickup or is_mail_only) else _country(owner, told)
    sums, is_exempt = _totals(owner, items, way, goes_to, told.buyer_vat_id if told.business else "")
    codes += redeeming.paying(session(), cart, sums.total_cents if items else 0, now())  # nothing to pay yet
    sums = gift_sales.with_gifts(sums, gifts)  # a voucher does not pay for another
    to_pay_cents = redeeming.to_pay_cents(sums.total_cents, codes)
    method = _method(methods, told, is_paid=to_pay_cents == 0 < sums.total_cents)
    ready_from = pickup.ready_from(session(), now()) if owner.offers_pickup else None
    if ready_from and told.delivery == PICKUP and told.payment != "transfer":
        items = [replace(item, delivery_time="") for item in items]  # the promised moment stands for it
    return Review(
        cart=cart,
        details=told,
        items=items,
        country=_country(owner, told),
        ways=ways,
        way=way,
        not_offered=survey.not_offered,
        why_no_way="" if is_mail_only else survey.why_none,
        asks_for_place=not is_mail_only and _depends_on_the_place(owner, surcharges),
        not_there=[f"{each.label} ({each.codes})" for each in surcharges if each.cents is None],
        methods=methods,
        method=method,
        buyer=buyer,
        asks_for_number=bool(told.customer_number) or trusted.is_any(session()),
        totals=sums,
        is_exempt=is_exempt,
        problems=_problems(told, customers.problems(told, countries(owner), by_phone=by_phone), method)
        | _choice_problems(told, way, survey)
        | business.problems(told)
        | _link_problems(told, method, by_phone=by_phone)
        | _payment_problems(told, method, to_pay_cents)
        | _buyer_problems(told, buyer, to_pay_cents)
        | _gift_problems(told, method, gifts),
        is_open=not legal.missing(owner) and bool(methods),
        asks_for_samples=crediting.is_possible(items, owner.sample_terms),
        credit_problem=credit_problem,
        ready_from=ready_from,
        codes=codes,
        to_pay_cents=to_pay_cents,
        gifts=gifts,
        gift_problem=next(filter(None, (gift_sales.problem(each.cents, owner.gift_terms) for each in gifts)), ""),
    )


def countries(owner: Profile) -> list[str]:
    """The codes of the countries that the shop delivers to."""
    return owner.delivery_countries.split()


def _country(owner: Profile, told: CheckoutDetails) -> str:
    """Where the parcel would go; the first country of the shop's list while the visitor's is not on it."""
    served = countries(owner)
    return told.country if told.country in served or not served else served[0]


def _survey(owner: Profile, told: CheckoutDetails, items: Sequence[CartItem]) -> Survey:
    """What is offered to the visitor's address, as far as it is known."""
    country = _country(owner, told)
    is_told = country == told.country
    return shipping.survey(session(), packing.parcel(items, country, told.postal_code if is_told else ""))


def _surcharges(owner: Profile) -> Sequence[ShippingSurcharge]:
    """What holds for some places in the countries that are served."""
    served = col(ShippingSurcharge.country).in_(countries(owner))
    return session().exec(select(ShippingSurcharge).where(served).order_by(col(ShippingSurcharge.id))).all()


def _depends_on_the_place(owner: Profile, surcharges: Sequence[ShippingSurcharge]) -> bool:
    """Whether there are several countries, or places that cost more or are not served."""
    return len(countries(owner)) > 1 or bool(surcharges)


def _link_problems(told: CheckoutDetails, method: PaymentMethod | None, *, by_phone: bool) -> dict[str, str]:
    """Whoever orders at the telephone pays online by a link, which needs somewhere to go."""
    if by_phone and isinstance(method, HostedPayment) and not told.email:
        return {"email": "Der Link zum Bezahlen geht per E-Mail: Bitte tragen Sie ihre Adresse ein."}
    return {}


def _buyer(told: CheckoutDetails, *, by_phone: bool) -> TrustedBuyer | None:
    """Who may buy by invoice: number and e-mail address must fit; the owner at her telephone knows whom she trusts."""
    if not told.customer_number:
        return None
    if by_phone:
        return trusted.by_number(session(), told.customer_number)
    return trusted.find(session(), number=told.customer_number, email=told.email)


def _methods(*, is_trusted: bool) -> list[PaymentMethod]:
    """All ways to pay that lack nothing and fit this buyer, for pickup or for a parcel."""
    known = the_shop().payments
    fitting = [registry.offered(known, Purchase(is_pickup, is_trusted)) for is_pickup in (True, False)]
    return [method for method in known.values() if any(method in each for each in fitting)]


def _buyer_problems(told: CheckoutDetails, buyer: TrustedBuyer | None, to_pay_cents: int) -> dict[str, str]:
    """A number that is not hers, or more than she may order by invoice; the neutral sentence tells no stranger more."""
    if told.customer_number and buyer is None:
        return {"customer_number": trusted.NOT_KNOWN}
    if buyer is not None and told.payment == trusted.METHOD:
        left = trusted.left_cents(session(), buyer)
        return {"payment": trusted.over_limit(left)} if to_pay_cents > left else {}
    return {}


def _chosen(ways: Sequence[ShippingQuote], told: CheckoutDetails) -> ShippingQuote | None:
    """The way that was chosen; the cheapest while none is chosen, or where the chosen one does not fit any more."""
    chosen = next((way for way in ways if way.key == told.delivery), None)
    shipped = [way for way in ways if not way.is_pickup]
    return chosen or min(shipped or ways, key=lambda way: way.cents, default=None)


def _totals(
    owner: Profile, items: Sequence[CartItem], way: ShippingQuote | None, country: str, buyer_vat_id: str
) -> tuple[Totals, bool]:
    """What it comes to, and whether it is exempt; what is sent to another country of the EU may be taxed there."""
    shipping_cents = way.cents if way else 0
    gross_cents = sum(item.line_cents - item.discount_cents for item in items) + shipping_cents
    is_exempt = small_business.is_exempt(
        session(), is_small_business=owner.is_small_business, gross_cents=gross_cents, now=now()
    )
    sale = trade.Sale(country, owner.vat_id, buyer_vat_id, is_exempt)
    sums = totals(
        items,
        shipping_cents,
        is_small_business=is_exempt,
        on=now().astimezone(BERLIN).date(),
        taxation=trade.taxation_of(session(), sale, items, shipping_cents, always_abroad=owner.taxes_abroad, now=now()),
    )
    return sums, is_exempt


def _choice_problems(told: CheckoutDetails, way: ShippingQuote | None, survey: Survey) -> dict[str, str]:
    """A chosen way that does not fit (any more), and why."""
    if not told.delivery or (way is not None and way.key == told.delivery):
        return {}
    if survey.why_none:
        return {"delivery": survey.why_none}
    reason = next((each.sentence for each in survey.not_offered if each.name == told.delivery), "")
    sentence = f"{reason} Bitte wählen Sie anders." if reason else ""
    return {"delivery": sentence or "Diese Versandart passt nicht (mehr). Bitte wählen Sie neu."}


def _by_mail(told: CheckoutDetails) -> CheckoutDetails:
    """What was told, by the only way that vouchers take; not to be saved."""
    return CheckoutDetails(**told.model_dump() | {"delivery": BY_MAIL})


def _gift_problems(told: CheckoutDetails, method: PaymentMethod | None, gifts: Sequence[CartGift]) -> dict[str, str]:
    """What buying a gift voucher asks for: somewhere to send it, and money at once."""
    found = {}
    if gifts and not told.email:
        found["email"] = "Den Gutschein schicken wir per E-Mail: Bitte nennen Sie uns Ihre Adresse."
    if gifts and method is not None and method.first_state is State.CONFIRMED:
        found["payment"] = "Gutscheine gibt es nur gegen sofortige Bezahlung. Bitte wählen Sie eine andere Zahlungsart."
    return found


def _method(methods: Sequence[PaymentMethod], told: CheckoutDetails, *, is_paid: bool) -> PaymentMethod | None:
    """The chosen way to pay; none has to be chosen where gift vouchers pay everything."""
    return ByVoucher() if is_paid else next((each for each in methods if each.key == told.payment), None)


def _problems(told: CheckoutDetails, found: dict[str, str], method: PaymentMethod | None) -> dict[str, str]:
    """What is missing or wrong, without a choice that need not be made."""
    needs_none = isinstance(method, ByVoucher) and not told.payment
    return {field: sentence for field, sentence in found.items() if not (needs_none and field == "payment")}


def _payment_problems(told: CheckoutDetails, method: PaymentMethod | None, to_pay_cents: int) -> dict[str, str]:
    """A chosen payment that does not fit (any more)."""
    if not told.payment or isinstance(method, ByVoucher):
        return {}
    if method is None:
        return {"payment": "Diese Zahlungsart gibt es nicht (mehr). Bitte wählen Sie neu."}
    if told.delivery and not method.fits(Purchase(told.delivery == PICKUP, is_trusted=True)):
        return {"payment": "Diese Zahlungsart passt nicht zur gewählten Lieferung. Bitte wählen Sie neu."}
    if 0 < to_pay_cents < method.least_cents:
        least = format_cents(method.least_cents)
        return {"payment": f"So können Sie erst ab {least} bezahlen. Bitte wählen Sie eine andere Zahlungsart."}
    return {}

"""What each letter needs to know, read from the rows: one function for each kind of letter."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlmodel import Session

from catalog.times import german_day
from catalog.units import Unit
from checkout import (
    answers,
    crediting,
    deliveries,
    fulfilment,
    invoices,
    opening,
    orders,
    pickup,
    redeeming,
    trusted,
    withdrawal_cases,
)
from checkout.deliveries import Shipment
from checkout.gift_vouchers import GiftVoucher
from checkout.inquiries import Inquiry
from checkout.invoices import Invoice
from checkout.numbers import transfer_reference
from checkout.orders import ENDED, Order, OrderLine, State
from checkout.payments import PaymentMethod
from checkout.payments.transfer import giro_code_png
from checkout.refunds import Refund
from checkout.returns import Withdrawal
from checkout.shipping import BY_MAIL, PICKUP
from checkout.trusted import TrustedBuyer
from shop import alarms, artwork, gift_paper, legal, pages, withdrawal_receipt
from shop.formats import offset
from shop.papers import confirmation
from shop.profile import Profile


@dataclass(frozen=True)
class Source:
    """From where a letter's facts are read; `row_id` is that of the order (or withdrawal) that it is about.

    `themes` are the folders of the theme in which papers are printed, itself first; `artwork` is that of official
    pictures, None where the letter shall show none. `print_invoice` gives an invoice as a file, by its id.
    """

    session: Session
    row_id: int
    url: str
    payments: Mapping[str, PaymentMethod]
    shop: Profile
    themes: Sequence[Path]
    artwork: Path | None = None
    print_invoice: "Callable[[int], Attachment] | None" = None


@dataclass(frozen=True)
class Picture:
    """A picture that travels within the letter; the HTML shows it as `<img src="cid:{{ pictures.name.cid }}">`."""

    content: bytes
    file_name: str
    subtype: str = "png"  # of image/…

    @property
    def cid(self) -> str:
        """Its name within the letter (RFC 2392), which comes from its content."""
        return f"{hashlib.sha256(self.content).hexdigest()[:24]}@dorfladen"


@dataclass(frozen=True)
class Attachment:
    """A file that travels with the letter, beside its words."""

    file_name: str
    mimetype: str
    content: bytes


@dataclass(frozen=True)
class Facts:
    """What the three templates of a letter may say, the pictures that its HTML may show, by name, and its files."""

    context: dict[str, Any]
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    attachments: Sequence[Attachment] = ()
    headers: Mapping[str, str] = field(default_factory=dict)  # of the message, beside those that every letter has


class NothingToWrite(Exception):
    """The letter's kind is unknown, or what it is about does not exist."""


def order_received(source: Source) -> Facts:
    """The order's confirmation, which is the contract on a durable medium (§ 312f Abs. 2 BGB)."""
    order = _order(source)
    return Facts(
        _about(source, order)
        | _goods(source, order)
        | {
            "terms": _text(source.session, order.terms_version),
            "instruction": "" if order.is_for_business else _text(source.session, order.withdrawal_version),
            "buyer": source.session.get(TrustedBuyer, order.buyer_id) if order.buyer_id else None,
            "checkout_url": f"{source.url}/kasse",
        }
        | _transfer(order),
        _giro_code(source, order) | _official(source, order),
        [_confirmation(source, order)],
    )


def order_for_owner(source: Source) -> Facts:
    """A word to the owner that somebody has ordered."""
    order = _order(source)
    return Facts(_about(source, order) | _goods(source, order))


def transfer_instead(source: Source) -> Facts:
    """Where to transfer the money of an order that was to be paid online."""
    order = _order(source)
    return Facts(_about(source, order) | _transfer(order), _giro_code(source, order))


def payment_received(source: Source) -> Facts:
    """That the money has come."""
    return Facts(_about(source, _order(source)))


def payment_reminder(source: Source) -> Facts:
    """That the transfer has not come yet, and until when it is still waited for."""
    order = _order(source)
    return Facts(_about(source, order) | _transfer(order), _giro_code(source, order))


def order_expired(source: Source) -> Facts:
    """That the order was ended because no money came, and what becomes of money that comes now."""
    return Facts(_about(source, _order(source)))


def shipped(source: Source) -> Facts:
    """That a parcel is on its way: its tracking number, what is in it, and what is still to come."""
    shipment = source.session.get(Shipment, source.row_id)
    if shipment is None:
        raise NothingToWrite(f"shipment {source.row_id}")
    order = source.session.get_one(Order, shipment.order_id)
    parts = deliveries.contents(source.session, order, shipment)
    to_come = deliveries.to_come_after(source.session, order, shipment)
    is_whole = not to_come and {part.size: part.goods.pieces for part in parts} == {
        part.size: part.goods.pieces for part in map(deliveries.as_ordered, orders.lines_of(source.session, order))
    }
    told = {"shipment": shipment, "parts": parts, "to_come": to_come, "is_whole": is_whole}
    told |= _transfer(order)
    brought = _invoice_with(source, order, shipment)
    told["has_invoice"] = bool(brought)
    return Facts(_about(source, order) | _goods(source, order) | told, attachments=brought)


def invoice(source: Source) -> Facts:
    """An invoice that travels with no parcel, a cancellation, a correction."""
    kept = source.session.get(Invoice, source.row_id)
    if kept is None:
        raise NothingToWrite(f"invoice {source.row_id}")
    order = source.session.get_one(Order, kept.order_id)
    papers = [source.print_invoice(source.row_id)] if source.print_invoice else []
    return Facts(_about(source, order) | {"document": kept.content} | _transfer(order), attachments=papers)


def _invoice_with(source: Source, order: Order, shipment: Shipment) -> list[Attachment]:
    """The invoice goes with the last parcel of its order."""
    chain = invoices.standing(source.session, order)
    is_last = shipment.id == deliveries.of(source.session, order)[-1].id
    if not (chain and is_last and source.print_invoice):
        return []
    return [source.print_invoice(chain[0].id or 0)]


def inquiry(source: Source) -> Facts:
    """The question about a line with what may be chosen, and what was."""
    asked = source.session.get(Inquiry, source.row_id)
    if asked is None:
        raise NothingToWrite(f"inquiry {source.row_id}")
    order = source.session.get_one(Order, asked.order_id)
    line = source.session.get_one(OrderLine, asked.order_line_id)
    offers = answers.offers(source.session, order, asked) if asked.is_open else []
    return Facts(
        _about(source, order)
        | {
            "inquiry": asked,
            "line": line,
            "ordered": deliveries.as_ordered(line).words,
            "offers": offers,
            "words": {
                offer.number: answers.in_words(offer.goods, Unit(line.unit)) if offer.goods else "Bitte weglassen"
                for offer in offers
            },
            "answered": answers.answered_in_words(asked, line),
            "is_paid": orders.is_paid(order),
            "inquiry_url": f"{source.url}/rueckfrage/{asked.token}",
        }
    )


def ready_for_pickup(source: Source) -> Facts:
    """That the goods lie ready, on which shelf, and when the store is closed in the weeks after."""
    order = _order(source)
    ready = pickup.ready_of(source.session, order)
    closed = pickup.closed_soon(source.session, german_day(ready.ready_at), days=30) if ready else []
    told = {"ready": ready, "closed_soon": closed, "is_paid_at_counter": fulfilment.is_paid_at_counter(order)}
    return Facts(_about(source, order) | _goods(source, order) | told)


def customer_number(source: Source) -> Facts:
    """To a shopper whom the owner lets buy by invoice: her number, with a link that carries it to the checkout."""
    buyer = source.session.get(TrustedBuyer, source.row_id)
    if buyer is None:
        raise NothingToWrite(f"buyer {source.row_id}")
    return Facts({"buyer": buyer, "checkout_url": f"{source.url}/kasse?kundin={buyer.number}"})


def order_cancelled(source: Source) -> Facts:
    """That the order was cancelled, and why, if the owner has said so."""
    order = _order(source)
    return Facts(_about(source, order) | {"cancel_reason": _cancel_reason(source.session, order)})


def refunded(source: Source) -> Facts:
    """That money goes back, how much and why."""
    refund = source.session.get(Refund, source.row_id)
    if refund is None:
        raise NothingToWrite(f"refund {source.row_id}")
    return Facts(_about(source, source.session.get_one(Order, refund.order_id)) | {"refund": refund})


def surplus_for_owner(source: Source) -> Facts:
    """A word to the owner that money came too late or twice, and goes back by itself."""
    return refunded(source)


def gift_voucher(source: Source) -> Facts:
    """A gift voucher that was bought online, with its code, and the sheet to print."""
    gift = source.session.get(GiftVoucher, source.row_id)
    order = source.session.get(Order, gift.order_id or 0) if gift else None
    if gift is None or order is None:
        raise NothingToWrite(f"gift {source.row_id}")
    paper_url = f"{source.url}/bestellung/{order.token}/gutschein/{gift.id}.pdf"
    paper = gift_paper.write(gift, source.shop, url=source.url, themes=source.themes)
    sheet = Attachment(gift_paper.file_name(gift), "application/pdf", paper)
    return Facts(_about(source, order) | {"gift": gift, "paper_url": paper_url}, attachments=[sheet])


def withdrawal_received(source: Source) -> Facts:
    """The receipt of a withdrawal with content, date and time (§ 356a Abs. 4 BGB), also as PDF; it promises nothing."""
    facts = _withdrawal(source)
    pdf = withdrawal_receipt.pdf(facts.context["withdrawal"], owner=source.shop, themes=source.themes)
    paper = Attachment(withdrawal_receipt.FILE_NAME, "application/pdf", pdf)
    return Facts(facts.context, attachments=(paper,))


def withdrawal_for_owner(source: Source) -> Facts:
    """A word to the owner that somebody has withdrawn."""
    return _withdrawal(source)


def law_for_owner(source: Source) -> Facts:
    """A word to the owner that her open shop breaks rules of law that it did not break before."""
    broken = alarms.seen_with(source.session, source.row_id)
    if not broken:
        raise NothingToWrite(f"law {source.row_id}")
    return Facts({"alarms": broken, "backoffice_url": f"{source.url}/backoffice/ampel"})


def test(source: Source) -> Facts:
    """A letter that only proves that letters arrive."""
    return Facts({"backoffice_url": f"{source.url}/backoffice/post"})


def _order(source: Source) -> Order:
    order = source.session.get(Order, source.row_id)
    if order is None:
        raise NothingToWrite(f"order {source.row_id}")
    return order


def _about(source: Source, order: Order) -> dict[str, Any]:
    """What every letter about an order may say."""
    method = source.payments.get(order.payment)
    return {
        "order": order,
        "is_pickup": order.delivery == PICKUP,
        "country": "" if order.delivery == BY_MAIL else legal.country_name(order.country),
        "billing_country": legal.country_name(order.billing_country) if order.billing_country else "",
        "payment_label": method.label if method else redeeming.label(order.payment),
        "order_url": f"{source.url}/bestellung/{order.token}",
        "backoffice_url": f"{source.url}/backoffice/bestellungen/{order.id}",
        "withdrawal_url": f"{source.url}/widerruf?bestellung={order.token}",
    }


def _goods(source: Source, order: Order) -> dict[str, Any]:
    lines = orders.lines_of(source.session, order)
    return {
        "lines": lines,
        "used": redeeming.used_with(source.session, order),
        "samples_until": crediting.until(order, lines, source.shop.sample_terms),
    }


def _transfer(order: Order) -> dict[str, Any]:
    return {"reference": transfer_reference(order.number), "pay_until": order.pay_by}


def _giro_code(source: Source, order: Order) -> dict[str, Picture]:
    """The picture that a banking app reads; none where nothing is to be transferred (any more)."""
    account = source.shop.account
    waits = order.payment == "transfer" and order.state == State.AWAITING_PAYMENT
    is_due = order.payment == trusted.METHOD and order.state not in ENDED
    if not (waits or is_due) or not order.open_cents or not account.iban:
        return {}
    return {"giro_code": Picture(giro_code_png(account, order.number, order.open_cents), "girocode.png")}


def _confirmation(source: Source, order: Order) -> Attachment:
    """The whole contract as a file that can be kept and printed, whatever becomes of the letter."""
    contract = confirmation.read(
        source.session, order, payments=source.payments, url=source.url, pictures=source.artwork
    )
    paper = confirmation.write(contract, owner=source.shop, themes=source.themes)
    return Attachment(confirmation.file_name(order), "application/pdf", paper)


def _official(source: Source, order: Order) -> dict[str, Picture]:
    """The notice on the legal guarantee that held, as "notice", and labels of makers' guarantees by their file."""
    labels = {line.guarantee_label for line in orders.lines_of(source.session, order)}
    wanted = {"notice": order.guarantee_notice} | {file: file for file in sorted(labels)}
    found = {name: artwork.path_of(source.artwork, file) for name, file in wanted.items()} if source.artwork else {}
    return {name: _picture(path, name) for name, path in found.items() if path is not None}


def _picture(path: Path, name: str) -> Picture:
    ending = path.suffix
    file_name = f"{'gewaehrleistung' if name == 'notice' else f'garantie-{name[:8]}'}{ending}"
    return Picture(path.read_bytes(), file_name, "png" if ending == ".png" else "jpeg")


def _withdrawal(source: Source) -> Facts:
    withdrawal = source.session.get(Withdrawal, source.row_id)
    if withdrawal is None:
        raise NothingToWrite(f"withdrawal {source.row_id}")
    holiday = opening.holidays_of(pickup.terms(source.session).land)
    case = withdrawal_cases.of(source.session, withdrawal, holiday)
    return Facts(
        {
            "withdrawal": withdrawal,
            "received_offset": offset(withdrawal.received_at),
            "order": case.order,
            "case": case,
            "backoffice_url": f"{source.url}/backoffice/widerrufe/{withdrawal.id}",
        }
    )


def _cancel_reason(session: Session, order: Order) -> str:
    """What the owner wrote when she cancelled the order; "" if she did not."""
    events = orders.events_of(session, order)
    return next((event.note for event in reversed(events) if event.kind == State.CANCELLED), "")


def _text(session: Session, version_id: int) -> str:
    """A legal text in the version that held, as its Markdown."""
    page = pages.version(session, version_id)
    return page.body if page else ""

"""What is printed for a parcel: the delivery note that goes into it, and the list to pack it by."""

from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint, Response, abort, request

from catalog.units import Unit
from checkout import customs, deliveries
from checkout.deliveries import Part, Shipment
from checkout.orders import Order
from shop import profile, themes
from shop.backoffice import cut_list
from shop.backoffice.cut_list import Piece
from shop.context import now, session, the_shop
from shop.papers import answers, delivery
from shop.papers.delivery import Packed

blueprint = Blueprint("delivery_papers", __name__, url_prefix="/bestellungen")


@blueprint.get("/<int:order_id>/lieferschein.pdf")
def note(order_id: int) -> Response:
    """The delivery note of a parcel (`?sendung=<id>`), else of what is packed next."""
    order = session().get(Order, order_id) or abort(404)
    shipment = _shipment(order)
    parts = deliveries.contents(session(), order, shipment) if shipment else _next(order)
    to_come = deliveries.to_come_after(session(), order, shipment) if shipment else []
    paper = delivery.note(
        order, _packed(order, parts), _packed(order, to_come), shipment=shipment, owner=profile.load(session()),
        themes=_folders(), made_at=shipment.shipped_at if shipment else now(),
        customs=customs.declared(session(), order, parts),
    )  # fmt: skip
    return answers.pdf(paper, f"Lieferschein-{order.number}{f'-{shipment.id}' if shipment else ''}.pdf")


@blueprint.get("/<int:order_id>/packliste.pdf")
def packing(order_id: int) -> Response:
    """What is still to be packed of an order, and where it lies."""
    order = session().get(Order, order_id) or abort(404)
    paper = delivery.packing(
        order, _packed(order, _next(order)), owner=profile.load(session()), themes=_folders(), made_at=now()
    )
    return answers.pdf(paper, f"Packliste-{order.number}.pdf")


def _shipment(order: Order) -> Shipment | None:
    shipment = session().get(Shipment, request.args.get("sendung", 0, type=int))
    return shipment if shipment is not None and shipment.order_id == order.id else None


def _next(order: Order) -> list[Part]:
    """What is to come, as if it went now; all of the order where everything has gone."""
    parts = deliveries.to_come(session(), order) or deliveries.deliverable(session(), order)
    return [part.with_pieces(part.left or part.goods.pieces) for part in parts]


def _packed(order: Order, parts: Sequence[Part]) -> list[Packed]:
    by_line = cut_list.by_line(parts, cut_list.of(session(), order))
    return [_goods(part, by_line.get(part.line.id or 0, [])) for part in parts]


def _goods(part: Part, pieces: Sequence[Piece]) -> Packed:
    about = [each for each in (part.goods.options, f"Art.-Nr. {part.goods.sku}") if each]
    pieces_left, unit = part.left or part.goods.pieces, Unit(part.line.unit)
    in_words = deliveries.amount_in_words(part.goods.quantity, pieces_left, unit)
    return Packed(
        "Stoffmuster" if part.line.is_sample else in_words,
        cut_list.amount_of(part),
        part.goods.name,
        about,
        [_lot(piece, pieces) for piece in pieces if piece.roll and (piece.roll.lot or len(pieces) > 1)],
        [_source(piece, pieces) for piece in pieces if piece.roll],
    )


def _lot(piece: Piece, pieces: Sequence[Piece]) -> str:
    """The dye lot for the buyer, with the pieces of it where there are several."""
    assert piece.roll
    lot = f"Partie {piece.roll.lot}" if piece.roll.lot else ""
    return f"{piece.words}{' aus ' if lot else ''}{lot}" if len(pieces) > 1 else lot


def _source(piece: Piece, pieces: Sequence[Piece]) -> str:
    """The roll for the store: its number, lot and place."""
    assert piece.roll
    roll = piece.roll
    told = [f"Ballen {roll.id}", f"Partie {roll.lot}" if roll.lot else "", roll.place]
    said = " · ".join(each for each in told if each)
    return f"{piece.words}: {said}" if len(pieces) > 1 else said


def _folders() -> Sequence[Path]:
    settings = the_shop().settings
    return themes.chain(settings.themes, settings.theme)

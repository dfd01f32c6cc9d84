"""Labels: addresses of the orders to pack as a carrier's file, and the numbers that it gives back."""

from contextlib import closing
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from sqlmodel import col, select

from catalog.refusals import Refusal
from catalog.times import german_day
from checkout import carriers, fulfilment, label_results, labels, sending
from checkout.label_results import NotAResult
from checkout.labels import LAYOUTS, Sender
from checkout.orders import Order
from shop import profile
from shop.backoffice.notes import say, warn
from shop.backoffice.order_list import Show, condition
from shop.backoffice.typed import Typed
from shop.context import now, session

blueprint = Blueprint("labels", __name__, url_prefix="/bestellungen/adressen")

_LARGEST = 2_000_000  # bytes of a carrier's list
_MOST = 500  # orders in one file


@blueprint.get("")
def index() -> Any:
    """The orders to pack, to be ticked for a carrier's file."""
    return _page("")


@blueprint.post("/datei")
def download() -> Any:
    """The addresses of the ticked orders as a carrier wants them; changes nothing."""
    layout = LAYOUTS.get(request.form.get("format", ""))
    ticked = {text for text in request.form.getlist("bestellung") if text.isdigit()}
    chosen = [order for order in _to_pack() if str(order.id) in ticked]
    if not chosen:
        return _page("Bitte kreuzen Sie mindestens eine Bestellung an."), 422
    if layout is None:
        return _page("Bitte wählen Sie unter „Datei für“, wo Sie die Marken kaufen."), 422
    today = german_day(now())
    content = labels.to_csv(layout, _sender(), sending.shippings(session(), chosen), today)
    headers = {"Content-Disposition": f'attachment; filename="{layout.file_name}-{today:%Y-%m-%d}.csv"'}
    return Response(content, mimetype="text/csv; charset=iso-8859-1", headers=headers)


@blueprint.post("/nummern")
def read_numbers() -> Any:
    """Show which order got which number, before anything is noted."""
    content = b""
    if file := request.files.get("datei"):
        with closing(file):
            content = file.read(_LARGEST + 1)
    if not content or len(content) > _LARGEST:
        return _page("", "Bitte wählen Sie die Liste aus, die das Portal ausgegeben hat (CSV, höchstens 2 MB)."), 422
    try:
        found = label_results.read(content)
    except NotAResult as refusal:
        return _page("", refusal.sentence), 422
    waiting = {order.number: order for order in _to_pack()}
    numbers = {each.reference: each.number for each in found if each.reference in waiting}
    if not numbers:
        return _page("", "Zu keiner Bestellung, die noch zu packen ist, steht eine Nummer in der Datei."), 422
    return render_template(
        "backoffice/label_numbers.html",
        parcels=[(waiting[reference], number) for reference, number in numbers.items()],
        others=len(found) - len(numbers),
        carriers=carriers.CARRIERS,
        carrier_of={each.reference: each.method.carrier for each in sending.shippings(session(), [*waiting.values()])},
    )


@blueprint.post("/verschickt")
def ship() -> Any:
    """Note the ticked parcels as on their way, each with its number; their buyers get a letter."""
    typed = Typed(request.form)
    done = 0
    for order in _to_pack():
        if not typed.ticked(f"bestellung-{order.id}"):
            continue
        carrier, tracking = typed.text(f"dienst-{order.id}", longest=60), typed.text(f"nummer-{order.id}", longest=60)
        try:
            fulfilment.ship(
                session(), order, carrier=carriers.name_of(carrier), tracking=tracking, now=now(), author=g.account.name
            )
        except Refusal as refusal:
            session().rollback()
            warn(f"{order.number}: {refusal.sentence}")
            continue
        session().commit()
        done += 1
        if odd := carriers.oddity(carrier, tracking):
            warn(f"{order.number}: {odd}")
    if done:
        say("1 Bestellung ist verschickt." if done == 1 else f"{done} Bestellungen sind verschickt.")
    return redirect(url_for(".index"), 303)


def _to_pack() -> list[Order]:
    with_address = col(Order.street) != ""  # gift vouchers alone go by e-mail
    waiting = select(Order).where(*condition(Show.TO_PACK), with_address).order_by(col(Order.id)).limit(_MOST)
    return list(session().exec(waiting).all())


def _sender() -> Sender:
    owner = profile.load(session())
    return Sender(
        owner.shop_name or owner.owner_name, owner.street, owner.postal_code, owner.city, owner.country, owner.email
    )


def _page(problem: str, file_problem: str = "") -> str:
    waiting = _to_pack()
    shown = list(zip(waiting, sending.shippings(session(), waiting), strict=True))
    methods = list(dict.fromkeys(order.delivery for order in waiting))
    wanted = request.args.get("art", "")
    return render_template(
        "backoffice/labels.html",
        shown=[each for each in shown if wanted not in methods or each[0].delivery == wanted],
        methods=methods,
        wanted=wanted if wanted in methods else "",
        layouts=LAYOUTS,
        usual=_usual(methods[0] if len(methods) == 1 else wanted, shown),
        problem=problem,
        file_problem=file_problem,
    )


def _usual(wanted: str, shown: Any) -> str:
    """The file that fits most likely: with a contract where a number for it is known."""
    method = next((shipping.method for order, shipping in shown if order.delivery == wanted), None)
    if method is None or method.carrier not in ("dhl", "deutschepost"):
        return ""
    if method.carrier == "deutschepost":
        return labels.STAMPS.key
    return labels.VLS.key if method.billing_number else labels.FRANKING.key

"""Vouchers: the list of all, and the codes that take something off goods."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlalchemy import delete, func, or_
from sqlmodel import col, select

from catalog import categories
from catalog.money import format_cents
from catalog.products import Variant
from catalog.refusals import Refusal
from catalog.times import german_day
from checkout import gift_vouchers, voucher_codes, vouchers
from checkout.gift_vouchers import GiftVoucher
from checkout.orders import Order
from checkout.vouchers import Voucher, VoucherGoods, VoucherUse
from shop import profile
from shop.backoffice import profile as profile_page
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed, amount, ticked, whole_number
from shop.context import now, session

PAGE = 40
_MOST_ARTICLES = 200
_EVERYBODY = 1_000_000  # uses; nobody means more

blueprint = Blueprint("vouchers", __name__, url_prefix="/gutscheine")


@blueprint.get("")
def index() -> Any:
    """Gift vouchers, newest first or those that were searched for, and all discount codes."""
    terms = profile.load(session()).gift_terms
    texts = {
        "verkaufen": ticked(terms.is_sold),
        "mindestens": amount(terms.least_cents),
        "bis-zu": amount(terms.most_cents),
    }
    return _list(Typed(texts))


def _list(typed: Typed) -> str:
    wanted = request.args.get("suche", "").strip()[:80]
    page = max(1, whole_number(request.args.get("seite", "1")) or 1)
    gifts = session().exec(_gifts(wanted).offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    open_cents = select(func.coalesce(func.sum(GiftVoucher.balance_cents), 0)).where(
        col(GiftVoucher.blocked_at).is_(None), col(GiftVoucher.valid_until) >= _today()
    )
    return render_template(
        "backoffice/vouchers.html",
        typed=typed,
        wanted=wanted,
        gifts=gifts[:PAGE],
        page=page,
        has_more=len(gifts) > PAGE,
        open_cents=session().exec(open_cents).one(),
        vouchers=session().exec(select(Voucher).order_by(col(Voucher.id).desc())).all(),
        today=_today(),
        is_live=vouchers.is_live,
    )


@blueprint.get("/rabatt/neu")
def new() -> Any:
    """The form of a new code."""
    return _page(None, Typed({"prozent": "10"}), [])


@blueprint.post("/rabatt")
def create() -> Any:
    """Make a code as it was described."""
    return _save(None)


@blueprint.get("/rabatt/<int:voucher_id>")
def edit(voucher_id: int) -> Any:
    """A code with its conditions and its uses."""
    voucher = session().get(Voucher, voucher_id) or abort(404)
    texts, departments = _written(voucher)
    return _page(voucher, Typed(texts), departments)


@blueprint.post("/rabatt/<int:voucher_id>")
def save(voucher_id: int) -> Any:
    """Change its conditions; orders that were placed keep what they got."""
    return _save(session().get(Voucher, voucher_id) or abort(404))


@blueprint.post("/rabatt/<int:voucher_id>/sperre")
def block(voucher_id: int) -> Any:
    """Let nobody use it any more, or let it be used again."""
    voucher = session().get(Voucher, voucher_id) or abort(404)
    is_open = voucher.blocked_at is None
    voucher.blocked_at, voucher.blocked_by = (now(), g.account.name) if is_open else (None, "")
    session().commit()
    say("Der Gutschein ist gesperrt." if is_open else "Der Gutschein gilt wieder.")
    return redirect(url_for(".edit", voucher_id=voucher_id), 303)


@blueprint.post("/verkauf")
def sell() -> Any:
    """Say whether gift vouchers are sold online, and over which amounts."""
    typed = Typed(request.form)
    least = typed.cents("mindestens", required="Ab welchem Betrag?")
    most = typed.cents("bis-zu", required="Bis zu welchem Betrag?")
    if not typed.errors and not 0 < (least or 0) <= (most or 0) <= gift_vouchers.MOST_CENTS:
        typed.errors["bis-zu"] = f"Bitte Beträge bis {format_cents(gift_vouchers.MOST_CENTS)}, der kleinere zuerst."
    if not typed.is_valid or least is None or most is None:
        return _list(typed), 422
    shop = profile.load(session())
    shop.sells_gifts, shop.gift_least_cents, shop.gift_most_cents = typed.ticked("verkaufen"), least, most
    session().add(shop)
    session().flush()
    profile_page.settle()
    session().commit()
    say("Gespeichert.")
    return redirect(url_for(".index"), 303)


def _save(voucher: Voucher | None) -> Any:
    typed = Typed(request.form)
    departments = sorted({each for each in map(whole_number, request.form.getlist("abteilung")) if each is not None})
    values = _read(typed, voucher)
    products = _products(typed)
    code = voucher.code if voucher else typed.by_rule("code", voucher_codes.of_word) or voucher_codes.new()
    if not typed.is_valid:
        return _page(voucher, typed, departments), 422
    known = [each for each in departments if each in _known_departments()]
    try:
        if voucher is None:
            made = Voucher(key="", code=code, created_at=now(), author=g.account.name, **values)
            voucher = vouchers.add(session(), made, categories=known, products=products)
        else:
            _change(voucher, values, known, products)
    except Refusal as refusal:
        session().rollback()
        typed.errors["code"] = refusal.sentence
        return _page(None, typed, departments), 422
    session().commit()
    say(f"Der Rabatt-Code {code} ist gespeichert.")
    return redirect(url_for(".edit", voucher_id=voucher.id), 303)


def _read(typed: Typed, voucher: Voucher | None) -> dict[str, Any]:
    percent = typed.number("prozent", 1, 100)
    cents = typed.cents("betrag")
    if not typed.errors and bool(percent) == bool(cents):
        typed.errors["prozent"] = "Bitte entweder Prozent oder einen Betrag eintragen, nicht beides."
    most_uses = typed.number("hoechstens", 1, _EVERYBODY)
    if voucher is not None and most_uses is not None and most_uses < voucher.uses:
        typed.errors["hoechstens"] = f"Er ist schon {voucher.uses}-mal eingelöst."
    first, last = typed.day("ab"), typed.day("bis")
    if first and last and last < first:
        typed.errors["bis"] = "Das letzte Datum liegt vor dem ersten."
    return {
        "percent": percent or 0,
        "cents": cents or 0,
        "least_cents": typed.cents("ab-wert") or 0,
        "valid_from": first,
        "valid_until": last,
        "most_uses": most_uses,
        "once_per_person": typed.ticked("einmal"),
        "new_customers_only": typed.ticked("neu"),
        "spares_reduced": typed.ticked("nicht-reduziert"),
        "combines": typed.ticked("verbindbar"),
        "note": typed.text("notiz"),
    }


def _products(typed: Typed) -> list[int]:
    """The ids of the articles whose numbers were typed."""
    numbers = [
        each.strip() for each in typed.text("artikel", longest=4000).replace("\n", ",").split(",") if each.strip()
    ]
    rows = select(Variant.sku, Variant.product_id).where(col(Variant.sku).in_(numbers[:_MOST_ARTICLES]))
    found = dict(session().exec(rows).all()) if numbers else {}
    missing = [each for each in numbers if each not in found]
    if missing:
        typed.errors["artikel"] = f"Diese Artikelnummer kennen wir nicht: {', '.join(missing[:5])}"
    return sorted(set(found.values()))


def _change(voucher: Voucher, values: dict[str, Any], departments: Sequence[int], products: Sequence[int]) -> None:
    for name, value in values.items():
        setattr(voucher, name, value)
    voucher.is_limited = bool(departments or products)
    session().exec(delete(VoucherGoods).where(col(VoucherGoods.voucher_id) == voucher.id))
    assert voucher.id is not None
    session().add_all([VoucherGoods(voucher_id=voucher.id, category_id=each) for each in departments])
    session().add_all([VoucherGoods(voucher_id=voucher.id, product_id=each) for each in products])
    session().flush()


def _written(voucher: Voucher) -> tuple[dict[str, str], list[int]]:
    """The form of a voucher as it would be typed, and the ids of its departments."""
    goods = session().exec(select(VoucherGoods).where(VoucherGoods.voucher_id == voucher.id)).all()
    products = [each.product_id for each in goods if each.product_id]
    first_sku = (
        select(func.min(Variant.sku)).where(col(Variant.product_id).in_(products)).group_by(col(Variant.product_id))
    )
    texts = {
        "prozent": str(voucher.percent or ""),
        "betrag": amount(voucher.cents) if voucher.cents else "",
        "ab-wert": amount(voucher.least_cents) if voucher.least_cents else "",
        "ab": _day(voucher.valid_from),
        "bis": _day(voucher.valid_until),
        "hoechstens": str(voucher.most_uses or ""),
        "einmal": ticked(voucher.once_per_person),
        "neu": ticked(voucher.new_customers_only),
        "nicht-reduziert": ticked(voucher.spares_reduced),
        "verbindbar": ticked(voucher.combines),
        "notiz": voucher.note,
        "artikel": ", ".join(session().exec(first_sku).all()) if products else "",
    }
    return texts, [each.category_id for each in goods if each.category_id]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _page(voucher: Voucher | None, typed: Typed, departments: Sequence[int]) -> str:
    uses: Sequence[Any] = ()
    if voucher is not None:
        rows = select(VoucherUse, Order).join(Order, col(Order.id) == VoucherUse.order_id)
        rows = rows.where(VoucherUse.voucher_id == voucher.id).order_by(col(VoucherUse.id).desc())
        uses = session().exec(rows.limit(100)).all()
    return render_template(
        "backoffice/voucher.html",
        voucher=voucher,
        typed=typed,
        uses=uses,
        tree=categories.tree(session()),
        departments=departments,
        is_live=voucher is not None and vouchers.is_live(voucher, _today()),
    )


def _known_departments() -> set[int]:
    return {each.id for top, below in categories.tree(session()) for each in (top, *below) if each.id is not None}


def _gifts(wanted: str) -> Any:
    gifts = select(GiftVoucher).order_by(col(GiftVoucher.id).desc())
    if not wanted:
        return gifts
    key = voucher_codes.key(wanted)
    by_code = [col(GiftVoucher.key).contains(key, autoescape=True)] if key else []
    told = [
        each
        for column in (col(GiftVoucher.for_whom), col(GiftVoucher.note))  # SQLite folds no umlauts: try both ways
        for each in (
            column.contains(wanted, autoescape=True),
            func.lower(column).contains(wanted.lower(), autoescape=True),
        )
    ]
    return gifts.where(or_(*by_code, *told))


def _today() -> date:
    return german_day(now())

"""Stock-taking (Inventur): counting by list or by scanner, line by line, while selling goes on."""

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for

from catalog import categories, stock_sheet, stock_taking
from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.rolls import Roll
from catalog.stock_sheet import Only, Sheet
from catalog.stock_taking import StockTaking
from catalog.units import Unit
from shop.backoffice import named, stock_report
from shop.backoffice.named import Named
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed, whole_number
from shop.context import now, session
from shop.formats import german_date

blueprint = Blueprint("stock_taking", __name__, url_prefix="/inventur")

SHOWN = {Only.TO_COUNT: "noch zu zählen", Only.COUNTED: "gezählt", Only.ALL: "alle"}
WITHOUT_PLACE = "-"


@blueprint.get("")
def index() -> Any:
    """What is being counted, and what was counted before."""
    return _index(Typed({"name": f"Inventur {german_date(now())}"}))


@blueprint.post("")
def begin() -> Any:
    """Start a stock-taking."""
    typed = Typed(request.form)
    name = typed.text("name", required="Bitte geben Sie der Inventur einen Namen.", longest=80)
    if not typed.is_valid:
        return _index(typed), 422
    taking = stock_taking.begin(session(), name, now=now(), author=g.account.name)
    session().commit()
    return redirect(url_for(".show", taking_id=taking.id), 303)


@blueprint.get("/<int:taking_id>")
def show(taking_id: int) -> Any:
    """The sheet: a page of it, or what was scanned; a closed one shows its report."""
    taking = _taking(taking_id)
    if not taking.is_open:
        return redirect(url_for(".report", taking_id=taking_id), 303)
    return _page(taking, Typed())


@blueprint.post("/<int:taking_id>/zaehlungen")
def count(taking_id: int) -> Any:
    """Save every line that was typed, each by itself; what does not fit stays on the page with its sentence."""
    taking = _taking(taking_id)
    typed = Typed(request.form)
    counted = sum(_count(taking, typed, key) for key in _typed_keys(typed))
    session().commit()
    if not typed.is_valid:
        return _page(taking, typed), 422
    if counted:
        say("1 Zeile ist gezählt." if counted == 1 else f"{counted} Zeilen sind gezählt.")
    return _back_to_sheet(taking_id)


@blueprint.post("/<int:taking_id>/ballen/<int:variant_id>")
def find_roll(taking_id: int, variant_id: int) -> Any:
    """Note a roll, or a dye lot, that the books do not know."""
    taking = _taking(taking_id)
    variant = session().get(Variant, variant_id) or abort(404)
    typed = Typed(request.form)
    unit = Unit(session().get_one(Product, variant.product_id).unit)
    name = f"neu-{variant_id}"
    quantity = typed.quantity(name, unit, required="Bitte tragen Sie ein, wie viel da liegt.")
    lot, place = typed.text("partie", longest=40), typed.text("platz", longest=40)
    if quantity == 0:
        typed.errors[name] = "Wo nichts liegt, gibt es auch nichts aufzunehmen."
    if not typed.is_valid or quantity is None:
        return _page(taking, typed), 422
    stock_taking.find_roll(session(), taking, variant, quantity, lot=lot, place=place, now=now(), author=g.account.name)
    session().commit()
    say("Aufgenommen und gezählt.")
    return _back_to_sheet(taking_id)


@blueprint.post("/<int:taking_id>/abschluss")
def close(taking_id: int) -> Any:
    """End the stock-taking."""
    stock_taking.close(session(), _taking(taking_id), now=now(), author=g.account.name)
    session().commit()
    say("Die Inventur ist abgeschlossen.")
    return redirect(url_for(".report", taking_id=taking_id), 303)


@blueprint.get("/<int:taking_id>/bericht")
def report(taking_id: int) -> Any:
    """The differences with their value, to print."""
    taking = _taking(taking_id)
    return render_template(
        "backoffice/stock_report.html", taking=taking, report=stock_report.of(session(), taking), today=now()
    )


@blueprint.get("/<int:taking_id>/bericht.csv")
def table(taking_id: int) -> Any:
    """Everything that was counted, as a table for the tax adviser."""
    taking = _taking(taking_id)
    text = stock_report.as_csv(stock_report.of(session(), taking))
    file = f"inventur-{taking.started_at:%Y-%m-%d}-{taking.id}.csv"
    return Response(
        text.encode("utf-8-sig"),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )


def _typed_keys(typed: Typed) -> list[str]:
    """The lines in which something was typed, and the one whose books were said to be right."""
    keys = [name.removeprefix("menge-") for name in typed.texts if name.startswith("menge-") and typed.raw(name)]
    agreed, _, _ = typed.raw("stimmt").partition(":")
    return [*keys, agreed] if agreed and agreed not in keys else keys


def _count(taking: StockTaking, typed: Typed, key: str) -> bool:
    """Count one line in a step of its own: where a rule refuses it, the others stay counted."""
    variant, roll = _line_of(key)
    unit = Unit(session().get_one(Product, variant.product_id).unit)
    quantity = typed.quantity(f"menge-{key}", unit)
    agreed, _, seen = typed.raw("stimmt").partition(":")
    if quantity is None and agreed == key:
        quantity = whole_number(seen)
    if quantity is None:
        return False
    try:
        with session().begin_nested():
            stock_taking.count(session(), taking, variant, quantity, roll=roll, now=now(), author=g.account.name)
    except Refusal as refusal:
        typed.errors[f"menge-{key}"] = refusal.sentence
        return False
    return True


def _line_of(key: str) -> tuple[Variant, Roll | None]:
    number = whole_number(key[1:]) or 0
    if key.startswith("r"):
        roll = session().get(Roll, number) or abort(404)
        return session().get_one(Variant, roll.variant_id), roll
    return session().get(Variant, number) or abort(404), None


def _taking(taking_id: int) -> StockTaking:
    return session().get(StockTaking, taking_id) or abort(404)


def _back_to_sheet(taking_id: int) -> Any:
    """The sheet as it was chosen; a search that led to one article is over, one among many shades goes on."""
    goes_on = len(named.find(session(), request.args.get("q", ""))) > 1
    chosen: dict[str, Any] = {name: value for name, value in _chosen().items() if goes_on or name != "q"}
    return redirect(url_for(".show", taking_id=taking_id, **chosen), 303)


def _chosen() -> dict[str, str]:
    """What of the sheet was chosen, as it stands in the address."""
    names = ("zeigen", "kategorie", "platz", "seite", "q")
    return {name: request.args[name][:100] for name in names if request.args.get(name)}


def _page(taking: StockTaking, typed: Typed) -> str:
    chosen = _chosen()
    only = Only(chosen["zeigen"]) if chosen.get("zeigen") in list(Only) else Only.TO_COUNT
    q = chosen.get("q", "").strip()
    found = named.find(session(), q)
    sheet = _searched(taking, found) if q else _sheet(taking, chosen, only)
    goods = named.of(session(), {line.variant_id for line in sheet.lines}) | {each.variant_id: each for each in found}
    return render_template(
        "backoffice/stock_taking.html",
        taking=taking,
        typed=typed,
        sheet=sheet,
        goods=goods,
        found=found,
        progress=stock_sheet.progress(session(), taking),
        q=q,
        only=only,
        chosen=chosen,
        paged={"taking_id": taking.id} | {name: value for name, value in chosen.items() if name != "seite"},
        shown=SHOWN,
        tree=categories.tree(session()),
        places=stock_sheet.places(session()),
        WITHOUT_PLACE=WITHOUT_PLACE,
        Unit=Unit,
    )


def _searched(taking: StockTaking, found: list[Named]) -> Sheet:
    lines = stock_sheet.of_variants(session(), taking, [each.variant_id for each in found if each.counts_stock])
    return Sheet(lines, len(lines), 1)


def _sheet(taking: StockTaking, chosen: dict[str, str], only: Only) -> Sheet:
    category_id = whole_number(chosen.get("kategorie", ""))
    place = chosen.get("platz")
    return stock_sheet.sheet(
        session(),
        taking,
        only=only,
        category_ids=categories.ids_below(session(), category_id) if category_id else (),
        place="" if place == WITHOUT_PLACE else place,
        page=whole_number(chosen.get("seite", "")) or 1,
    )


def _index(typed: Typed) -> str:
    takings = stock_taking.newest_first(session())
    running = {taking.id: stock_sheet.progress(session(), taking) for taking in takings if taking.is_open}
    return render_template("backoffice/stock_takings.html", takings=takings, running=running, typed=typed)

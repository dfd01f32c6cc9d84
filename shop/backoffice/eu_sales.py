"""Sales to other countries of the EU: how near the limit is, where they are taxed, what the one-stop shop is told."""

import csv
import io
import re
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for

from catalog.money import format_cents
from catalog.refusals import Refusal
from catalog.times import german_day
from catalog.vat import OTHER_EU, Taxation, VatClass, format_rate
from checkout import distance_sales
from checkout.distance_sales import LIMIT_CENTS, WARN_AT_CENTS, OssRow
from shop import legal, profile
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed, amount, ticked
from shop.context import now, session

blueprint = Blueprint("eu_sales", __name__, url_prefix="/eu-verkaeufe")

CLASSES = {VatClass.STANDARD.value: "voller Satz", VatClass.REDUCED.value: "ermäßigter Satz (bei uns 7 %)"}
_COLUMNS = ("Land", "Steuersatz", "Netto", "Steuer", "Berichtigung zu Quartal")
_RATE = re.compile(r"(\d{1,2})(?:[,.](\d))?\s*%?")
_MOST_PERMILLE = 400


class NotARate(Refusal):
    """The text is no rate of tax."""


@blueprint.get("")
def index() -> Any:
    """The counter, the choices, the quarters."""
    owner = profile.load(session())
    today = german_day(now())
    typed = Typed({"immer": ticked(owner.taxes_abroad)} | {f"anderswo-{year}": _elsewhere(year) for year in _years()})
    return _page(typed, Typed({"ab": today.isoformat()}))


@blueprint.post("")
def save() -> Any:
    """Keep what the owner sells elsewhere, and whether she does without the limit."""
    typed = Typed(request.form)
    sums = {year: typed.cents(f"anderswo-{year}") for year in _years()}
    if not typed.is_valid:
        return _page(typed, Typed()), 422
    owner = profile.load(session())
    owner.taxes_abroad = typed.ticked("immer")
    session().add(owner)
    for year, cents in sums.items():
        distance_sales.set_sales_elsewhere(session(), year, cents or 0)
    session().commit()
    say("Gespeichert.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/steuersaetze")
def enter_rate() -> Any:
    """Keep another rate of a country, from a day on."""
    typed = Typed(request.form)
    country = typed.one_of("land", sorted(OTHER_EU), "")
    vat_class = typed.choice("klasse", VatClass, VatClass.STANDARD)
    permille = typed.by_rule("satz", _permille, "Bitte tragen Sie den Satz ein, zum Beispiel 25,5.")
    since = typed.day("ab")
    if not country:
        typed.errors["land"] = "Bitte wählen Sie ein Land."
    if since is None:
        typed.errors.setdefault("ab", "Ab wann gilt der Satz? Zum Beispiel 01.01.2027.")
    if not typed.is_valid or permille is None or since is None:
        return _page(Typed(), typed), 422
    distance_sales.enter_rate(
        session(), country, vat_class, permille, since=since, now=now(), author=g.account.name
    )  # fmt: skip
    session().commit()
    say(f"{legal.country_name(country)}: {format_rate(permille)} ab {since:%d.%m.%Y}.")
    return redirect(url_for(".index"), 303)


@blueprint.get("/<int:year>-<int:quarter>.csv")
def table(year: int, quarter: int) -> Response:
    """The figures of a quarter for the return, as a table for German Excel."""
    if not (2000 <= year < 2100 and 1 <= quarter <= 4):
        abort(404)
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";", lineterminator="\r\n")
    rows.writerow(_COLUMNS)
    rows.writerows(_cells(row) for row in distance_sales.oss_rows(session(), year, quarter))
    name = f"oss-{year}-{quarter}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + written.getvalue(), mimetype="text/csv; charset=utf-8", headers=headers)


def _page(typed: Typed, rate: Typed) -> str:
    year = german_day(now()).year
    sold = {each: distance_sales.turnover_cents(session(), each) for each in _years()}
    owner = profile.load(session())
    return render_template(
        "backoffice/eu_sales.html",
        typed=typed,
        rate=rate,
        year=year,
        sold=sold,
        limit=LIMIT_CENTS,
        is_abroad=owner.taxes_abroad or any(cents > LIMIT_CENTS for cents in sold.values()),
        is_near=sold[year] >= WARN_AT_CENTS,
        delivers_abroad=bool(OTHER_EU.intersection(owner.delivery_countries.split())),
        quarters=[(*each, distance_sales.oss_rows(session(), *each)) for each in _quarters()],
        country_name=legal.country_name,
        countries=sorted(((code, legal.country_name(code)) for code in OTHER_EU), key=lambda each: each[1]),
        classes=list(CLASSES.items()),
        rates=_rates(owner.delivery_countries.split()),
    )


def _years() -> tuple[int, int]:
    """This year and the one before: the limit looks at both."""
    year = german_day(now()).year
    return year, year - 1


def _quarters() -> list[tuple[int, int]]:
    """This quarter and the four before, newest first."""
    today = german_day(now())
    number = today.year * 4 + (today.month - 1) // 3
    return [(each // 4, each % 4 + 1) for each in range(number, number - 5, -1)]


def _elsewhere(year: int) -> str:
    found = session().get(distance_sales.SalesElsewhere, year)
    return amount(found.cents) if found else ""


def _rates(countries: list[str]) -> list[tuple[str, list[str]]]:
    """What holds today in the countries that the shop delivers to: (name, rates by class)."""
    today, own = german_day(now()), distance_sales.own_rates(session())
    served = [code for code in countries if code in OTHER_EU]
    return [
        (
            legal.country_name(code),
            [format_rate(Taxation(code, own).permille(VatClass(each), today)) for each in CLASSES],
        )
        for code in served
    ]


def _permille(text: str) -> int:
    match = _RATE.fullmatch(text.strip())
    permille = int(match[1]) * 10 + int(match[2] or 0) if match else _MOST_PERMILLE + 1
    if permille > _MOST_PERMILLE:
        raise NotARate(f"„{text}“ ist kein Steuersatz. Bitte so eingeben: 20 oder 25,5")
    return permille


def _cells(row: OssRow) -> list[str]:
    euros = [format_cents(cents).removesuffix("\u00a0€").replace(".", "").replace("−", "-")
             for cents in (row.net_cents, row.vat_cents)]  # fmt: skip
    return [row.country, format_rate(row.permille).replace("\u00a0", " "), *euros, row.corrects]

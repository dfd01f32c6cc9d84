"""How the shop is taxed: the turnover against the limits of § 19 UStG, and a change that is planned by date."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from catalog.times import german_day
from checkout import small_business
from checkout.small_business import BEFORE_CENTS, NOW_CENTS, OtherTurnover
from shop import profile, tax_mode
from shop.backoffice.notes import say
from shop.backoffice.profile import settle
from shop.backoffice.typed import Typed, amount
from shop.context import now, session

blueprint = Blueprint("small_business", __name__, url_prefix="/buchhaltung/besteuerung")

MODES = {"normal": "mit Mehrwertsteuer", "klein": "Kleinunternehmer, ohne Mehrwertsteuer (§ 19 UStG)"}


@blueprint.get("")
def index() -> Any:
    """The turnover, what the shop cannot know, the change."""
    return _page(Typed({f"umsatz-{year}": _other(year) for year in _years()}), Typed())


@blueprint.post("")
def save() -> Any:
    """Keep what was taken without this shop."""
    typed = Typed(request.form)
    sums = {year: typed.cents(f"umsatz-{year}") for year in _years()}
    if not typed.is_valid:
        return _page(typed, Typed()), 422
    for year, cents in sums.items():
        small_business.set_other_turnover(session(), year, cents or 0)
    session().commit()
    say("Gespeichert.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/umstellung")
def plan() -> Any:
    """Plan a change of taxation from a day on; today's holds at once."""
    typed = Typed(request.form)
    mode, since = typed.one_of("art", MODES, ""), typed.day("ab")
    if not mode:
        typed.errors["art"] = "Bitte wählen Sie, wie versteuert wird."
    if since is None or since < german_day(now()):
        typed.errors.setdefault("ab", "Ab wann? Bitte ein Tag ab heute, zum Beispiel der 1. Januar.")
    if not typed.is_valid or since is None:
        return _page(Typed({f"umsatz-{year}": _other(year) for year in _years()}), typed), 422
    small_business.plan(session(), since, is_small_business=mode == "klein", now=now(), author=g.account.name)
    if tax_mode.apply_due(session(), profile.load(session()), now()):
        settle()
    session().commit()
    say(f"Ab {since:%d.%m.%Y}: {MODES[mode]}.")
    return redirect(url_for(".index"), 303)


def _page(typed: Typed, change: Typed) -> str:
    this, before = _years()
    return render_template(
        "backoffice/small_business.html",
        typed=typed,
        change=change,
        owner=profile.load(session()),
        modes=list(MODES.items()),
        this=this,
        before=before,
        turnover={year: small_business.turnover_cents(session(), year) for year in (this, before)},
        limits={this: NOW_CENTS, before: BEFORE_CENTS},
        is_near=small_business.is_near,
        history=small_business.history(session()),
    )


def _years() -> tuple[int, int]:
    year = german_day(now()).year
    return year, year - 1


def _other(year: int) -> str:
    found = session().get(OtherTurnover, year)
    return amount(found.cents) if found else ""

"""Opening hours and pickup: the owner's words and how they were understood, closed days, shelves, reminders."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import col, select

from catalog.times import german_day
from checkout import opening, pickup
from checkout.opening import NotUnderstood
from checkout.pickup import PickupTerms, SpecialDays
from shop import profile
from shop.backoffice.notes import say
from shop.backoffice.profile import settle
from shop.backoffice.typed import Typed
from shop.context import now, session
from shop.profile import Profile

blueprint = Blueprint("opening", __name__, url_prefix="/laden/oeffnungszeiten")


@blueprint.get("")
def edit() -> Any:
    """What is set, and what follows from it."""
    owner = pickup.terms(session())
    hours = profile.load(session()).opening_hours
    return _page(
        Typed(
            {
                "zeiten": hours,
                "land": owner.land,
                "tage": str(owner.prepare_days),
                "minuten": str(owner.prepare_minutes),
                "faecher": owner.shelves,
                "erinnern": str(owner.remind_days),
            }
        )
    )


@blueprint.post("")
def save() -> Any:
    """Keep it. Hours that cannot be read are shown in the shop as they are, but promise no time of pickup."""
    typed = Typed(request.form)
    hours = typed.text("zeiten", longest=1000)
    land = typed.one_of("land", opening.LANDS, "")
    days, minutes = typed.number("tage", 0, 60), typed.number("minuten", 0, 6000)
    shelves = typed.text("faecher", longest=1000)
    remind = typed.number("erinnern", 0, 90)
    if not typed.is_valid:
        return _page(typed), 422
    owner = session().get(PickupTerms, 1) or PickupTerms(id=1)
    owner.hours, owner.land, owner.shelves = (hours if opening.understood(hours) else ""), land, shelves
    owner.prepare_days, owner.prepare_minutes, owner.remind_days = days or 0, minutes or 0, remind or 0
    shop = session().get(Profile, 1) or Profile(id=1)
    shop.opening_hours = hours
    session().add_all([owner, shop])
    session().flush()
    settle()
    session().commit()
    say("Gespeichert.")
    return redirect(url_for(".edit"), 303)


@blueprint.post("/tage")
def add_days() -> Any:
    """Enter days on which the store is closed, or open at other hours."""
    typed = Typed(request.form)
    first, last = typed.day("von"), typed.day("bis")
    if first is None and "von" not in typed.errors:
        typed.errors["von"] = "Bitte tragen Sie den ersten Tag ein."
    if first and last and last < first:
        typed.errors["bis"] = "Der letzte Tag liegt vor dem ersten."
    hours = typed.text("andere", longest=200)
    reason = typed.text("grund", longest=80)
    typed.by_rule("andere", opening.parse_spans)
    if not typed.is_valid or first is None:
        return _page_with(typed), 422
    session().add(
        SpecialDays(
            first_day=first, last_day=last or first, hours=hours, reason=reason, entered_at=now(), author=g.account.name
        )
    )
    session().commit()
    say("Eingetragen.")
    return redirect(url_for(".edit", _anchor="ausnahmen"), 303)


@blueprint.post("/tage/<int:days_id>/entfernung")
def remove_days(days_id: int) -> Any:
    """Strike special days; what was promised to shoppers meanwhile stands."""
    session().delete(session().get(SpecialDays, days_id) or abort(404))
    session().commit()
    say("Der Eintrag ist entfernt.")
    return redirect(url_for(".edit", _anchor="ausnahmen"), 303)


def _page_with(typed: Typed) -> str:
    """The page after special days did not fit: what is saved stands in the first form."""
    owner = pickup.terms(session())
    standing = {
        "zeiten": profile.load(session()).opening_hours, "land": owner.land, "tage": str(owner.prepare_days),
        "minuten": str(owner.prepare_minutes), "faecher": owner.shelves, "erinnern": str(owner.remind_days),
    }  # fmt: skip
    shown = Typed(standing | dict(typed.texts))
    shown.errors = typed.errors
    return _page(shown)


def _page(typed: Typed) -> str:
    words, problem = typed.raw("zeiten"), ""
    try:
        understood = opening.describe(opening.parse(words)) if words else ""
    except NotUnderstood as refusal:
        understood, problem = "", refusal.sentence
    today = german_day(now())
    standing = pickup.calendar(session(), today)
    days = select(SpecialDays).where(SpecialDays.last_day >= today).order_by(col(SpecialDays.first_day))
    return render_template(
        "backoffice/opening.html",
        typed=typed,
        understood=understood,
        problem=problem,
        ready_from=pickup.ready_from(session(), now()),
        holidays=_next_holidays(standing) if standing else [],
        special_days=session().exec(days).all(),
        shelves=pickup.shelves(typed.raw("faecher")),
        lands=opening.LANDS,
    )


def _next_holidays(calendar: opening.Calendar) -> list[tuple[Any, str]]:
    """The next three public holidays on which the store would be open otherwise."""
    return opening.next_holidays(calendar, german_day(now()), 3)

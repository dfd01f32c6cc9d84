"""Withdrawals: what is due first, and a page for each: which order, whether in time, and how it ends."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import col, select

from catalog.refusals import Refusal
from checkout import carriers, deliveries, returns, withdrawal_cases, withdrawal_refunds
from checkout.orders import ENDED, STATE_NAMES, Order
from checkout.returns import Withdrawal
from checkout.withdrawal_cases import DECLINED, SETTLED, Case, Stage
from shop import withdrawal_desk
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed, whole_number
from shop.context import now, session, the_shop
from shop.formats import BERLIN, offset
from shop.personal import archive

blueprint = Blueprint("withdrawals", __name__, url_prefix="/widerrufe")

PAGE = 50
STAGES = {
    Stage.UNMATCHED: "Bestellung suchen",
    Stage.TO_PAY: "zurückzahlen",
    Stage.WAITING: "wartet auf die Ware",
    Stage.DONE: "erledigt",
    Stage.DECLINED: "abgelehnt",
}
EVENTS = {
    withdrawal_cases.MATCHED: "Bestellung zugeordnet",
    withdrawal_cases.UNMATCHED: "Zuordnung aufgehoben",
    withdrawal_cases.PROOF: "Beleg der Absendung",
    withdrawal_refunds.REFUNDED: "Erstattet",
    withdrawal_cases.REOPENED: "Wieder geöffnet",
    SETTLED: "Erledigt",
    DECLINED: "Abgelehnt",
}


@blueprint.get("")
def index() -> Any:
    """The open ones by what is due, then those that have ended, newest first."""
    page = max(1, whole_number(request.args.get("seite", "")) or 1)
    seen = archive.is_in_sight(Withdrawal)
    ended = select(Withdrawal).where(Withdrawal.outcome != "", seen).order_by(col(Withdrawal.id).desc())
    rows = session().exec(ended.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    return render_template(
        "backoffice/withdrawals.html",
        cases=withdrawal_desk.open_cases(session(), the_shop()) if page == 1 else [],
        how_many=withdrawal_cases.how_many_open(session()),
        ended=[withdrawal_desk.case(session(), the_shop(), each) for each in rows[:PAGE]],
        page=page,
        has_more=len(rows) > PAGE,
        today=today(),
        stages=STAGES,
        Stage=Stage,
    )


@blueprint.get("/<int:withdrawal_id>")
def show(withdrawal_id: int) -> Any:
    """One declaration with all that is known, and what may be done."""
    return page_of(_withdrawal(withdrawal_id), Typed())


@blueprint.post("/<int:withdrawal_id>/bestellung")
def match(withdrawal_id: int) -> Any:
    """Say which order is meant."""
    withdrawal = _withdrawal(withdrawal_id)
    order = session().get(Order, whole_number(request.form.get("bestellung", "")) or 0) or abort(404)
    return _act(withdrawal, "bestellung", f"Gehört jetzt zu Bestellung {order.number}.", withdrawal_cases.match, order)


@blueprint.post("/<int:withdrawal_id>/andere-bestellung")
def unmatch(withdrawal_id: int) -> Any:
    """Take the order back: another one is meant."""
    return _act(_withdrawal(withdrawal_id), "bestellung", "Die Zuordnung ist aufgehoben.", withdrawal_cases.unmatch)


@blueprint.post("/<int:withdrawal_id>/beleg")
def note_proof(withdrawal_id: int) -> Any:
    """Note that it is proved that the goods are on their way."""
    withdrawal, typed = _withdrawal(withdrawal_id), Typed(request.form)
    on = typed.day("tag")
    if on is None or on > today():
        typed.errors["tag"] = "Bitte nennen Sie den Tag, an dem Sie den Beleg bekommen haben."
        return page_of(withdrawal, typed), 422
    return _act(withdrawal, "tag", "Notiert: Ab jetzt ist das Geld zu erstatten.", withdrawal_cases.note_proof, on)


@blueprint.post("/<int:withdrawal_id>/ende")
def end(withdrawal_id: int) -> Any:
    """End it without money, with a note why: done elsewhere, or declined."""
    withdrawal, typed = _withdrawal(withdrawal_id), Typed(request.form)
    outcome = typed.one_of("ende", (SETTLED, DECLINED), SETTLED)
    why = typed.text("warum", longest=500)
    if not typed.is_valid:
        return page_of(withdrawal, typed), 422
    done = "Der Widerruf ist abgelehnt." if outcome == DECLINED else "Der Widerruf ist erledigt."
    return _act(withdrawal, "warum", done, withdrawal_cases.end, outcome, why)


@blueprint.post("/<int:withdrawal_id>/wieder-offen")
def reopen(withdrawal_id: int) -> Any:
    """Take the end back."""
    return _act(_withdrawal(withdrawal_id), "ende", "Der Widerruf ist wieder offen.", withdrawal_cases.reopen)


def page_of(withdrawal: Withdrawal, typed: Typed) -> str:
    """The page of a declaration, with what was typed."""
    case = withdrawal_desk.case(session(), the_shop(), withdrawal)
    words = request.args.get("suche", "").strip()[:100]
    order = case.order
    return render_template(
        "backoffice/withdrawal.html",
        withdrawal=withdrawal,
        case=case,
        order=order,
        typed=typed,
        today=today(),
        stages=STAGES,
        Stage=Stage,
        states=STATE_NAMES,
        received_offset=offset(withdrawal.received_at),
        whole=returns.WHOLE,
        receipt=returns.receipt_of(session(), withdrawal),
        events=returns.events_of(session(), withdrawal),
        event_words=EVENTS,
        searched=words,
        candidates=[] if order else _candidates(withdrawal, words),
        carriers=carriers,
        **(_of_order(case, order) if order else {}),
    )


def _candidates(withdrawal: Withdrawal, words: str) -> list[Order]:
    return withdrawal_cases.candidates(session(), withdrawal, words, among=archive.is_in_sight(Order))


def today() -> date:
    """The day in Berlin."""
    return now().astimezone(BERLIN).date()


def _of_order(case: Case, order: Order) -> dict[str, Any]:
    """What of the order may be withdrawn, how much of it is meant, and which parcels have an unknown end."""
    may = order.state not in ENDED and case.refund is None
    return {
        "parts": withdrawal_refunds.may_be_withdrawn(session(), order) if may else [],
        "wanted": withdrawal_cases.wanted(session(), case.withdrawal, order),
        "shipments": [each for each in deliveries.of(session(), order) if not each.is_pickup],
        "others": [each for each in returns.of(session(), order) if each.id != case.withdrawal.id],
    }


def _act(withdrawal: Withdrawal, field: str, done: str, rule: Any, *facts: Any) -> Any:
    """Do one thing, or show the page with the sentence why not."""
    withdrawal_id = withdrawal.id
    try:
        rule(session(), withdrawal, *facts, now=now(), author=g.account.name)
    except Refusal as refusal:
        session().rollback()
        typed = Typed(request.form)
        typed.errors[field] = refusal.sentence
        return page_of(_withdrawal(withdrawal_id or 0), typed), 409
    session().commit()
    say(done)
    return redirect(url_for("backoffice.withdrawals.show", withdrawal_id=withdrawal_id), 303)


def _withdrawal(withdrawal_id: int) -> Withdrawal:
    return session().get(Withdrawal, withdrawal_id) or abort(404)

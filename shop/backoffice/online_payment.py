"""Online payment: Stripe's key is checked and kept, the webhook registered and proven; and the comparisons."""

import logging
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import col, func, select

from catalog.refusals import Refusal
from checkout import orders
from checkout.orders import Order
from checkout.payments import PaymentAttempt, PaymentDown, StripeEvent, comparing, settling, stripe_account
from checkout.payments.hosted import Standing
from checkout.payments.stripe import StripePayment
from shop import profile, stripe_keys
from shop.backoffice import profile as profile_page
from shop.backoffice.notes import say, warn
from shop.backoffice.typed import Typed
from shop.context import close_session, now, session, the_shop
from shop.stripe_keys import Keys

log = logging.getLogger("dorfladen.payments")

blueprint = Blueprint("online_payment", __name__, url_prefix="/online-zahlung")

PATIENCE = timedelta(minutes=2)  # Stripe delivers within seconds
_KEY = re.compile(r"(?:sk|rk)_(?:test|live)_[A-Za-z0-9_]{4,250}")


class NotAKey(Refusal):
    """What was pasted is no secret key of Stripe."""


@dataclass(frozen=True)
class Proof:
    """Whether notices arrive: "arrived" (at), "waiting", "late", "unreachable", or "" if nobody has tried."""

    state: str
    at: datetime | None = None


@blueprint.get("")
def index() -> Any:
    """How online payment stands, step by step."""
    return _page(Typed())


@blueprint.post("/schluessel")
def save_key() -> Any:
    """Check a pasted key, keep it, register the webhook and ask for a proof."""
    keys = stripe_keys.read(the_shop().settings)
    if keys.is_of_host:
        abort(409)
    typed = Typed(request.form)
    typed.text("schluessel", required="Bitte fügen Sie hier den geheimen Schlüssel ein.", longest=300)
    key = typed.by_rule("schluessel", _key) or ""
    close_session()  # nothing foreign is asked inside a transaction
    facts = _tried(typed, key) if typed.is_valid else None
    if facts is None:
        return _page(typed), 422
    _leave(keys, key)
    stripe_keys.write(the_shop().settings, replace(_fresh(keys, key), account=facts.name))
    _register_and_prove()
    _settle_texts()
    if not facts.can_charge:
        warn("Stripe hat Ihr Konto noch nicht freigeschaltet: Bitte beantworten Sie dort die offenen Fragen.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/probe")
def prove() -> Any:
    """Register the webhook again where that is needed, and let Stripe send a notice."""
    if not stripe_keys.read(the_shop().settings).secret_key:
        abort(409)
    close_session()
    _register_and_prove()
    return redirect(url_for(".index"), 303)


@blueprint.post("/trennen")
def remove_key() -> Any:
    """Take online payment away; pages that are open end first."""
    settings = the_shop().settings
    keys = stripe_keys.read(settings)
    if keys.is_of_host or not keys.secret_key:
        abort(409)
    close_session()
    with suppress(PaymentDown):
        settling.end_open_pages(the_shop().database, _stripe(), now())
        stripe_account.delete(_stripe(), [keys.endpoint_id] if keys.endpoint_id else [])
    stripe_keys.write(settings, Keys(webhook_secrets=keys.webhook_secrets))
    _settle_texts()
    say("Online-Zahlung ist ausgeschaltet, der Schlüssel ist gelöscht.")
    return redirect(url_for(".index"), 303)


@blueprint.get("/vergleich")
def comparisons() -> Any:
    """The nightly comparisons, newest first."""
    return render_template("backoffice/comparisons.html", reports=comparing.latest(session()), proof=_proof)


@blueprint.post("/vergleich")
def compare_now() -> Any:
    """Compare this moment."""
    payment = _stripe()
    if payment.missing():
        abort(409)
    close_session()
    report = comparing.compare(the_shop().database, payment, now(), shop=_host())
    (say if report.is_fine else warn)("Verglichen." if report.is_fine else "Verglichen: Bitte sehen Sie sich das an.")
    return redirect(url_for(".comparisons"), 303)


def _key(text: str) -> str:
    """A secret key of Stripe. Raises NotAKey."""
    if text.startswith("pk_"):
        raise NotAKey("Das ist der öffentliche Schlüssel (pk_…). Der Laden braucht den geheimen: sk_… oder rk_…")
    if text.startswith("whsec_"):
        raise NotAKey("Das ist das Geheimnis eines Webhooks (whsec_…); darum kümmert sich der Laden selbst.")
    if not _KEY.fullmatch(text):
        raise NotAKey("Das ist kein Schlüssel von Stripe. Er beginnt mit sk_ oder rk_ und ist eine lange Zeile.")
    return text


def _tried(typed: Typed, key: str) -> stripe_account.AccountFacts | None:
    """Whose account the key opens; None with a sentence beside the field."""
    try:
        return stripe_account.look_at(_stripe().with_key(key))
    except Refusal as refusal:
        typed.errors["schluessel"] = refusal.sentence
    except PaymentDown as error:
        log.warning("Stripe cannot be asked about a new key: %s", error)
        typed.errors["schluessel"] = "Stripe antwortet gerade nicht. Bitte versuchen Sie es in ein paar Minuten wieder."
    return None


def _leave(keys: Keys, key: str) -> None:
    """End what is open with the key before, so that nothing is paid of which the shop would not hear."""
    if not keys.secret_key or keys.secret_key == key:
        return
    with suppress(PaymentDown):  # a key that was revoked ends nothing any more
        settling.end_open_pages(the_shop().database, _stripe().with_key(keys.secret_key), now())
    if Keys(key).is_live and not keys.is_live:
        _mark_test_orders()


def _mark_test_orders() -> None:
    """Orders that were paid with test money must not be sent: no money will ever come for them."""
    with the_shop().database.writing() as writing:
        tested = select(PaymentAttempt.order_id).where(
            PaymentAttempt.state == Standing.PAID.value, col(PaymentAttempt.is_live).is_(False)
        )
        open_states = [state for state, moves in orders.MOVES.items() if moves and state not in orders.ENDED]
        found = select(Order).where(col(Order.id).in_(tested), col(Order.state).in_(open_states))
        for order in writing.exec(found.order_by(col(Order.id))).all():
            sentence = "Diese Bestellung ist nur mit Testgeld bezahlt: bitte nicht verschicken, sondern stornieren."
            orders.call_attention(writing, order, sentence, now=now(), author="Laden")


def _fresh(keys: Keys, key: str) -> Keys:
    """The keys with another secret key. The webhook is another one, unless account and mode stay the same."""
    is_same_mode = Keys(key).is_live == keys.is_live and bool(keys.secret_key)
    kept = keys if is_same_mode else Keys(webhook_secrets=keys.webhook_secrets)
    return replace(kept, secret_key=key, proof_session="", proof_asked_at=0)


def _register_and_prove() -> None:
    """Register the webhook as far as Stripe can reach this shop, and let Stripe send a notice; say what came of it."""
    settings = the_shop().settings
    if not stripe_account.can_reach(settings.url):
        say("Der Schlüssel ist in Ordnung und gespeichert.")
        return
    try:
        _register()
        keys = stripe_keys.read(settings)
        caused = stripe_account.cause_a_notice(_stripe(), settings.url + "/")
    except PaymentDown as error:
        log.warning("the webhook cannot be set up: %s", error)
        warn("Der Schlüssel ist gespeichert, aber Stripe hat die Anmeldung des Ladens nicht angenommen. "
             "Bitte tippen Sie in ein paar Minuten auf „Noch einmal prüfen“.")  # fmt: skip
        return
    if not keys.is_of_host:
        asked_at = int(now().timestamp())
        stripe_keys.write(settings, replace(keys, proof_session=caused, proof_asked_at=asked_at))
    say("Der Schlüssel ist in Ordnung. Stripe schickt jetzt eine Probe-Nachricht an Ihren Laden.")


def _register() -> None:
    """The host's own webhook is left alone; else the new secret is kept before the old endpoint goes."""
    settings = the_shop().settings
    keys = stripe_keys.read(settings)
    if keys.is_of_host:
        return
    made = stripe_account.register(_stripe(), settings.url, keys.endpoint_id, knows_secret=bool(keys.webhook_secrets))
    kept = keys.with_secret(made.secret) if made.secret else keys
    stripe_keys.write(settings, replace(kept, endpoint_id=made.id))
    stripe_account.delete(_stripe(), made.old_ids)


def _proof(keys: Keys) -> Proof:
    """Whether a notice has really come in by the webhook since it was asked for."""
    if not stripe_account.can_reach(the_shop().settings.url):
        return Proof("unreachable")
    if not keys.proof_session:
        return Proof("arrived", _last_notice()) if _last_notice() else Proof("")
    asked_at = datetime.fromtimestamp(keys.proof_asked_at, UTC)
    came = select(StripeEvent.received_at).where(
        StripeEvent.type == "checkout.session.expired",
        col(StripeEvent.was_fetched).is_(False),
        col(StripeEvent.received_at) >= asked_at - timedelta(minutes=5),
        col(StripeEvent.body).contains(keys.proof_session),
    )
    if (at := session().exec(came).first()) is not None:
        return Proof("arrived", at)
    return Proof("waiting" if now() < asked_at + PATIENCE else "late", asked_at)


def _last_notice() -> datetime | None:
    came = select(func.max(StripeEvent.received_at)).where(col(StripeEvent.was_fetched).is_(False))
    return session().exec(came).one()


def _settle_texts() -> None:
    """The legal texts name the ways to pay."""
    profile_page.settle()
    session().commit()


def _stripe() -> StripePayment:
    payment = the_shop().payments.get("stripe")
    if not isinstance(payment, StripePayment):
        abort(404)  # an extension has taken its place
    return payment


def _host() -> str:
    return the_shop().settings.url.partition("://")[2]


def _page(typed: Typed) -> str:
    shop = the_shop()
    keys = stripe_keys.read(shop.settings)
    report = comparing.last(session(), "stripe")
    return render_template(
        "backoffice/online_payment.html",
        typed=typed,
        keys=keys,
        masked=f"{keys.secret_key[:8]}…{keys.secret_key[-4:]}",
        proof=_proof(keys) if keys.secret_key else Proof(""),
        url=shop.settings.url,
        rights=[name for name, _ in stripe_account.RIGHTS],
        report=report,
        owner=profile.load(session()),
    )

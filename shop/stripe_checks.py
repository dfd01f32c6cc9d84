"""What `check` looks at about Stripe: keys, webhook, notices, refunds, and the nightly comparison."""

from datetime import timedelta

from sqlmodel import col, func, select

from checkout import orders
from checkout.orders import Order
from checkout.payments import PaymentAttempt, StripeEvent, comparing, stripe_account
from checkout.payments.hosted import Standing
from checkout.refunds import Refund, RefundState
from shop import profile, stripe_keys
from shop.context import Shop

_NOTICES_LATE = timedelta(hours=1)
_REFUNDS_LATE = timedelta(days=1)
_LOOK_BACK = timedelta(days=2)
_NIGHTS = timedelta(days=2)


def keys(shop: Shop) -> str:
    """Online payment is optional, but most shoppers expect it."""
    method = shop.payments.get("stripe")
    return method.missing() if method else ""


def mode(shop: Shop) -> str:
    """Real money belongs to a shop on the open web, and such a shop to real money."""
    known = stripe_keys.read(shop.settings)
    if not known.secret_key:
        return ""
    is_open = stripe_account.can_reach(shop.settings.url) and shop.settings.is_secure
    if known.is_live and not is_open:
        return f"Der Schlüssel von Stripe nimmt echtes Geld, aber der Laden steht unter {shop.settings.url}."
    with shop.database.reading() as session:
        is_demo = profile.load(session).is_demo
    if not known.is_live and is_open and not is_demo:
        return "Stripe läuft mit einem Testschlüssel: Kundinnen können bezahlen, aber es kommt kein Geld an."
    return ""


def test_money(shop: Shop) -> str:
    """What only test money has paid must not be sent."""
    if not stripe_keys.read(shop.settings).is_live:
        return ""
    tested = select(PaymentAttempt.order_id).where(
        PaymentAttempt.state == Standing.PAID.value, col(PaymentAttempt.is_live).is_(False)
    )
    waiting = [state.value for state, moves in orders.MOVES.items() if moves and state not in orders.ENDED]
    with shop.database.reading() as session:
        count = session.exec(
            select(func.count(col(Order.id))).where(col(Order.id).in_(tested), col(Order.state).in_(waiting))
        ).one()
    return f"Nur mit Testgeld bezahlt und noch nicht storniert: {_orders(count)}." if count else ""


def webhook(shop: Shop) -> str:
    """Notices must arrive by themselves, though nothing is lost where they do not."""
    known = stripe_keys.read(shop.settings)
    if not known.secret_key or not stripe_account.can_reach(shop.settings.url):
        return ""
    if not known.webhook_secrets:
        return "Stripe schickt diesem Laden keine Nachrichten. Siehe Backoffice, Online-Zahlung."
    since = shop.clock() - _LOOK_BACK
    newest = select(func.max(StripeEvent.received_at)).where(col(StripeEvent.received_at) > since)
    with shop.database.reading() as session:
        fetched = session.exec(newest.where(col(StripeEvent.was_fetched).is_(True))).one()
        came = session.exec(newest.where(col(StripeEvent.was_fetched).is_(False))).one()
    if fetched and (came is None or came < fetched):
        return "Nachrichten von Stripe kamen nicht an, der Laden musste nachfragen. Siehe Backoffice, Online-Zahlung."
    return ""


def undone_notices(shop: Shop) -> str:
    """What was taken in must be worked off soon."""
    with shop.database.reading() as session:
        count = session.exec(
            select(func.count(col(StripeEvent.id))).where(
                col(StripeEvent.done_at).is_(None), col(StripeEvent.received_at) < shop.clock() - _NOTICES_LATE
            )
        ).one()
    if not count:
        return ""
    return f"Nachrichten von Stripe, die seit über einer Stunde nicht bearbeitet sind: {count}. Siehe das Protokoll."


def late_refunds(shop: Shop) -> str:
    """What is owed back by Stripe must go within a day."""
    with shop.database.reading() as session:
        count = session.exec(
            select(func.count(col(Refund.id))).where(
                Refund.method == "stripe",
                Refund.state == RefundState.OWED.value,
                col(Refund.created_at) < shop.clock() - _REFUNDS_LATE,
            )
        ).one()
    return f"Rückzahlungen, die Stripe seit über einem Tag nicht ausführt: {count}." if count else ""


def comparison(shop: Shop) -> str:
    """The nightly comparison must take place, and find nothing."""
    if keys(shop):
        return ""
    with shop.database.reading() as session:
        last = comparing.last(session, "stripe")
        first = session.exec(select(func.min(PaymentAttempt.created_at))).one()
    if last is None:
        is_due = first is not None and first < shop.clock() - _NIGHTS
        return "Der nächtliche Vergleich mit Stripe fand noch nie statt. Läuft die Hintergrundarbeit?" if is_due else ""
    if last.error:
        return f"Der Vergleich mit Stripe ist ausgefallen. Gilt der Schlüssel noch? ({last.error[:80]})"
    if last.differences:
        return f"Die Bücher und Stripe stimmen nicht überein: {last.differences[0]} Siehe Backoffice, Online-Zahlung."
    if last.compared_at < shop.clock() - _NIGHTS:
        return "Der letzte Vergleich mit Stripe ist über zwei Tage alt. Läuft die Hintergrundarbeit?"
    return ""


def _orders(count: int) -> str:
    return f"{count} Bestellung" if count == 1 else f"{count} Bestellungen"

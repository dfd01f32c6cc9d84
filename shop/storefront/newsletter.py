"""The newsletter's doors: ask for it, confirm it from one's own mailbox, end it without signing in."""

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from checkout import customers
from checkout.orders import Order
from shop import guards, profile, themes, throttle
from shop.context import now, session
from shop.newsletter import issues, subscriptions, wordings
from shop.newsletter.subscriptions import BY_LINK, BY_PROGRAM, Subscription
from shop.storefront.visitor import keep_private

blueprint = Blueprint("newsletter", __name__, url_prefix="/newsletter")
blueprint.after_request(keep_private)

_ONE_CLICK = "List-Unsubscribe"  # the field of a mail program's POST (RFC 8058, 3.1)


@blueprint.get("")
def show() -> str:
    """The form, with a box that is not ticked."""
    _require_newsletter()
    return _form("", {})


@blueprint.post("")
def ask() -> str | tuple[str, int]:
    """Owe the letter that asks for confirmation. The answer is the same whether somebody has the newsletter or not."""
    _require_newsletter()
    token = request.form.get("bestellung", "")
    order = guards.find_order(token) if token else None
    email = order.email if order else request.form.get("email", "").strip()[:254]
    problems = _problems(email)
    if problems:
        return _form("" if order else email, problems), 422
    session().rollback()  # who asks is counted in a transaction of its own
    if not guards.NEWSLETTERS.admit(throttle.visitor()):
        abort(429)
    name = profile.load(session()).shop_name
    subscriptions.ask(session(), email, shop_name=name, source="order" if order else "newsletter", now=now())
    session().commit()
    return themes.render("pages/newsletter.html", asked=True)


@blueprint.get("/bestaetigen/<token>")
def read(token: str) -> str:
    """What she confirms, with the button that does it."""
    return _confirmation(_subscription(token))


@blueprint.post("/bestaetigen/<token>")
def confirm(token: str) -> str:
    """She wants it."""
    asked = _subscription(token)
    is_confirmed = subscriptions.confirm(session(), asked, now())
    session().commit()
    return _confirmation(asked, "confirmed" if is_confirmed else "late")


@blueprint.get("/abmelden/<token>")
def leave(token: str) -> str:
    """The page with the button to end it; an unknown link has nothing to end."""
    found = subscriptions.find(session(), token)
    return themes.render("pages/newsletter_end.html", is_ended=found is None or found.ended_at is not None)


@blueprint.post("/abmelden/<token>")
def end(token: str) -> str:
    """End it, by her click or by her mail program's."""
    found = subscriptions.find(session(), token)
    if found is not None:
        subscriptions.end(session(), found, by=BY_PROGRAM if _ONE_CLICK in request.form else BY_LINK, now=now())
        session().commit()
    return themes.render("pages/newsletter_end.html", is_ended=True)


@blueprint.after_request
def keep_secret(response: Response) -> Response:
    """The address is the key: it must not reach a foreign page."""
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def offer(order: Order) -> str:
    """The words to agree to on an order's page; "" where there is no newsletter, no address, or she has it."""
    if not order.email or not themes.has_newsletter() or subscriptions.has(session(), order.email):
        return ""
    return wordings.consent(wordings.LATEST, profile.load(session()).shop_name)


def _require_newsletter() -> None:
    if not issues.is_on(session()):
        abort(404)


def _subscription(token: str) -> Subscription:
    return subscriptions.find(session(), token) or abort(404)


def _problems(email: str) -> dict[str, str]:
    found = {}
    if not customers.is_email(email):
        found["email"] = "Bitte geben Sie Ihre E-Mail-Adresse an, zum Beispiel name@beispiel.de."
    if not request.form.get("einwilligung"):
        found["einwilligung"] = "Bitte setzen Sie das Häkchen, wenn Sie den Newsletter möchten."
    return found


def _form(email: str, problems: dict[str, str]) -> str:
    words = wordings.consent(wordings.LATEST, profile.load(session()).shop_name)
    return themes.render("pages/newsletter.html", asked=False, email=email, problems=problems, consent=words)


def _confirmation(asked: Subscription, outcome: str = "") -> str:
    is_late = asked.ended_at is not None or (
        asked.confirmed_at is None and asked.asked_at < now() - subscriptions.CONFIRM_WITHIN
    )
    outcome = outcome or ("late" if is_late else "confirmed" if asked.confirmed_at else "")
    return themes.render("pages/newsletter_confirm.html", subscription=asked, outcome=outcome)

"""The hosted payment page: plain HTML with buttons, so that a real browser can pay and come back."""

import re
from html import escape

from tests.stripe_fake.account import Account, ApiError
from tests.stripe_fake.shapes import Thing

Page = tuple[int, dict[str, str], str]

_PAGE = """<!doctype html>
<html lang="de"><meta charset="utf-8"><link rel="icon" href="data:,"><title>Bezahlen</title>
<h1>Bezahlen: {total} {currency}</h1>
<ul>{lines}</ul>
<p>{email}</p>
<form method="post" action="/pay/{id}/card"><button>Bezahlen</button></form>
<form method="post" action="/pay/{id}/declined"><button>Mit abgelehnter Karte bezahlen</button></form>
<form method="post" action="/pay/{id}/debit"><button>Mit SEPA-Lastschrift bezahlen</button></form>
<p><a href="{cancel_url}">Zurück</a></p>
</html>"""


def answer(account: Account, method: str, path: str) -> Page:
    """Show the page of a session, or do what a button says and send the browser back to the shop."""
    match = re.fullmatch(r"/pay/(\w+)(?:/(card|debit|declined))?", path)
    session = account.sessions.get(match[1]) if match else None
    if match is None or session is None:
        return 404, {}, "<!doctype html><h1>Diese Seite gibt es nicht</h1>"
    if method == "GET":
        return _form(account, session)
    return _act(account, session, match[2])


def _form(account: Account, session: Thing) -> Page:
    if session["status"] != "open":
        return 200, {}, "<!doctype html><h1>Hier gibt es nichts mehr zu bezahlen</h1>"
    lines = "".join(
        f"<li>{escape(asked['price_data']['product_data']['name'])} "
        f"{escape(asked['price_data']['product_data'].get('description', ''))}</li>"
        for asked in account.asked[session["id"]]["line_items"]
    )
    page = _PAGE.format(
        id=session["id"],
        total=f"{session['amount_total'] / 100:.2f}".replace(".", ","),
        currency=session["currency"].upper(),
        lines=lines,
        email=escape(session["customer_email"] or ""),
        cancel_url=escape(session["cancel_url"] or ""),
    )
    return 200, {}, page


def _act(account: Account, session: Thing, how: str) -> Page:
    try:
        {"card": account.pay, "debit": account.pay_by_debit, "declined": account.decline}[how](session["id"])
    except ApiError as error:
        return error.status, {}, f"<!doctype html><h1>{escape(str(error))}</h1>"
    if how == "declined":
        return 303, {"Location": f"/pay/{session['id']}"}, ""
    back = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
    return 303, {"Location": back}, ""

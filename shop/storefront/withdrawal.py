"""The withdrawal function of § 356a BGB: declare, confirm, keep the receipt. No account, no reason, no script.

Nothing in its answers depends on whether an order exists, unless somebody comes with the secret link of hers.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from unicodedata import category

from flask import Blueprint, Response, abort, redirect, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select
from werkzeug.wrappers import Response as AnyResponse

from checkout import customers, returns, withdrawal_refunds
from checkout.deliveries import Part, Size
from checkout.returns import Declared, Withdrawal
from checkout.withdrawal_refunds import Withdrawn
from shop import errors, guards, profile, themes, withdrawal_receipt
from shop.context import close_session, now, session, the_shop
from shop.formats import offset
from shop.storefront.visitor import keep_private

blueprint = Blueprint("withdrawal", __name__)
blueprint.after_request(keep_private)

_LONGEST = {"name": 200, "email": 254, "which_order": 2000, "extent": 2000}
_PART = re.compile(r"teil-([0-9]{1,9})-([0-9]{1,9})-([0-9]{1,9})")
_KEY = re.compile(r"[\w-]{16,64}", re.ASCII)
_CHANGED = "Ihre Bestellung hat sich gerade geändert. Bitte sagen Sie noch einmal, was Sie widerrufen."
_COUNT = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Declaration:
    """What a consumer has typed; `token` is that of the order's secret link, "" if she came without.

    `parts` are those of that order, `ticked` how many pieces of which she withdraws; none: all.
    """

    name: str = ""
    email: str = ""
    which_order: str = ""
    extent: str = ""
    token: str = ""
    parts: Sequence[Part] = ()
    ticked: Mapping[Size, int] = field(default_factory=dict)

    @property
    def whole_extent(self) -> str:
        """What is withdrawn, in words: what is ticked, and what was written about it; "" for the whole contract."""
        lines = [Withdrawn(part, self.ticked[part.size], 0).words for part in self.parts if self.ticked.get(part.size)]
        return "\n".join([*lines, *([self.extent] if self.extent else [])])

    @property
    def declared(self) -> Declared:
        """What is declared by it."""
        return Declared(self.name, self.email, self.which_order, self.whole_extent, self.ticked, self.token)


@blueprint.before_request
def look_at_the_clock() -> None:
    """It is received when the request begins, however long the database lets us wait."""
    now()


@blueprint.errorhandler(SQLAlchemyError)
@blueprint.errorhandler(OSError)
def could_not_store(error: Exception) -> tuple[str, int]:
    """Say plainly that nothing was declared, and how it can be all the same."""
    return errors.not_stored(
        error,
        "Ihr Widerruf ist noch nicht bei uns angekommen",
        "Bitte versuchen Sie es gleich noch einmal, oder schicken Sie ihn uns per E-Mail oder Brief: Auch das genügt. "
        "Die Adresse steht im Impressum.",
    )


@blueprint.get("/widerruf")
def show() -> str:
    """The first step: an empty form, or one that knows the order of a secret link."""
    return _form(_prefilled(_readable(request.args.get("bestellung", ""))), {})


@blueprint.post("/widerruf")
def review() -> str | tuple[str, int]:
    """The second step: the declaration to read again, with the one button that declares it."""
    declaration = _read()
    problems = _problems(declaration)
    if problems:
        return _form(declaration, problems), 422
    if "aendern" in request.form:
        return _form(declaration, {})
    return themes.render("pages/withdrawal_confirm.html", declaration=declaration, key=secrets.token_urlsafe(24))


@blueprint.post("/widerruf/bestaetigen")
def declare() -> AnyResponse | tuple[str, int]:
    """Store the declaration before anything else happens; the same one twice is one."""
    declaration = _read()
    problems = _problems(declaration)
    key = request.form.get("schluessel", "")
    if problems or not _KEY.fullmatch(key):
        return _form(declaration, problems), 422
    declared = declaration.declared
    withdrawal = returns.find(session(), declared, key, now())
    if withdrawal is None and len(declaration.ticked) < sum(map(bool, map(_PART.fullmatch, request.form))):
        return _form(declaration, {"extent": _CHANGED}), 409
    if withdrawal is None:
        due_at = guards.receipt_due(declaration.email, declaration.token)
        withdrawal = returns.declare(session(), declared, key=key, now=now(), receipt_due_at=due_at)
    session().commit()
    return redirect(url_for("withdrawal.received", key=withdrawal.declaration_key), 303)


@blueprint.get("/widerruf/eingang/<key>")
def received(key: str) -> str:
    """The receipt: what was declared, on which day, at what time."""
    return themes.render("pages/withdrawal_received.html", key=key, **_receipt(key))


@blueprint.get("/widerruf/eingang/<key>/widerruf.txt")
def download(key: str) -> Response:
    """The receipt as a text to keep."""
    text = themes.render("mail/withdrawal_receipt.txt", **_receipt(key))
    return _to_keep(Response(text, mimetype="text/plain"), "widerruf.txt")


@blueprint.get("/widerruf/eingang/<key>/widerruf.pdf")
def download_pdf(key: str) -> Response:
    """The receipt as a PDF to keep; it is printed while no transaction is open."""
    withdrawal, owner, shop = _withdrawal(key), profile.load(session()), the_shop()
    session().expunge_all()
    close_session()
    folders = themes.chain(shop.settings.themes, shop.settings.theme)
    pdf = withdrawal_receipt.pdf(withdrawal, owner=owner, themes=folders)
    return _to_keep(Response(pdf, mimetype="application/pdf"), withdrawal_receipt.FILE_NAME)


def _to_keep(response: Response, file_name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def _prefilled(token: str) -> Declaration:
    order = guards.find_order(token)
    if order is None:
        return Declaration()
    parts = withdrawal_refunds.may_be_withdrawn(session(), order)
    return Declaration(order.name, order.email, order.number, token=token, parts=parts)


def _read() -> Declaration:
    typed = {name: _readable(request.form.get(name, ""))[:longest] for name, longest in _LONGEST.items()}
    token = _readable(request.form.get("bestellung", ""))[:64]
    order = guards.known_order(token)
    parts = withdrawal_refunds.may_be_withdrawn(session(), order) if order else []
    return Declaration(**typed, token=token, parts=parts, ticked=_ticked(parts))


def _readable(text: str) -> str:
    """What was typed, without signs that no keyboard has: PostgreSQL takes no NUL, and nothing may be refused."""
    return "".join(sign for sign in text if sign in "\r\n\t" or category(sign) != "Cc").strip()


def _ticked(parts: Sequence[Part]) -> dict[Size, int]:
    """How many pieces of which part are ticked; all of it where no number fits that."""
    most = {part.size: part.goods.pieces for part in parts}
    found = {}
    for name in request.form:
        match = _PART.fullmatch(name)
        size = (int(match[1]), int(match[2]), int(match[3])) if match else None
        if size in most:
            count = request.form.get(name.replace("teil-", "stueck-", 1), "").strip()
            number = int(count) if _COUNT.fullmatch(count) else 0
            found[size] = number if 0 < number <= most[size] else most[size]
    return found


def _problems(declaration: Declaration) -> dict[str, str]:
    """Only what is needed to know who withdraws from what and where the receipt goes."""
    found = {}
    if not declaration.name:
        found["name"] = "Bitte nennen Sie uns Ihren Namen."
    needs_no_email = not declaration.email and _gave_no_email(declaration.token)
    if not customers.is_email(declaration.email) and not needs_no_email:
        found["email"] = "Bitte nennen Sie uns eine E-Mail-Adresse: Dorthin schicken wir die Eingangsbestätigung."
    if not declaration.which_order:
        found["which_order"] = "Bitte schreiben Sie, welche Bestellung Sie meinen. Ware und Datum genügen."
    return found


def _gave_no_email(token: str) -> bool:
    """Whether the order of a secret link was placed without an e-mail address: then its buyer needs none here."""
    order = guards.known_order(token)
    return order is not None and not order.email


def _form(declaration: Declaration, problems: dict[str, str]) -> str:
    return themes.render(
        "pages/withdrawal.html",
        declaration=declaration,
        problems=problems,
        needs_email=not _gave_no_email(declaration.token),
    )


def _receipt(key: str) -> dict[str, object]:
    found = _withdrawal(key)
    return {"withdrawal": found, "received_offset": offset(found.received_at)}


def _withdrawal(key: str) -> Withdrawal:
    return session().exec(select(Withdrawal).where(Withdrawal.declaration_key == key)).first() or abort(404)

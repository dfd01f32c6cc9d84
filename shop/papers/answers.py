"""Papers as answers to a browser."""

from io import BytesIO

from flask import Response, send_file

from checkout.orders import Order
from shop import profile, themes
from shop.context import session, the_shop
from shop.papers import confirmation

PDF = "application/pdf"


def pdf(content: bytes, file_name: str) -> Response:
    """A PDF that the browser shows, and keeps under its name; nobody in between keeps it."""
    answer = send_file(BytesIO(content), PDF, download_name=file_name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def contract(order: Order) -> Response:
    """An order's confirmation with its texts as they held when it was placed, as a PDF to be kept."""
    shop = the_shop()
    told = confirmation.read(
        session(), order, payments=shop.payments, url=shop.settings.url, pictures=shop.settings.artwork
    )
    folders = themes.chain(shop.settings.themes, shop.settings.theme)
    paper = confirmation.write(told, owner=profile.load(session()), themes=folders)
    return pdf(paper, confirmation.file_name(order))

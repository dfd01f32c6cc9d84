"""Whoever was led to a page by a search reads so there, with the way to search all the same."""

from urllib.parse import urlencode

from flask import render_template, request
from markupsafe import Markup

from catalog.search import shortcuts
from shop.context import session

_SEARCHED = "gesucht"  # in the address of the page
_LONGEST = 200


def address(path: str, words: str) -> str:
    """The address of a page, which says what was searched."""
    return f"{path}{'&' if '?' in path else '?'}{urlencode({_SEARCHED: words})}"


def line() -> Markup:
    """The line for this request's page; empty for whoever came by another way (no query then).

    Only a search that leads to this very page is told: nobody can make the shop say something by a link.
    """
    words = request.args.get(_SEARCHED, "")[:_LONGEST]
    if not words or shortcuts.path_of(session(), words).partition("?")[0] != request.path:
        return Markup()
    return Markup(render_template("parts/led.html", words=words))  # noqa: S704  (a template of ours, escaped)

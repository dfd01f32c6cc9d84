"""The search index of a shop under test, brought up to date as its worker does."""

from contextlib import suppress

from flask import Flask

from catalog.search.port import IndexGone
from shop import indexing


def catch_up(app: Flask) -> None:
    """Look until there is nothing left to take in; what has gone is built with the next look."""
    keeper = indexing.Keeper(app.extensions["dorfladen"])
    touched = 1
    while touched:
        with suppress(IndexGone):
            touched = keeper.look()

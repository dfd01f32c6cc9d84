"""What was renamed: the way from an old address to today's, or the plain "not found"."""

from typing import NoReturn

from flask import abort, redirect, request


def on(folder: str, slug: str | None) -> NoReturn:
    """Send the visitor on to `/folder/slug` for good, with what stood behind the "?"; None: there is nothing (404).

    Browsers must ask each time: who renames back would else send them round in a ring.
    """
    if slug is None:
        abort(404)
    asked = request.query_string.decode("ascii", "ignore")
    answer = redirect(f"/{folder}/{slug}" + (f"?{asked}" if asked else ""), 301)
    answer.headers["Cache-Control"] = "no-cache"
    abort(answer)

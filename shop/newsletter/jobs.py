"""What the newsletter does by itself: copies go out in portions, what has served is forgotten."""

from flask import Flask

from shop.context import Shop
from shop.newsletter import issues, subscriptions


def hand_out(app: Flask) -> None:
    """Hand out the next portion of a released newsletter."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.reading() as session:
        if not issues.is_any_under_way(session):
            return
    with shop.database.writing() as session:
        issues.hand_out(session, shop.clock())


def prune(app: Flask) -> None:
    """Forget who never confirmed, proofs and letters whose time is over."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.writing() as session:
        subscriptions.prune(session, shop.clock())
        issues.prune(session, shop.clock())

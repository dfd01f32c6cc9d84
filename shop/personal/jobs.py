"""What data protection does by itself: old orders leave daily work, locks and proofs go when their time is over."""

from flask import Flask

from catalog.times import german_day
from shop import restore_tests
from shop.context import Shop
from shop.personal import archive, deeds, erasure


def keep_apart(app: Flask) -> None:
    """Move what is only kept for the law into the archive, and forget what has served."""
    shop: Shop = app.extensions["dorfladen"]
    now = shop.clock()
    with shop.database.writing() as session:
        erasure.archive_old(session, now)
        archive.forget_gone(session, erasure.ROOTS, german_day(now))
        deeds.prune(session, now)


def try_backup(app: Flask) -> None:
    """Once a week: bring the newest backup back into an empty folder, and note how that went."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.reading() as session:
        if not restore_tests.is_due(session, shop.clock()):
            return
    restore_tests.run(shop.settings, shop.database, now=shop.clock(), author=erasure.AUTHOR)

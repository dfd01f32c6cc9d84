"""What the shop does by itself: rows that are owed something, and a clock that looks at them.

Each job asks the database what there is to do, so it may be repeated, interrupted, and run by two
workers at once. Plain `run.py` runs them in a thread of the web process, `run.py work` in their own.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import delete
from sqlmodel import col

from catalog import darkroom, images, remnants, revisions
from catalog.search import misses
from catalog.search.queue import SearchChange
from catalog.times import german_day
from checkout import cart, erasing, orders, pickup, returns
from checkout.bank import deadlines
from checkout.payments import comparing, inbox, refunding, settling
from shop import (
    backup,
    import_children,
    indexing,
    invoice_files,
    journal_heads,
    legal,
    looks,
    mail,
    photos,
    profile,
    scheduled_export,
    tax_mode,
    throttle,
)
from shop.context import Shop
from shop.formats import BERLIN
from shop.newsletter import jobs as newsletter_jobs
from shop.personal import jobs as personal_jobs
from shop.watched_folder import Watcher

log = logging.getLogger("dorfladen.jobs")

CARTS_LIVE = timedelta(days=30)
CHANGES_STAY = timedelta(days=60)  # a host that was away for longer builds its index anew
_BACKUP_HOUR = 3  # in Berlin: the shop sleeps
_COMPARISON_HOUR = 4  # after the backup
_PICTURES_AT_ONCE = 20
_SETTLED_S = (
    120  # what takes seconds and has a whole day waits until a shop that starts has answered its first visitors
)
_BY_DAY = range(8, 20)  # in Berlin
_BY_NIGHT = range(1, 6)  # in Berlin
_PARTS_AT_ONCE = 100


@dataclass(frozen=True)
class Job:
    """Something to do every so many seconds, first `after_s` seconds after the start."""

    name: str
    every_s: float
    work: Callable[[Flask], object]
    after_s: float = 0


def post() -> tuple[Job, ...]:
    """What may wait for nothing else: a receipt goes out within a minute (§ 356a Abs. 4 BGB)."""
    return (Job("withdrawals", 2, look_up_withdrawals), Job("letters", 3, mail.deliver_due))


def all_jobs() -> tuple[Job, ...]:
    """Everything that the shop does by itself."""
    return (
        *post(),
        Job("pictures", 15, make_missing_sizes),
        Job("photographs", 1, photos.develop_waiting),
        Job("old photographs", 3600, photos.prune),
        Job("imports", 5, import_children.carry_on),
        Job("old imports", 3600, import_children.forget_old_files),
        Job("holds", 30, end_expired_holds),
        Job("payments", 60, ask_about_payments),
        Job("refunds", 15, carry_out_refunds),
        Job("missed payments", 3600, catch_up_with_payments),
        Job("comparison", 600, compare_nightly),
        Job("transfers", 600, watch_transfers),
        Job("remnants", 600, offer_remnants),
        Job("pickup reminders", 3600, remind_of_pickup),
        Job("backup", 600, back_up_nightly),
        Job("watched folder", 15, Watcher().look),
        Job("export", 600, scheduled_export.write_due),
        Job("invoices", 20, invoice_files.write_missing),
        Job("killed printing", 3600, invoice_files.sweep),
        Job("pruning", 3600, prune),
        Job("newsletter", 60, newsletter_jobs.hand_out),
        Job("newsletter pruning", 3600, newsletter_jobs.prune),
        Job("archive", 3600, personal_jobs.keep_apart),
        Job("restore test", 3600, personal_jobs.try_backup, after_s=_SETTLED_S),
        Job("legal texts", 3600, keep_legal_texts_true),
        Job("tax mode", 60, keep_tax_mode),
        Job("journal", 600, look_at_journal_nightly, after_s=_SETTLED_S),
        Job("retention", 600, forget_what_is_over),
        Job("law", 600, looks.look_daily, after_s=_SETTLED_S),
    )


def run_forever(app: Flask, stop: threading.Event, jobs: tuple[Job, ...] | None = None) -> None:
    """Run each job when its time has come, until `stop` is set. A job that fails is logged and comes again.

    The search and the post have threads of their own, so that no backup and no photograph delays them.
    """
    if jobs is not None:
        _run_in_turn(app, stop, jobs)
        return
    others = tuple(job for job in all_jobs() if job not in post())
    postman = threading.Thread(target=_run_in_turn, args=(app, stop, post()), name="post", daemon=True)
    postman.start()
    with indexing.beside(app):
        _run_in_turn(app, stop, others)
    postman.join()


def _run_in_turn(app: Flask, stop: threading.Event, jobs: tuple[Job, ...]) -> None:
    due = {job: time.monotonic() + job.after_s for job in jobs}
    while not stop.is_set():
        for job in jobs:
            if due[job] <= time.monotonic() and not stop.is_set():
                run(app, job)
                due[job] = time.monotonic() + job.every_s
        stop.wait(max(0.05, min(due.values()) - time.monotonic()) if due else None)


def run(app: Flask, job: Job) -> bool:
    """Run one job and say whether it went well."""
    try:
        job.work(app)
    except Exception:  # the edge of a job: the others must go on
        log.exception("job %s failed", job.name)
        return False
    return True


def look_up_withdrawals(app: Flask) -> None:
    """Find the orders of declarations that have just come in, and owe the owner's letters."""
    shop = _shop(app)
    with shop.database.reading() as session:
        if not returns.is_any_new(session):
            return
    with shop.database.writing() as session:
        returns.look_up(session, shop.clock())


def make_missing_sizes(app: Flask) -> None:
    """Make the sizes of a few pictures that have none yet, and look up the colour of those that have none."""
    shop = _shop(app)
    with shop.database.reading() as session:
        missing = images.missing(session, shop.settings.media)
    for picture_hash in missing[:_PICTURES_AT_ONCE]:
        with darkroom.place(shop.settings.media, alone=True):
            images.make_sizes(shop.settings.media, picture_hash)
    with shop.database.reading() as session:
        colours = images.without_colour(session, shop.settings.media)
    if colours:
        with shop.database.writing() as session:
            images.set_colours(session, colours, shop.clock())


def end_expired_holds(app: Flask) -> None:
    """Give back the goods of orders whose time to pay is over."""
    shop = _shop(app)
    settling.end_expired_holds(shop.database, shop.payments, shop.clock())


def ask_about_payments(app: Flask) -> None:
    """Ask the provider about payments of which nobody has told us, and finish what was cut short."""
    shop = _shop(app)
    settling.reconcile(shop.database, shop.payments, shop.clock(), with_debits=False)
    inbox.finish(shop.database, shop.payments, shop.clock())


def carry_out_refunds(app: Flask) -> None:
    """Let the provider pay back what is owed."""
    shop = _shop(app)
    refunding.carry_out(shop.database, shop.payments, shop.clock())


def catch_up_with_payments(app: Flask) -> None:
    """Fetch the provider's notices that never arrived, and ask about debits and refunds that are on their way."""
    shop = _shop(app)
    settling.reconcile(shop.database, shop.payments, shop.clock())
    inbox.catch_up(shop.database, shop.payments, shop.clock())
    refunding.follow_up(shop.database, shop.payments, shop.clock())


def compare_nightly(app: Flask) -> None:
    """Once a night: the provider's sessions, refunds and disputes against the books."""
    shop = _shop(app)
    now = shop.clock()
    if now.astimezone(BERLIN).hour >= _COMPARISON_HOUR:
        comparing.compare_daily(shop.database, shop.payments, now, shop=urlsplit(shop.settings.url).netloc)


def watch_transfers(app: Flask) -> None:
    """Remind of transfers that have not come, and end orders that were never paid; by day, as people do."""
    shop = _shop(app)
    now = shop.clock()
    if now.astimezone(BERLIN).hour not in _BY_DAY:
        return
    with shop.database.reading() as session:
        terms = profile.load(session).transfer_terms
        due = deadlines.due(session, terms, now=now)
        to_remind, to_end = [orders.id_of(each) for each in due.remind], [orders.id_of(each) for each in due.end]
    for order_id in to_remind:
        with shop.database.writing() as session:
            deadlines.remind(session, order_id, terms, now=now)
    for order_id in to_end:
        with shop.database.writing() as session:
            deadlines.end(session, order_id, terms, now=now)


def offer_remnants(app: Flask) -> None:
    """Make articles of what is too short to be sold from its roll, where the owner wants that."""
    shop = _shop(app)
    with shop.database.reading() as session:
        owner = profile.load(session)
        if not owner.offers_remnants or not remnants.proposals(session):
            return
    with shop.database.writing() as session:
        remnants.make_all(session, percent=owner.remnant_percent, now=shop.clock(), author="Laden")


def remind_of_pickup(app: Flask) -> None:
    """Remind shoppers whose goods have lain ready for so many days as the owner has set."""
    shop = _shop(app)
    with shop.database.writing() as session:
        pickup.remind(session, shop.clock())


def back_up_nightly(app: Flask) -> None:
    """Once a night: a backup, and away with those that are too old."""
    shop = _shop(app)
    local = shop.clock().astimezone(BERLIN)
    if not shop.database.is_sqlite or local.hour < _BACKUP_HOUR or backup.is_there_for(shop.settings, local.date()):
        return
    backup.make(shop.settings, shop.database, shop.clock())
    backup.prune(shop.settings)


def prune(app: Flask) -> None:
    """Forget what has served: old carts, who did what how often, searches, changes that every index has taken in."""
    shop = _shop(app)
    now = shop.clock()
    with shop.database.writing() as session:
        cart.forget_old(session, now - CARTS_LIVE)
        throttle.prune(session, now)
        inbox.forget_old(session, now)
        comparing.forget_old(session, now)
        misses.prune(session, german_day(now))
        session.exec(delete(SearchChange).where(col(SearchChange.queued_at) < now - CHANGES_STAY))


def keep_legal_texts_true(app: Flask) -> None:
    """Let the legal texts follow the settings: a new address, way to pay or mail server, and a new program."""
    shop = _shop(app)
    with shop.database.reading() as session:
        if legal.are_true(session, profile.load(session), shop.settings, shop.payments):
            return
    with shop.database.writing() as session:
        owner = profile.load(session)
        legal.refresh(session, owner, shop.settings, shop.payments, now=shop.clock(), author="Laden")
        revisions.bump(session, "shop")


def keep_tax_mode(app: Flask) -> None:
    """From the day on for which it is planned the shop is taxed otherwise; a change by hand is written down."""
    shop = _shop(app)
    now = shop.clock()
    with shop.database.reading() as session:
        if tax_mode.is_settled(session, profile.load(session), now):
            return
    with shop.database.writing() as session:
        owner = profile.load(session)
        tax_mode.apply_due(session, owner, now)
        tax_mode.note(session, owner, now)


def look_at_journal_nightly(app: Flask) -> None:
    """Once a night: the whole journal is looked at, and its head noted outside the database."""
    shop = _shop(app)
    now = shop.clock()
    if now.astimezone(BERLIN).hour >= _BACKUP_HOUR and not journal_heads.is_there_for(shop.settings, now):
        look = journal_heads.note(shop.settings, shop.database, now)
        if look.fault:
            log.error("the journal is not as it was written: %s", look.fault)


def forget_what_is_over(app: Flask) -> None:
    """By night: delete in small parts what need not be kept any more."""
    shop = _shop(app)
    if shop.clock().astimezone(BERLIN).hour not in _BY_NIGHT:
        return
    for _ in range(_PARTS_AT_ONCE):
        with shop.database.writing() as session:
            erased = erasing.erase_some(session, shop.clock())
        for name in erased.files:
            (shop.settings.papers / name).unlink(missing_ok=True)
        if not erased.rows:
            return


def _shop(app: Flask) -> Shop:
    shop: Shop = app.extensions["dorfladen"]
    return shop

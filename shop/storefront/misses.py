"""Searches that found nothing, noted for the owner when their answer has been sent: nobody waits for it."""

import logging
import re

from flask import Response, request
from sqlalchemy.exc import SQLAlchemyError

from catalog.search import misses
from catalog.times import german_day
from checkout import numbers, voucher_codes
from shop.context import now, the_shop
from shop.writers import Busy

log = logging.getLogger("dorfladen.search")

# Programs that say so themselves; "CUBOT" makes telephones.
_MACHINE = re.compile(
    r"(?<!cu)bot\b|bot[/-]|crawl|spider|slurp|scan|monitor|archive|preview|facebookexternal|lighthouse|headless|phantom"
    r"|curl|wget|python|httpx|aiohttp|go-http|java/|okhttp|libwww|ruby|node-fetch|axios|scrapy",
    re.IGNORECASE,
)


def note_when_sent(response: Response, words: str) -> None:
    """Count a search that found nothing, in a short transaction of its own after the answer is sent.

    Where somebody else is writing just then, or writing fails, it is dropped. A machine's search is not counted, nor
    a page that this browser shows again, nor a text with the number of an order or the code of a voucher.
    """
    if _is_by_a_machine() or request.headers.get("If-None-Match") or _has_code(words):
        return
    database, day = the_shop().database, german_day(now())

    def note() -> None:
        try:
            with database.writing_at_once() as session:
                misses.note(session, words, day)
        except Busy:
            log.debug("a search was not counted: somebody else was writing")
        except (SQLAlchemyError, OSError):
            log.info("a search was not counted: the database did not take it")

    response.call_on_close(note)


def _is_by_a_machine() -> bool:
    agent = request.headers.get("User-Agent", "")
    is_fetched_ahead = "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    return not agent or _MACHINE.search(agent) is not None or is_fetched_ahead


def _has_code(words: str) -> bool:
    return bool(numbers.find_all(words)) or voucher_codes.checks(voucher_codes.key(words))

"""Whether a file may be carried out though nobody looks at it: only stock and prices, and those within limits."""

from collections.abc import Mapping
from typing import Any

from catalog.exchange.columns import named
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.runs import ColumnMemory

_HARMLESS = frozenset({"price_cents", "stock", "rolls"})


def may_be_carried_out(plan: Mapping[str, Any], memory: ColumnMemory | None) -> list[str]:
    """What speaks against carrying out a plan unasked, in sentences; nothing: it may be done.

    `plan` is what an ImportRun keeps of it (import_report.of_plan), `memory` what is remembered of files with its
    header. A file that changes nothing at all may always be taken. Questions that await an answer stop every file:
    the limits of an import (many prices that fall, stock that becomes nothing) are such questions.
    """
    against = [*_refused(plan), *_asked(plan)]
    if plan["changes_nothing"] and not against:
        return []
    return [*_new(plan), *_other_facts(plan), *_steep(plan, memory), *against, *_unknown(memory)]


def _unknown(memory: ColumnMemory | None) -> list[str]:
    if memory is not None and memory.is_trusted:
        return []
    return ["Von selbst übernehmen wir nur Dateien, denen Sie Vertrauen gegeben haben."]


def _new(plan: Mapping[str, Any]) -> list[str]:
    products, variants = plan["products"]["new"], plan["variants"]["new"]
    if products:
        return ["Ein Artikel ist neu." if products == 1 else f"{products} Artikel sind neu."]
    if variants:
        return ["Eine Variante ist neu." if variants == 1 else f"{variants} Varianten sind neu."]
    return []


def _other_facts(plan: Mapping[str, Any]) -> list[str]:
    others = [each for each in plan["keys"] if each not in _HARMLESS]
    if not others:
        return []
    columns = ", ".join(named(each).removeprefix(ATTRIBUTE_PREFIX) for each in others)
    return [f"Es ändert sich mehr als Preis und Bestand: {columns}."]


def _steep(plan: Mapping[str, Any], memory: ColumnMemory | None) -> list[str]:
    limit = memory.limit_percent if memory is not None else 0
    steepest = plan["steepest_hundredths"]
    if memory is None or steepest is None:
        return [] if memory is None or "price_cents" not in plan["keys"] else [_FROM_NOTHING]
    if steepest <= limit * 100:
        return []
    return [f"Ein Preis ändert sich um {_percent(steepest)} %, mehr als die {limit} %, die Sie erlauben."]


def _refused(plan: Mapping[str, Any]) -> list[str]:
    number = plan["refused_in_all"]
    if not number:
        return []
    return ["Eine Zelle ist abgelehnt." if number == 1 else f"{number} Zellen sind abgelehnt."]


def _asked(plan: Mapping[str, Any]) -> list[str]:
    return ["Eine Frage ist offen."] if plan["must_be_answered"] else []


def _percent(hundredths: int) -> str:
    """Rounded up, so that nobody reads "20 %, mehr als die 20 %"."""
    whole, part = divmod(hundredths, 100)
    return f"{whole},{part:02d}" if part else str(whole)


_FROM_NOTHING = "Ein Preis war bisher 0,00 €."

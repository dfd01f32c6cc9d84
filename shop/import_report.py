"""Imports as people and scripts read them: the plan that a row keeps, and the list of all imports."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from catalog.exchange.articles import Reading, Remark
from catalog.exchange.fields import show_categories
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.plan import Plan, Step
from catalog.exchange.runs import ImportRun, RunState
from catalog.readiness import Withdrawn
from shop import formats

SHOWN = 24  # new articles
_HASH = re.compile(r"[0-9a-f]{64}")
MOST = 1000  # changes, refusals and questions that a row keeps; the rest is counted
STATES = {
    RunState.RECEIVED: "noch nicht gelesen",
    RunState.PLANNED: "wartet auf Ihr Ja",
    RunState.AGREED: "wird gleich übernommen",
    RunState.RUNNING: "wird gerade übernommen",
    RunState.DONE: "übernommen",
    RunState.FAILED: "nicht übernommen",
    RunState.DISMISSED: "verworfen",
    RunState.UNDOING: "wird gerade zurückgenommen",
    RunState.UNDONE: "zurückgenommen",
}


def of_plan(plan: Plan, reading: Reading) -> dict[str, Any]:
    """What a row keeps of a plan: the JSON of `import --dry-run --json`, and what the page shows besides.

    `changes`, `refused` and `questions` are the first 1,000 of each; `changes_in_all` and so on count them all, and
    `columns` counts the changes by column.
    """
    return plan.as_json() | {
        "notes": plan.notes,
        "changes": [vars(each) for each in plan.changes[:MOST]],
        "changes_in_all": plan.tally.changes,
        "columns": dict(plan.tally.by_column.most_common()),
        "keys": sorted(plan.tally.by_key),
        "steepest_hundredths": plan.tally.steepest_hundredths,
        "refused": [_remark(each) for each in plan.refused[:MOST]],
        "refused_in_all": len(plan.refused),
        "questions": [_remark(each) for each in plan.questions[:MOST]],
        "questions_in_all": len(plan.questions),
        "new_pictures": plan.new_pictures,
        "must_be_answered": plan.must_be_answered,
        "changes_nothing": plan.changes_nothing,
        "header": list(reading.table.header),
        "new_goods": [
            _new_goods(step, plan.pictures)
            for step in islice((each for each in plan.steps if each.product_id is None), SHOWN)
        ],
    }


def with_drafts(result: Mapping[str, Any], drafts: Iterable[Withdrawn]) -> dict[str, Any]:
    """What a row keeps of its result, and these articles that a batch has left as drafts besides.

    {"drafts": [{"id", "name", "lacks"}], "drafts_in_all"}; the first 1,000 are named.
    """
    new = [{"id": each.product_id, "name": each.name, "lacks": [gap.short for gap in each.gaps]} for each in drafts]
    return {
        **result,
        "drafts": [*result.get("drafts", []), *new][:MOST],
        "drafts_in_all": result.get("drafts_in_all", 0) + len(new),
    }


def with_left_out(result: Mapping[str, Any], left_out: Sequence[Remark]) -> dict[str, Any]:
    """What a row keeps of its result, and which articles were left out, because somebody was faster: row, reason."""
    if not left_out:
        return dict(result)
    new = [{"row": each.row, "reason": each.reason} for each in left_out]
    return {
        **result,
        "left_out": [*result.get("left_out", []), *new][:MOST],
        "left_out_in_all": result.get("left_out_in_all", 0) + len(new),
    }


def with_problems(result: Mapping[str, Any], problems: Sequence[str]) -> dict[str, Any]:
    """What a row keeps of its result, and which pictures did not come, in sentences; the first 1,000 are named."""
    if not problems:
        return {key: value for key, value in result.items() if not key.startswith("pictures")}
    return {**result, "pictures": list(problems[:MOST]), "pictures_in_all": len(problems)}


def came_before(earlier: ImportRun) -> str:
    """What is asked where stock of a file shall be added that was here before."""
    day = formats.german_date(earlier.created_at)
    if earlier.state == RunState.DONE:
        return (
            f"Der Bestand aus dieser Datei wurde schon dazugezählt, mit Import {earlier.id} am {day}. "
            "Noch einmal dazuzählen?"
        )
    return (
        f"Import {earlier.id} vom {day} mit derselben Datei ist noch nicht fertig; er geht von selbst weiter, oder "
        f"mit import --resume {earlier.id}. Den Bestand trotzdem noch einmal dazuzählen?"
    )


def in_words(run: ImportRun) -> str:
    """What an import changed: "3 neu, 41 geändert"."""
    counts = run.plan.get("products"), run.plan.get("variants")
    if not all(counts):
        return ""
    new, changed = (max(each[name] for each in counts if each) for name in ("new", "changed"))
    parts = [f"{formats.grouped(number)} {word}" for number, word in ((new, "neu"), (changed, "geändert")) if number]
    return ", ".join(parts) or "nichts zu ändern"


def state_in_words(run: ImportRun) -> str:
    """How it stands: "übernommen"; a plan that changes nothing waits for nobody."""
    is_idle = run.state == RunState.PLANNED and run.plan.get("changes_nothing", False)
    return "angesehen" if is_idle else STATES[RunState(run.state)]


def as_row(run: ImportRun) -> dict[str, Any]:
    """An import as `import --list --json` gives it."""
    return {
        "number": run.id,
        "name": run.name,
        "at": run.created_at.isoformat(),
        "author": run.author,
        "source": run.source,
        "state": run.state,
        "format": run.format,
        "products": run.plan.get("products"),
        "variants": run.plan.get("variants"),
        "error": run.error,
        "undone_at": run.undone_at and run.undone_at.isoformat(),
        "undone_by": run.undone_by,
    }


def _new_goods(step: Step, folders: PictureFolders | None) -> dict[str, Any]:
    """A new article as a page shows it; `picture` is the hash of its first picture, "" where none is there yet.

    `file` is the name of a picture that lies beside the table and is not kept yet.
    """
    hashes = [
        each for facts in (step.facts, *(one.facts for one in step.variants)) for each in facts.get("pictures", ())
    ]
    first = step.variants[0]
    picture = next((each for each in hashes if _HASH.fullmatch(each)), "")
    return {
        "name": step.facts["name"],
        "sku": first.sku,
        "price_cents": first.facts.get("price_cents", 0),
        "categories": show_categories(step.facts.get("categories", ())),
        "variants": len(step.variants),
        "picture": picture,
        "file": folders.name_of(picture) if folders else "",
        "pictures": len(hashes),
    }


def _remark(remark: Remark) -> dict[str, Any]:
    return {
        "row": remark.row,
        "column": remark.column,
        "reason": remark.reason,
        "stops": remark.stops,
        "question": remark.question,
    }

"""A plan as plain lines, for files, pipes and whoever has it read aloud."""

from collections.abc import Iterator, Sequence

from catalog.exchange.articles import Remark
from catalog.exchange.plan import Change, Plan
from shop import plan_report

MOST = 20  # of one sort; the rest is counted


def lines(plan: Plan) -> Iterator[str]:
    """All that is to be said before anything is written, what must be answered last."""
    yield f"Gelesen als {plan_report.read_as(plan)}"
    for name, counts in (("Artikel", plan.products), ("Varianten", plan.variants)):
        yield f"{name}: {counts.new} neu, {counts.changed} geändert, {counts.unchanged} unverändert"
    if prices := plan_report.prices_in_words(plan):
        yield f"Preise: {prices}"
    yield from (f"Hinweis: {note}" for note in plan.notes)
    yield from (f"Neu: {each.article}, {plan_report.added_in_words(each)}" for each in plan.added[:MOST])
    yield from _more(plan_report.added_in_all(plan) - MOST, "neue Artikel")
    yield from map(_change, plan.changes[:MOST])
    yield from _more(plan.tally.changes - MOST, "Änderungen")
    for column in plan.unknown_columns:
        yield f"Spalte „{column.name}“ kennen wir nicht und lassen sie weg; darin etwa: {' · '.join(column.samples)}"
    if plan.unknown_columns:
        yield plan_report.how_to_map(plan.unknown_columns)
    yield from _remarks("Frage", [each for each in plan.questions if not each.stops])
    yield from _remarks("Abgelehnt", plan.refused)
    yield from plan_report.hints(plan)
    yield from _remarks("Bitte antworten", [each for each in plan.questions if each.stops])


def _change(each: Change) -> str:
    row = f"Zeile {each.row}, " if each.row else ""
    return f"{row}{each.sku or each.article}, {each.column}: {each.old or '–'} → {each.new or '–'}"


def _remarks(label: str, remarks: Sequence[Remark]) -> Iterator[str]:
    every = plan_report.gathered(remarks)
    for each in every[:MOST]:
        place = f"{each.place}: " if each.place else ""
        answer = f" → {each.answer}" if each.answer else ""
        yield f"{label}: {place}{each.sentence}{answer}"
    yield from _more(len(every) - MOST, "dieser Art")


def _more(number: int, of_what: str) -> Iterator[str]:
    if number > 0:
        yield f"… und {number} weitere {of_what}"

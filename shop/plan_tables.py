"""A plan on a terminal: what changes first, what must be answered and the sum last, right above the question."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from shop import plan_report

if TYPE_CHECKING:
    from catalog.exchange.articles import Remark
    from catalog.exchange.plan import Change, Plan
    from shop.plan_report import Gathered

_MOST_ADDED, _MOST_CHANGED, _MOST_COLUMNS, _MOST_REMARKS = 8, 14, 12, 10
_WIDEST = 16  # to which columns of different articles are made alike
_WARM, _STOP, _QUIET = "bold orange3", "bold red", "dim"


def show(plan: "Plan", name: str, console: Console) -> None:
    """Print the plan of a file of this name, as wide as the terminal is."""
    console.print(Text.assemble((name, "bold"), f" – gelesen als {plan_report.read_as(plan)}"), highlight=False)
    for note in plan.notes:
        console.print(_indented(_bulleted(Text(note))))
    for part in _parts(plan):
        console.print()
        console.print(part)
    console.print()


def _parts(plan: "Plan") -> Iterator[RenderableType]:
    stopping = [each for each in plan.questions if each.stops]
    asked = [each for each in plan.questions if not each.stops]
    if plan.added:
        yield _added(plan)
    if plan.changes:
        yield _changed(plan)
    if plan.unknown_columns:
        yield _unknown(plan)
    if asked:
        yield _remarks("Bitte ansehen", asked, _WARM)
    if plan.refused:
        rows = len({each.row for each in plan.refused})
        yield _remarks(
            f"Abgelehnt: {plan_report.number(rows, 'Zeile', 'Zeilen')}", plan.refused, _STOP, plan_report.hints(plan)
        )
    if stopping:
        yield _remarks("Bitte zuerst antworten", stopping, _STOP)
    yield _sum(plan)


def _added(plan: "Plan") -> RenderableType:
    table = _table(2)
    for each in plan.added[:_MOST_ADDED]:
        table.add_row(_line(each.article), Text(plan_report.added_in_words(each), _QUIET))
    every = plan_report.added_in_all(plan)
    return _section(_title_of_added(plan.products.new, every), _WARM, table, every - _MOST_ADDED)


def _changed(plan: "Plan") -> RenderableType:
    shown = plan.changes[:_MOST_CHANGED]
    widths = [min(_WIDEST, max(map(len, column))) for column in zip(*map(_cells, shown), strict=True)]
    lines: list[RenderableType] = []
    for article, changes in plan_report.by_article(shown).items():
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column()
        for width in widths:
            table.add_column(min_width=width, overflow="fold")
        table.columns[-1].justify, table.columns[-1].style = "right", _QUIET
        table.add_column(overflow="fold")
        for each in changes:
            table.add_row("", *_cells(each), Text.assemble("→ ", (each.new or "–", "bold")))
        lines += [_line(article), table]
    prices = plan_report.prices_in_words(plan)
    title = f"Geändert: {plan_report.number(plan.tally.changes, 'Angabe', 'Angaben')}{f', {prices}' if prices else ''}"
    return _section(title, _WARM, Group(*lines), plan.tally.changes - len(shown))


def _cells(change: "Change") -> tuple[str, str, str]:
    return change.sku, change.column, change.old or "–"


def _unknown(plan: "Plan") -> RenderableType:
    table = _table(2)
    for each in plan.unknown_columns[:_MOST_COLUMNS]:
        table.add_row(_line(each.name), Text(" · ".join(each.samples), _QUIET, overflow="ellipsis", no_wrap=True))
    hint = Text(plan_report.how_to_map(plan.unknown_columns), _QUIET)
    title = f"Unbekannte Spalten, sie bleiben weg: {len(plan.unknown_columns)}"
    return _section(title, _WARM, Group(table, hint), len(plan.unknown_columns) - _MOST_COLUMNS)


def _remarks(title: str, remarks: "Sequence[Remark]", style: str, hints: Sequence[str] = ()) -> RenderableType:
    every = plan_report.gathered(remarks)
    shown = [_remark(each) for each in every[:_MOST_REMARKS]]
    return _section(title, style, Group(*shown, *(Text(each, _QUIET) for each in hints)), len(every) - _MOST_REMARKS)


def _remark(each: "Gathered") -> RenderableType:
    place = f"{each.place}: " if each.place else ""
    answer = f"\n→ {each.answer}" if each.answer else ""
    return _bulleted(Text.assemble((place, _QUIET), each.sentence, (answer, "bold")))


def _sum(plan: "Plan") -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    table.add_column("")
    for heading in ("neu", "geändert", "unverändert"):
        table.add_column(heading, justify="right")
    for name, counts in (("Artikel", plan.products), ("Varianten", plan.variants)):
        numbers = (counts.new, counts.changed, counts.unchanged)
        table.add_row(
            Text(name, "bold"), *(Text(f"{each:,}".replace(",", "."), "" if each else _QUIET) for each in numbers)
        )
    return table


def _figure(number: int) -> Text:
    return Text(f"{number:,}".replace(",", "."), "" if number else _QUIET)


def _section(title: str, style: str, body: RenderableType, hidden: int) -> RenderableType:
    more = [Text(f"… und {hidden} weitere", _QUIET)] if hidden > 0 else []
    return Group(Text(title, style), _indented(Group(body, *more)))


def _table(columns: int) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(columns):
        table.add_column(overflow="fold")
    return table


def _bulleted(text: Text) -> RenderableType:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_row("•", text)
    return table


def _line(text: str) -> Text:
    return Text(text, overflow="ellipsis", no_wrap=True)


def _indented(body: RenderableType) -> RenderableType:
    return Padding(body, (0, 0, 0, 2))


def _title_of_added(new: int, every: int) -> str:
    if not new:
        return f"Neue Varianten bei {plan_report.number(every, 'Artikel', 'Artikeln')}"
    more = ", und neue Varianten bei vorhandenen" if every > new else ""
    return f"Neu: {plan_report.number(new, 'Artikel', 'Artikel')}{more}"

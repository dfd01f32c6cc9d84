"""What `check` says on a terminal: what is technical, what the law asks, what is to come; red first, green briefly."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import click

from shop.checks import Finding
from shop.law.book import Coming
from shop.law.rules import ERROR, INFO
from shop.law.texts import Found

_COLOURS = {"✗": "red", "!": "yellow", "·": "blue", "✓": "green"}


def lines(findings: Sequence[Finding], coming: Iterable[Coming]) -> Iterator[str]:
    """All findings, group by group."""
    technical = [each for each in findings if not each.source]
    lawful = [each for each in findings if each.source]
    yield from _group("Technik", technical)
    yield from _group("Gesetz", lawful)
    yield from _coming(coming)
    yield _summary(findings)


def text_lines(found: Sequence[Found]) -> Iterator[str]:
    """Every stale wording, place by place."""
    for each in found:
        sign = "✗" if each.stale.severity == ERROR else "!"
        yield f"{_sign(sign)} {each.sentence}"
    if not found:
        yield f"{_sign('✓')} Kein Text nennt überholtes Recht."


def mark_of(finding: Finding) -> str:
    """How it is shown before its message."""
    if finding.ok:
        return "✓"
    return {ERROR: "✗", INFO: "·"}.get(finding.severity, "!")


def _group(title: str, findings: Sequence[Finding]) -> Iterator[str]:
    """What is red, then yellow, then what is only to know, then what is well."""
    yield click.style(title, bold=True)
    order = list(_COLOURS)
    for each in sorted(findings, key=lambda finding: order.index(mark_of(finding))):
        law = f"{each.id} ({each.source}): " if each.source else ""
        yield f"  {_sign(mark_of(each))} {law}{each.message}"
    yield ""


def _coming(coming: Iterable[Coming]) -> Iterator[str]:
    every = list(coming)
    if not every:
        return
    yield click.style("Kommt noch", bold=True)
    for each in every:
        what = each.rule.duty if each.is_new else f"ändert sich: {each.rule.duty}"
        yield f"  · ab {_day(each.on)} {each.rule.id} ({each.rule.source}): {what}"
    yield ""


def _summary(findings: Sequence[Finding]) -> str:
    red = sum(each.is_serious for each in findings)
    yellow = sum(mark_of(each) == "!" for each in findings)
    return f"{_many(red, 'roter Punkt', 'rote Punkte')}, {_many(yellow, 'gelber', 'gelbe')}."


def _sign(sign: str) -> str:
    return click.style(sign, fg=_COLOURS[sign])


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"

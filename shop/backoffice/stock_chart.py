"""The chart of a variant's stock over time: a stepped line in SVG, with words and a table beside it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from catalog import stock
from catalog.times import german_day
from catalog.units import Unit, format_quantity
from shop.formats import german_date

WIDTH, HEIGHT = 1000, 300


class Span(StrEnum):
    """How far back the chart looks."""

    QUARTER = "90-tage"
    YEAR = "jahr"


SHOWN = {Span.QUARTER: "90 Tage", Span.YEAR: "1 Jahr"}
_LENGTH = {Span.QUARTER: timedelta(days=90), Span.YEAR: timedelta(days=365)}
_ROWS = {Span.QUARTER: 9, Span.YEAR: 12}

Point = tuple[datetime, int]


@dataclass(frozen=True)
class Chart:
    """A chart in a box of WIDTH × HEIGHT: `line` and `area` are paths; quantities in smallest units."""

    line: str
    area: str
    most: int
    since: datetime
    sentence: str
    rows: list[Point]


def of(session: Session, variant_id: int, unit: Unit, span: Span, now: datetime) -> Chart:
    """The chart of a variant up to now."""
    since = now - _LENGTH[span]
    return drawn(stock.history(session, variant_id, since), unit, span, now)


def drawn(history: list[Point], unit: Unit, span: Span, now: datetime) -> Chart:
    """The chart of what was on hand: `history` begins with its span and says what was there after each change."""
    since = history[0][0]
    daily = _last_of_each_day(history)
    most, least = max(1, *(on_hand for _, on_hand in daily)), min(0, *(on_hand for _, on_hand in daily))
    line = _line(daily, since, now, most, least)
    floor = _y(0, most, least)
    return Chart(
        line=line,
        area=f"{line} V{floor} H0 Z",
        most=most,
        since=since,
        sentence=_sentence(history, unit, span),
        rows=[(at, _on_hand_at(history, at)) for at in _moments(since, now, _ROWS[span])],
    )


def _last_of_each_day(history: list[Point]) -> list[Point]:
    days = {german_day(at): (at, on_hand) for at, on_hand in history[1:]}
    return [history[0], *days.values()]


def _line(points: list[Point], since: datetime, now: datetime, most: int, least: int) -> str:
    steps = [f"M0 {_y(points[0][1], most, least)}"]
    for at, on_hand in points[1:]:
        x = round((at - since) / (now - since) * WIDTH, 1)
        steps.append(f"H{x} V{_y(on_hand, most, least)}")
    return " ".join([*steps, f"H{WIDTH}"])


def _y(on_hand: int, most: int, least: int) -> float:
    return round((most - on_hand) / (most - least) * HEIGHT, 1)


def _sentence(history: list[Point], unit: Unit, span: Span) -> str:
    def told(quantity: int) -> str:
        return format_quantity(quantity, unit)

    most, least = max(history, key=lambda point: point[1]), min(history, key=lambda point: point[1])
    if len(history) == 1:
        return f"In dieser Zeit hat sich nichts geändert: immer {told(history[0][1])}."
    return (
        f"Bestand über {SHOWN[span]}: zuerst {told(history[0][1])}, jetzt {told(history[-1][1])}; am meisten "
        f"{told(most[1])} am {german_date(most[0])}, am wenigsten {told(least[1])} am {german_date(least[0])}."
    )


def _moments(since: datetime, now: datetime, rows: int) -> list[datetime]:
    return [since + (now - since) * step / rows for step in range(rows + 1)]


def _on_hand_at(history: list[Point], at: datetime) -> int:
    return [on_hand for moment, on_hand in history if moment <= at][-1]

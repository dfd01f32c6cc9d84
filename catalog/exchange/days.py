"""Days and moments as Germans and other programs write them, as Berlin time."""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from catalog.exchange.damage import NotACell

_BERLIN = ZoneInfo("Europe/Berlin")
_YEARS = range(1990, 2100)
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mär mrz mar mae", "apr", "mai may", "jun", "jul", "aug", "sep", "okt oct", "nov", "dez dec"),
        start=1,
    )
    for name in names.split()
}
_CLOCK = r"(?:(?:,|T| )\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?(?: Uhr)?)?"
_WAYS = tuple(
    re.compile(rf"(?:{day}){_CLOCK}", re.IGNORECASE)
    for day in (
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4}|\d{2})",
        r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})",
        r"(?P<year>20\d{2})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?P<day>\d{1,2})\.?[ -](?P<name>[a-zäé]{3,9})\.?,?[ -](?P<year>\d{4})",
        r"(?P<name>[a-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})",
        r"(?P<first>\d{1,2})[/-](?P<second>\d{1,2})[/-](?P<year>\d{4})",
    )
)
_WITH_ZONE = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?P<zone>Z|[+-]\d{2}:?\d{2})?")
_HOW = "Bitte so eintragen: 31.12.2026"


def moment(cell: str, *, is_end: bool = False) -> datetime:
    """Read a day (31.12.2026, 31.12.26, 2026-12-31, 31. Dezember 2026, Dec 31, 2026), with or without time.

    With a zone it is that moment, else Berlin's. A day without time means its beginning, as an end its last moment,
    midnight after it. "12/31/2026" is read where only one of both can be the month. Raises NotACell.
    """
    if (zoned := _WITH_ZONE.fullmatch(cell)) and zoned["zone"]:
        return _zoned(cell)
    match = next((match for way in _WAYS if (match := way.fullmatch(cell))), None)
    if match is None:
        raise NotACell(f"„{cell}“ ist kein Datum. {_HOW}")
    found = match.groupdict()
    day, month = _day_and_month(cell, found)
    year = int(found["year"]) + (2000 if len(found["year"]) == 2 else 0)
    try:
        on, at = date(year, month, day), time(int(found["hour"] or 0), int(found["minute"] or 0))
    except ValueError as error:
        raise NotACell(f"Den Tag „{cell}“ gibt es nicht.") from error
    _refuse_far(cell, on)
    if is_end and at == time(0):
        on = date.fromordinal(on.toordinal() + 1)
    return datetime.combine(on, at, _BERLIN)


def format_moment(at: datetime, *, is_end: bool = False) -> str:
    """Write a moment so that `moment` reads it back to the minute."""
    local = at.astimezone(_BERLIN)
    if local.time() != time(0):
        return f"{local:%d.%m.%Y %H:%M}"
    return f"{date.fromordinal(local.toordinal() - 1) if is_end else local:%d.%m.%Y}"


def _day_and_month(cell: str, found: dict[str, str]) -> tuple[int, int]:
    if "first" in found:
        first, second = int(found["first"]), int(found["second"])
        if first <= 12 and second <= 12 and first != second:
            raise NotACell(f"Bei „{cell}“ ist nicht sicher, was Tag und was Monat ist. {_HOW}")
        return (second, first) if second > 12 else (first, second)
    if "name" in found:
        month = _MONTHS.get(found["name"].lower()[:3])
        if month is None:
            raise NotACell(f"„{cell}“ ist kein Datum. {_HOW}")
        return int(found["day"]), month
    return int(found["day"]), int(found["month"])


def _zoned(cell: str) -> datetime:
    try:
        at = datetime.fromisoformat(cell)
    except ValueError as error:
        raise NotACell(f"Den Tag „{cell}“ gibt es nicht.") from error
    _refuse_far(cell, at.date())
    return at.astimezone(_BERLIN)


def _refuse_far(cell: str, on: date) -> None:
    if on.year not in _YEARS:
        raise NotACell(f"Der Tag „{cell}“ liegt zu fern. Gilt das Angebot immer, lassen Sie die Zelle leer.")

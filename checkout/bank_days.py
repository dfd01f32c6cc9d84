"""Bank working days: the days on which euro transfers are carried out.

These are Monday to Friday without the closing days of the European settlement system T2 (formerly
TARGET): 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December. A German bank counts its
"Geschäftstage" (§ 675n BGB) by them; regional holidays such as Corpus Christi do not stop transfers.
"""

from datetime import date, timedelta
from functools import lru_cache

_DAY = timedelta(days=1)


def is_bank_day(day: date) -> bool:
    """Whether transfers are carried out on a day."""
    return day.weekday() < 5 and day not in _closing_days(day.year)


def on_or_after(day: date) -> date:
    """The day itself, or the next bank working day."""
    while not is_bank_day(day):
        day += _DAY
    return day


def before(day: date, number: int = 1) -> date:
    """The bank working day that lies `number` of them (at least one) before a day."""
    return _walk(day, number, -_DAY)


def after(day: date, number: int = 1) -> date:
    """The bank working day that lies `number` of them (at least one) after a day.

    Friday → Monday; Thursday before Easter → Tuesday after it.
    """
    return _walk(day, number, _DAY)


def _walk(day: date, number: int, step: timedelta) -> date:
    for _ in range(number):
        day += step
        while not is_bank_day(day):
            day += step
    return day


@lru_cache(maxsize=16)
def _closing_days(year: int) -> frozenset[date]:
    """Imported where it is needed: the library is large, and most requests count no bank days."""
    from holidays import financial_holidays

    return frozenset(financial_holidays("ECB", years=year))

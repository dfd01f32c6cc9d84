"""How values look to people: the filters of all templates, storefront and backoffice alike."""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from markupsafe import Markup

from catalog.money import format_cents
from catalog.units import PRICE_UNIT_NAME, Unit, format_quantity, format_short
from catalog.vat import format_rate
from checkout import carriers, opening
from shop.legal import country_name

BERLIN = ZoneInfo("Europe/Berlin")


def set_up(app: Flask) -> None:
    """Give all templates the filters, and the functions for addresses of pictures and of parcels on their way."""
    app.jinja_env.filters.update(
        cents=format_cents,
        quantity=lambda quantity, unit: format_quantity(quantity, Unit(unit)),
        short_quantity=lambda quantity, unit: format_short(quantity, Unit(unit)),
        price_unit=lambda unit: PRICE_UNIT_NAME[Unit(unit)],
        vat_rate=format_rate,
        country_name=country_name,
        german_date=german_date,
        in_fours=in_fours,
        german_time=german_time,
        markdown=markdown,
        plain=plain,
        grouped=grouped,
        said_moment=lambda moment: opening.say(moment).replace(" Uhr", "\u00a0Uhr"),
        said_span=german_span,
        carrier_dative=carriers.dative,
    )
    app.jinja_env.globals.update(picture=picture, tracking_url=carriers.tracking_url)


def grouped(number: int) -> str:
    """A count as people read it: 20.000."""
    return f"{number:,}".replace(",", ".")


def german_date(moment: datetime | date) -> str:
    """22.11.2026, in Berlin."""
    local = moment.astimezone(BERLIN) if isinstance(moment, datetime) else moment
    return f"{local:%d.%m.%Y}"


def german_time(moment: datetime) -> str:
    """22.11.2026, 19:31 Uhr, in Berlin."""
    return f"{moment.astimezone(BERLIN):%d.%m.%Y, %H:%M} Uhr"


def offset(moment: datetime) -> str:
    """How far Berlin is from UTC at a moment: "UTC+01:00"; it tells the double hour in autumn apart."""
    sign_and_digits = f"{moment.astimezone(BERLIN):%z}"
    return f"UTC{sign_and_digits[:3]}:{sign_and_digits[3:]}"


def german_span(first: date, last: date) -> str:
    """24.12.2026, or "24.12. bis 31.12.2026"."""
    if first == last:
        return german_date(first)
    begin = f"{first:%d.%m.}" if first.year == last.year else german_date(first)
    return f"{begin} bis {german_date(last)}"


def in_fours(iban: str) -> str:
    """An IBAN as it is printed: "DE89 3704 0044 0532 0130 00"."""
    bare = "".join(iban.split())
    return " ".join(bare[start : start + 4] for start in range(0, len(bare), 4))


def picture(picture_hash: str, width: int, ext: str = "webp") -> str:
    """The address of a picture in one width."""
    return f"/media/{picture_hash}/{width}.{ext}"  # a page has dozens of them, and url_for takes its time


@lru_cache(maxsize=512)
def markdown(text: str) -> Markup:
    """The owner's Markdown as HTML; HTML inside it comes out as text."""
    return Markup(markdown_reader().render(text))  # noqa: S704  (html=False: nothing of the text is let through)


def plain(markdown: str) -> str:
    """The owner's Markdown as it looks best in a letter without formatting."""
    without_marks = re.sub(r"^#+ +|(?<!\\)\*\*|\\$", "", markdown, flags=re.MULTILINE)
    with_addresses = re.sub(r"(?<![\\!])\[([^\]]+)\]\(([^)\s]+)\)", r"\1: \2", without_marks)
    return re.sub(r"\\([\\`*\[\]<>|#])", r"\1", with_addresses).strip()


@lru_cache(maxsize=1)
def markdown_reader() -> Any:
    """The reader of the owner's Markdown: CommonMark with tables, HTML switched off."""
    from markdown_it import MarkdownIt  # the start need not wait for it

    return MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")

"""What the owner wishes of the facts of a file, before they are compared with the shop."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from catalog.exchange import columns, reckoning
from catalog.exchange.articles import Article, Facts, Reading, Remark
from catalog.exchange.wishes import Only, Wishes
from catalog.vat import GERMAN, Taxation

COUNTED = "counted-stock"
"""The question to which the owner says yes where stock with a plus sign was counted and is not to be added."""

_BERLIN = ZoneInfo("Europe/Berlin")
_FOR_NEW = {"name", "price_cents"}
_TELL_WHICH = frozenset({"gtin", "options"})  # which variant a row means that has no article number
_FACT_OF = {"sale_price": "sale", "sale_from": "sale", "sale_to": "sale", "variant_pictures": "pictures"}


def taken(
    session: Session, reading: Reading, wishes: Wishes, now: datetime, taxation: Taxation = GERMAN
) -> tuple[Reading, Wishes]:
    """A reading whose articles are as the owner wishes, and the wishes that are left to the planning.

    Only the facts of `wishes.columns` are taken, and only what is said of them is refused or asked. Without name and
    price among them nothing new can be made: then articles that the shop does not have are left out.

    Prices without tax get that of the article (the file's class, else the shop's) at the rate of this day in Berlin.
    A small business (§ 19 UStG) is no exception: it pays its suppliers the tax and gets none of it back (§ 15 UStG),
    so what it asks of shoppers has to hold it. Net prices of its own that are meant as they stand are not net.
    """
    classes = reckoning.classes(session) if reckoning.are_net(reading, wishes) else None
    prices = reckoning.Prices(reading, wishes, taxation, now.astimezone(_BERLIN).date(), classes)

    not_taken = _columns_not_taken(reading, wishes)

    def articles() -> Iterator[Article]:
        for article in reading.articles():
            if wishes.columns:
                _take_only(article, wishes, not_taken)
            prices.set(article)
            if not wishes.stock_is_change:
                _ask_about_additions(article, reading)
            yield article

    takes_prices = not wishes.columns or "price_cents" in wishes.columns
    questions = [each for each in reading.questions if each.column not in not_taken]
    return (
        replace(
            reading,
            articles=articles,
            questions=questions + (prices.questions() if takes_prices else []),
            notes=reading.notes + (prices.notes() if takes_prices else []),
        ),
        replace(wishes, only=_only(wishes)),
    )


def answered(questions: Iterable[Remark], wishes: Wishes) -> list[Remark]:
    """The questions, those that stop first; those to which the owner has said yes stop nothing any more."""
    asked = (replace(each, stops=each.stops and each.question not in wishes.agreed) for each in questions)
    return sorted(asked, key=lambda each: (not each.stops, each.row))


def _only(wishes: Wishes) -> Only:
    if wishes.columns and not wishes.columns >= _FOR_NEW and wishes.only is Only.BOTH:
        return Only.UPDATE
    return wishes.only


def _take_only(article: Article, wishes: Wishes, not_taken: Collection[str]) -> None:
    article.facts = _some(article.facts, wishes.columns)
    for each in article.variants:
        each.facts = _some(each.facts, wishes.columns if each.sku else wishes.columns | _TELL_WHICH)
    article.refused = [each for each in article.refused if each.column not in not_taken]
    article.questions = [each for each in article.questions if each.column not in not_taken]


def _ask_about_additions(article: Article, reading: Reading) -> None:
    """A stock with a plus sign is hardly one that was counted."""
    for each in article.variants:
        written = each.facts.get("stock")
        if isinstance(written, str) and written.startswith("+"):
            reason = f"„{written}“ sieht nach einem Zugang aus, der dazukommt. Oder ist es der gezählte Bestand?"
            column = reading.columns.get("stock", "Bestand")
            article.questions.append(Remark(each.row, column, reason, stops=True, question=COUNTED))


def _some(facts: Facts, keys: frozenset[str]) -> Facts:
    return {key: value for key, value in facts.items() if key in keys}


def _columns_not_taken(reading: Reading, wishes: Wishes) -> frozenset[str]:
    """The file's columns whose facts are not taken; what is said of a row or its number always counts."""
    if not wishes.columns:
        return frozenset()
    facts = {column: _FACT_OF.get(key, key) for key, column in reading.columns.items()}
    return frozenset(column for column, fact in facts.items() if fact not in wishes.columns and columns.is_fact(fact))

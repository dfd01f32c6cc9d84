from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from catalog.exchange.articles import Remark
from catalog.exchange.wishes import Missing, Wishes
from catalog.products import Product
from tests.catalog.exchange.importing import Importer
from tests.make import NOW

HEADER = "Artikelnummer;Produktname;Einheit;Preis;Bestand\n"


def rows(number: int, price: Callable[[int], str], stock: str = "10") -> str:
    return HEADER + "".join(f"K-{n};Knopf {n};Stück;{price(n)};{stock}\n" for n in range(number))


@pytest.fixture
def shop_of(importer: Importer) -> Callable[[int], Importer]:
    """Fills a shop with so many buttons at 10,00 € each, 10 in stock."""

    def fill(number: int) -> Importer:
        importer.write(rows(number, lambda n: "10,00"))
        return importer

    return fill


def asked(importer: Importer, content: str, wishes: Wishes | None = None) -> dict[str, Remark]:
    importer.wishes = wishes or importer.wishes
    return {each.question: each for each in importer.plan(content).questions if each.stops}


@pytest.mark.parametrize(
    ("goods", "falling", "to", "stops"),
    [
        (100, 19, "9,50", False),  # too few to be more than a correction
        (100, 24, "9,50", False),  # less than a quarter
        (100, 25, "9,50", True),
        (100, 100, "9,50", True),
        (100, 0, "9,50", False),
        (100, 5, "5,00", True),  # half price, several
        (100, 4, "5,00", False),  # less than a twentieth
        (3, 3, "9,50", False),
        (3, 2, "5,00", False),
        (3, 3, "4,00", True),
    ],
)
def test_many_or_deep_falls_of_prices_are_asked_about(
    shop_of: Callable[[int], Importer], goods: int, falling: int, to: str, stops: bool
) -> None:
    importer = shop_of(goods)
    content = rows(goods, lambda n: to if n < falling else "10,00")
    assert ("falling-prices" in asked(importer, content)) is stops


def test_the_question_about_prices_names_number_and_worst(shop_of: Callable[[int], Importer]) -> None:
    importer = shop_of(30)
    question = asked(importer, rows(30, lambda n: "1,50" if n == 7 else "9,00"))["falling-prices"]
    assert (question.row, question.column) == (8, "Preis")
    assert question.reason == (
        "30 Preise würden sinken, einer um 85 % („Knopf 7“ (K-7): 10,00\u00a0€ → 1,50\u00a0€). Ist das so gemeint?"
    )


def test_a_question_is_answered_by_its_id(shop_of: Callable[[int], Importer]) -> None:
    importer = shop_of(30)
    falling = rows(30, lambda n: "9,00")
    assert asked(importer, falling, Wishes(agreed=frozenset({"price-jump"}))).keys() == {"falling-prices"}
    assert asked(importer, falling, Wishes(agreed=frozenset({"falling-prices"}))) == {}
    assert importer.write(falling).variants.changed == 30


@pytest.mark.parametrize(
    ("price", "jumps"),
    [
        ("100,00", True),
        ("1000,00", True),
        ("80,00", True),
        ("79,00", False),
        ("1,00", True),
        ("1,30", False),
        ("0", True),
    ],
)
def test_a_price_that_jumps_tenfold_is_asked_about_even_alone(
    shop_of: Callable[[int], Importer], price: str, jumps: bool
) -> None:
    importer = shop_of(3)
    assert ("price-jump" in asked(importer, rows(3, lambda n: "10,00" if n else price))) is jumps


@pytest.mark.parametrize(
    ("stock", "jumps"), [("999", False), ("1000", True), ("9999999", True), ("0", False), ("500", False)]
)
def test_a_stock_beyond_reason_is_asked_about(shop_of: Callable[[int], Importer], stock: str, jumps: bool) -> None:
    importer = shop_of(3)
    assert ("stock-jump" in asked(importer, rows(3, lambda n: "10,00", stock))) is jumps


def test_a_new_article_with_a_number_for_its_stock_is_asked_about(importer: Importer) -> None:
    question = asked(importer, f"{HEADER}K-1;Knopf;Stück;1,00;4006381\n")["stock-jump"]
    assert question.reason == (
        "Ein Bestand ist ungewöhnlich groß („Knopf“ (K-1): 4006381\u00a0Stück). Ist es wirklich der Bestand?"
    )
    assert asked(importer, f"{HEADER}S-1;Stoff;Meter;1,00;9000\n") == {}
    assert asked(importer, f"{HEADER}S-1;Stoff;Meter;1,00;10000\n").keys() == {"stock-jump"}


@pytest.mark.parametrize(("goods", "gone", "stops"), [(30, 6, False), (30, 7, True), (5, 4, False), (6, 5, True)])
def test_much_that_is_not_in_the_file_is_asked_about(
    shop_of: Callable[[int], Importer], goods: int, gone: int, stops: bool
) -> None:
    importer = shop_of(goods)
    content = rows(goods - gone, lambda n: "10,00")
    assert ("many-zero" in asked(importer, content, Wishes(missing=Missing.ZERO))) is stops


def test_many_articles_taken_out_of_the_shop_are_asked_about(
    shop_of: Callable[[int], Importer], session: Session
) -> None:
    importer = shop_of(10)
    for each in session.exec(select(Product)):
        each.published_at = NOW
    session.flush()
    few, many = (rows(kept, lambda n: "10,00") for kept in (6, 4))
    wishes = Wishes(missing=Missing.DRAFT)
    assert asked(importer, few, wishes) == {}
    assert asked(importer, many, wishes)["many-drafts"].reason.startswith("6 von 10 Artikeln würden aus dem Laden")
    says_no = HEADER.replace("Bestand", "Veröffentlicht") + "".join(f"K-{n};;;;nein\n" for n in range(10))
    assert asked(importer, says_no, Wishes()).keys() == {"many-drafts"}


def test_a_file_that_sells_everything_out_is_asked_about(shop_of: Callable[[int], Importer]) -> None:
    importer = shop_of(40)
    assert asked(importer, rows(40, lambda n: "10,00", "0")).keys() == {"many-zero"}
    assert asked(importer, rows(15, lambda n: "10,00", "0")) == {}


def test_that_all_is_new_is_said_and_stops_nothing(shop_of: Callable[[int], Importer]) -> None:
    importer = shop_of(10)
    strange = rows(12, lambda n: "10,00").replace("K-", "X-").replace("Knopf", "Garn")
    plan = importer.plan(strange)
    assert not plan.must_be_answered
    assert [each.column for each in plan.questions] == ["Artikelnummer"]
    assert plan.questions[0].reason.startswith("Nichts aus dieser Datei kennt der Laden bisher: 12 Varianten kämen")
    assert importer.plan(strange + "K-1;;;10,00;10\n").questions == []


def test_a_first_import_is_not_asked_about(importer: Importer) -> None:
    assert importer.plan(rows(500, lambda n: "10,00")).questions == []

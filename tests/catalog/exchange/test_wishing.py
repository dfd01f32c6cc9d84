from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlmodel import Session

from catalog.exchange import dialects, wishing
from catalog.exchange.plan import Plan
from catalog.exchange.wishes import NO_WISHES, Only, Wishes
from catalog.vat import VatClass
from tests.catalog.exchange.importing import Importer
from tests.catalog.exchange.test_own import variant
from tests.make import NOW, make_product, make_variant

HEADER = "Artikelnummer;Produktname;Preis;Bestand;MwSt\n"


def prices(importer: Importer, content: str, wishes: Wishes = NO_WISHES) -> dict[str, int]:
    importer.wishes = wishes
    steps = importer.plan(content).steps
    return {each.sku: each.facts["price_cents"] for step in steps for each in step.variants}


def stopping(plan: Plan) -> list[tuple[str, str]]:
    return [(each.question, each.column) for each in plan.questions if each.stops]


def test_net_prices_get_the_tax_of_the_article(importer: Importer, session: Session) -> None:
    make_variant(session, make_product(session, vat_class=VatClass.REDUCED), sku="BUCH", price_cents=1)
    rows = "K-1;Knopf;10,00;5;voll\nH-1;Heft;10,00;5;ermäßigt\nG-1;Garn;10,00;5;\nBUCH;;10,00;5;\n"
    assert prices(importer, HEADER + rows, Wishes(are_net=True)) == {
        "K-1": 1190,
        "H-1": 1070,
        "G-1": 1190,
        "BUCH": 1070,
    }


def test_net_prices_get_the_rate_of_the_day(importer: Importer) -> None:
    importer.wishes = Wishes(are_net=True)
    plan = importer.plan(f"{HEADER}K-1;Knopf;10,00;5;\n", now=datetime(2020, 8, 1, tzinfo=UTC))
    assert [each.facts["price_cents"] for step in plan.steps for each in step.variants] == [1160]


def test_a_factor_comes_after_the_tax_and_reductions_and_steps_go_with_it(importer: Importer) -> None:
    importer.wishes = Wishes(are_net=True, factor=Decimal("2.2"), full_cents=5)
    content = "Artikelnummer;Produktname;Preis;Angebotspreis;Staffelpreise;UVP\nK-1;Knopf;3,20;2,00;ab 10: 3,00;9,99\n"
    plan = importer.plan(content)
    (facts,) = [each.facts for step in plan.steps for each in step.variants]
    assert (facts["price_cents"], facts["sale"].price_cents, facts["rrp_cents"]) == (840, 525, 999)
    assert [each.cents for each in facts["steps"]] == [785]
    assert plan.notes[0] == (
        "Preise der Spalte „Preis“: netto, wir rechnen die Mehrwertsteuer dazu; mal 2,2 (Aufschlag 120 %); aufgerundet "
        "auf volle 5 Cent. Aus 3,20\u00a0€ werden 8,40\u00a0€ (mit 19\u00a0%)."
    )


def test_a_net_price_may_be_finer_than_a_cent_and_no_other(importer: Importer) -> None:
    fine = f"{HEADER}K-1;Knopf;0,345;5;\n"
    assert prices(importer, fine, Wishes(are_net=True)) == {"K-1": 41}
    importer.wishes = NO_WISHES
    assert [(each.row, each.column) for each in importer.plan(fine).refused] == [(1, "Preis")]


@pytest.mark.parametrize("column", ["EK netto", "Einkaufspreis", "EK"])
def test_a_purchase_price_is_never_silently_the_price_of_the_shop(importer: Importer, column: str) -> None:
    content = f"Artikelnummer;Produktname;{column}\nK-1;Knopf;3,20\n"
    assert stopping(importer.plan(content)) == [("purchase", column)]
    importer.wishes = Wishes(agreed=frozenset({"purchase"}))
    assert stopping(importer.plan(content)) == []
    assert prices(importer, content, Wishes(factor=Decimal(2))) == {"K-1": 762}
    assert stopping(importer.plan(content)) == []


def test_a_column_that_says_net_is_taken_so_and_the_owner_may_say_otherwise(importer: Importer) -> None:
    content = "Artikelnummer;Produktname;VK netto\nK-1;Knopf;10,00\n"
    assert prices(importer, content) == {"K-1": 1190}
    assert stopping(importer.plan(content)) == []
    assert prices(importer, content, Wishes(are_net=False)) == {"K-1": 1000}


def test_a_price_beside_a_purchase_price_is_the_price(importer: Importer) -> None:
    assert prices(importer, "Artikelnummer;Produktname;EK;VK\nK-1;Knopf;3,20;7,95\n") == {"K-1": 795}


@pytest.mark.parametrize(
    "content",
    [
        "Alle Preise netto zzgl. MwSt.;;\nArtikelnummer;Produktname;Preis\nK-1;Knopf;10,00\n",
        "Artikelnummer;Produktname;Preis inkl. oder exkl. MwSt\nK-1;Knopf;10,00\n",
    ],
)
def test_what_leaves_open_whether_the_tax_is_in_is_asked(importer: Importer, content: str) -> None:
    mapped = {"Preis inkl. oder exkl. MwSt": "Preis"} if "exkl" in content else {}
    for are_net, agreed, expected, cents in (
        (None, frozenset[str](), ["gross"], 1000),
        (None, frozenset({"gross"}), [], 1000),
        (True, frozenset[str](), [], 1190),
        (False, frozenset[str](), [], 1000),
    ):
        wishes = Wishes(columns_of=mapped, are_net=are_net, agreed=agreed)
        assert prices(importer, content, wishes) == {"K-1": cents}
        assert [question for question, _ in stopping(importer.plan(content))] == expected


def test_only_the_wished_columns_are_taken(importer: Importer, session: Session) -> None:
    make_variant(session, make_product(session, name="Knopf", slug="knopf"), sku="K-1", price_cents=500)
    importer.wishes = Wishes(columns=frozenset({"price_cents", "stock"}))
    plan = importer.write("Artikelnummer;Produktname;Preis;Bestand;EAN\nK-1;Ganz anders;4,00;7;123\n")
    assert [(each.column, each.new) for each in plan.changes] == [("Preis", "4,00\u00a0€"), ("Bestand", "7\u00a0Stück")]
    assert (plan.refused, variant(session, "K-1").price_cents) == ([], 400)


def test_what_is_wrong_with_a_wished_column_is_refused_all_the_same(importer: Importer, session: Session) -> None:
    make_variant(session, make_product(session), sku="K-1")
    importer.wishes = Wishes(columns=frozenset({"price_cents"}))
    plan = importer.plan("Artikelnummer;Preis;EAN\nK-1;teuer;123\n")
    assert [each.column for each in plan.refused] == ["Preis"]


@pytest.mark.parametrize(
    ("columns", "only", "left"),
    [
        ({"price_cents", "stock"}, Only.BOTH, Only.UPDATE),
        ({"price_cents", "name"}, Only.BOTH, Only.BOTH),
        ({"price_cents", "name"}, Only.NEW, Only.NEW),
        ((), Only.BOTH, Only.BOTH),
    ],
)
def test_without_name_and_price_nothing_new_is_made(
    session: Session, columns: Iterable[str], only: Only, left: Only
) -> None:
    wishes = Wishes(columns=frozenset(columns), only=only)
    reading = dialects.read(f"{HEADER}K-1;Knopf;1,00;5;\n".encode())
    assert wishing.taken(session, reading, wishes, NOW)[1].only is left


def test_stock_with_a_plus_is_asked_about_unless_it_comes_on_top(importer: Importer, session: Session) -> None:
    make_variant(session, make_product(session), sku="K-1", on_hand=5)
    content = "Artikelnummer;Bestand\nK-1;+3\n"
    for wishes, asked, becomes in (
        (NO_WISHES, [("counted-stock", "Bestand")], "3\u00a0Stück"),
        (Wishes(agreed=frozenset({"counted-stock"})), [], "3\u00a0Stück"),
        (Wishes(stock_is_change=True), [], "8\u00a0Stück"),
    ):
        importer.wishes = wishes
        plan = importer.plan(content)
        assert (stopping(plan), [each.new for each in plan.changes]) == (asked, [becomes])


def test_more_than_is_there_cannot_be_taken_away(importer: Importer, session: Session) -> None:
    make_variant(session, make_product(session), sku="K-1", on_hand=5)
    importer.wishes = Wishes(stock_is_change=True)
    (refused,) = importer.plan("Artikelnummer;Bestand\nK-1;-6\n").refused
    assert refused.reason == "Es sind nur 5\u00a0Stück da."

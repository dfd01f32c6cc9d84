"""What happens in the shop between a plan and its deed: nothing of it is lost, and it stops nobody."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import Session, select

from catalog import holds, prices, products, stock
from catalog.exchange import dialects
from catalog.exchange.apply import Outcome, write
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.plan import Plan
from catalog.exchange.planning import make_plan
from catalog.exchange.wishes import NO_WISHES, Wishes
from catalog.holds import Wanted
from catalog.movements import StockMovement
from catalog.prices import PriceChange
from catalog.products import Product, Variant
from catalog.refusals import Refusal
from shop.db import Database
from tests.at_once import in_threads
from tests.make import NOW, make_product, make_variant

HEADER = "Artikelnummer;Artikel;Produktname;Preis;Bestand\n"
GOODS = f"{HEADER}A;band;Band;1,00;10\nB;borte;Borte;2,00;20\n"


@dataclass
class Desk:
    """Plans and writes in transactions of their own."""

    database: Database
    folder: Path

    def plan(self, content: str, wishes: Wishes = NO_WISHES) -> Plan:
        with self.database.reading() as session:
            return make_plan(session, dialects.read(content.encode(), wishes), self._pictures, NOW, wishes)

    def write(self, plan: Plan) -> list[Outcome]:
        outcomes = []
        for batch in plan.steps.batches():
            with self.database.writing() as session:
                outcomes.append(write(session, batch, self._pictures, now=NOW, author="import"))
        return outcomes

    @property
    def _pictures(self) -> PictureFolders:
        return PictureFolders(self.folder, [])


@pytest.fixture
def desk(either_database: Database, tmp_path: Path) -> Desk:
    desk = Desk(either_database, tmp_path)
    desk.write(desk.plan(GOODS))
    return desk


def variant(session: Session, sku: str) -> Variant:
    return session.exec(select(Variant).where(Variant.sku == sku)).one()


def told(desk: Desk, sku: str) -> tuple[int, int, int]:
    """Price, stock, and what is held; the ledgers say the same."""
    with desk.database.reading() as session:
        found = variant(session, sku)
        moved = session.exec(select(StockMovement.change).where(StockMovement.variant_id == found.id)).all()
        changes = session.exec(select(PriceChange.price_cents).where(PriceChange.variant_id == found.id)).all()
        assert (sum(moved), changes[-1]) == (found.on_hand, found.price_cents)
        return found.price_cents, found.on_hand, found.held


def test_a_sale_between_plan_and_deed_is_not_overwritten_by_what_stays(desk: Desk) -> None:
    plan = desk.plan(GOODS.replace("1,00", "1,50"))
    with desk.database.writing() as session:
        stock.move(session, variant(session, "A"), -3, stock.Why.SOLD_IN_STORE, now=NOW, author="x")
    (outcome,) = desk.write(plan)
    assert (told(desk, "A"), outcome.left_out) == ((150, 7, 0), [])


def test_stock_that_the_plan_sets_is_counted_now_whatever_was_sold(desk: Desk) -> None:
    plan = desk.plan(GOODS.replace(";10", ";12"))
    with desk.database.writing() as session:
        stock.move(session, variant(session, "A"), -3, stock.Why.SOLD_IN_STORE, now=NOW, author="x")
    (outcome,) = desk.write(plan)
    assert told(desk, "A") == (100, 12, 0)
    assert outcome.steps[0].variants[0].old == {"stock": 7}


def test_stock_that_is_added_comes_on_top_of_what_is_there_then(desk: Desk) -> None:
    plan = desk.plan("Artikelnummer;Bestand\nA;5\n", Wishes(stock_is_change=True))
    with desk.database.writing() as session:
        stock.move(session, variant(session, "A"), -3, stock.Why.SOLD_IN_STORE, now=NOW, author="x")
    desk.write(plan)
    assert told(desk, "A") == (100, 12, 0)


def test_an_article_whose_goods_are_promised_meanwhile_is_left_out_alone(desk: Desk) -> None:
    plan = desk.plan(GOODS.replace(";10", ";2").replace(";20", ";5"))
    with desk.database.writing() as session:
        holds.hold(session, "order", [Wanted(variant(session, "A").id or 0, 4)], now=NOW)
    (outcome,) = desk.write(plan)
    assert [(each.row, "reserviert" in each.reason) for each in outcome.left_out] == [(1, True)]
    assert (told(desk, "A"), told(desk, "B")) == ((100, 10, 4), (200, 5, 0))


def test_what_somebody_else_has_done_already_is_not_done_again(desk: Desk) -> None:
    plan = desk.plan(GOODS.replace("1,00", "1,50"))
    with desk.database.writing() as session:
        prices.set_regular(session, variant(session, "A"), 150, now=NOW, author="x")
    (outcome,) = desk.write(plan)
    assert (told(desk, "A"), [step.variants for step in outcome.steps]) == ((150, 10, 0), [[]])


def test_a_variant_that_is_gone_meanwhile_is_left_out(desk: Desk) -> None:
    plan = desk.plan(GOODS.replace("1,00", "1,50").replace("2,00", "2,50"))
    with desk.database.writing() as session:
        found = variant(session, "A")
        found.sku = "A-ALT"
        session.add(found)
        session.flush()
        products.touch(session, found.product_id, NOW)
    (outcome,) = desk.write(plan)
    assert [each.row for each in outcome.left_out] == [1]
    assert (told(desk, "A-ALT"), told(desk, "B")) == ((100, 10, 0), (250, 20, 0))


def test_an_article_number_that_was_given_meanwhile_is_left_out(desk: Desk) -> None:
    plan = desk.plan(f"{HEADER}NEU;spitze;Spitze;3,00;1\nNEU-2;litze;Litze;3,00;1\n")
    with desk.database.writing() as session:
        make_variant(session, make_product(session), sku="NEU", price_cents=495)
    (outcome,) = desk.write(plan)
    assert [each.row for each in outcome.left_out] == [1]
    assert (told(desk, "NEU")[0], told(desk, "NEU-2")[0]) == (495, 300)
    with desk.database.reading() as session:
        assert session.exec(select(Product).where(Product.slug == "spitze")).all() == []


def test_an_import_and_orders_of_the_same_goods_never_wait_for_each_other_in_a_ring(desk: Desk) -> None:
    every = "".join(f"N{n};artikel-{n};Artikel {n};1,00;50\n" for n in range(30))
    desk.write(desk.plan(HEADER + every))
    plans = [desk.plan(HEADER + every.replace(";1,00;50", f";1,{n}0;{60 + n}")) for n in range(3)]
    with desk.database.reading() as session:
        goods = [variant(session, f"N{n}").id or 0 for n in range(30)]

    def work(which: int) -> None:
        if which == 0:
            for plan in plans:
                desk.write(plan)
            return
        for n in range(12):
            with desk.database.writing() as session:
                some = goods[which::3] if n % 2 else list(reversed(goods[n::4]))
                holds.hold(session, f"order-{which}-{n}", [Wanted(each, 1) for each in some], now=NOW)

    in_threads(3, work)
    for n in range(30):
        cents, on_hand, held = told(desk, f"N{n}")
        assert (cents, on_hand) == (120, 62)
        assert held <= on_hand


def test_a_rule_that_refuses_writes_nothing_of_its_batch(desk: Desk) -> None:
    plan = desk.plan(f"{HEADER}NEU;spitze;Spitze;3,00;1\n")
    next(iter(plan.steps)).variants[0].facts["steps"] = (prices.Step(1, 500),)
    with pytest.raises(Refusal):
        desk.write(plan)
    with desk.database.reading() as session:
        assert session.exec(select(Variant.sku)).all() == ["A", "B"]

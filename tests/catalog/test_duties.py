"""What the law wants said of some articles only."""

import re

import pytest
from sqlmodel import Session

from catalog import duties, editing, last_of_kind, readiness, remnants, stock
from catalog.duties import Duties
from catalog.products import Product
from tests.make import NOW, make_fabric, make_product, make_variant

TOLD = Duties(
    is_old_stock=True,
    is_electric=True,
    weee_number="DE12345678",
    has_battery=True,
    guarantee_months=30,
    guarantee_brand="Nordgarn",
    guarantee_model="N 3",
    guarantee_terms="Nordgarn GmbH, Bremen, repariert.",
    claim_evidence="GOTS-zertifiziert",
    claim_link="https://nordgarn.example/gots",
    repair_info="Ersatzteile für zehn Jahre",
)


@pytest.mark.parametrize(
    ("typed", "months", "shown"),
    [("3", 36, "3 Jahre"), ("2,5", 30, "2½ Jahre"), ("2½", 30, "2½ Jahre"), ("10 Jahre", 120, "10 Jahre")],
)
def test_guarantees_come_in_half_years(typed: str, months: int, shown: str) -> None:
    assert duties.months_of(typed) == months
    assert duties.years(months) == shown


@pytest.mark.parametrize("typed", ["", "2,3", "drei", "1e9", "-3", "nan", "Infinity", "36 Monate"])
def test_other_lengths_are_not_understood(typed: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(typed)}$"):
        duties.months_of(typed)


def test_without_years_nothing_is_said_of_a_guarantee() -> None:
    assert Duties(guarantee_brand="Nordgarn").guarantee == ""
    assert TOLD.guarantee == "Haltbarkeitsgarantie des Herstellers: 2½ Jahre, Marke Nordgarn, Modell N 3"


def test_all_of_it_is_changed_with_the_other_facts_and_nothing_is_lost(session: Session) -> None:
    product = make_product(session)
    facts = editing.facts_of(session, product)
    changed = editing.ProductFacts(**vars(facts) | {"duties": TOLD})
    editing.change(session, product, changed, seen=editing.fingerprint(facts), now=NOW, author="test")
    assert duties.of(session.get_one(Product, product.id)) == TOLD
    assert editing.fingerprint(changed) != editing.fingerprint(facts)


def test_a_new_article_of_the_kind_takes_none_of_it_over(session: Session) -> None:
    product = make_product(session)
    for name, value in duties.columns(TOLD).items():
        setattr(product, name, value)
    session.flush()
    assert last_of_kind.product_facts(session, product.kind).duties == Duties()


def test_a_remnant_says_what_its_source_says(session: Session) -> None:
    fabric = make_fabric(session, on_hand=0)
    stock.receive(session, fabric, 60, now=NOW, author="test")
    source = session.get_one(Product, fabric.product_id)
    source.claim_evidence = "GOTS-zertifiziert"
    session.flush()
    assert "claim_evidence" in duties.COLUMNS
    made = remnants._product_like(session, source, fabric, 60, NOW)
    assert made.claim_evidence == "GOTS-zertifiziert"


def test_old_stock_may_be_shown_without_its_maker(session: Session) -> None:
    product = session.get_one(Product, make_variant(session).product_id)
    assert "hersteller" in [gap.where for gap in readiness.missing(session, product)]
    product.is_old_stock = True
    assert "hersteller" not in [gap.where for gap in readiness.missing(session, product)]

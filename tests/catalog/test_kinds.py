"""The owner's own kinds of goods and facts: added, changed, put in order, and removed only while unused."""

import pytest
from sqlmodel import Session

from catalog import attributes, facts, kinds, products
from catalog.attributes import AttributeKind, AttributeType
from catalog.facts import Fact, FactInUse, NotAFact
from catalog.kinds import KindInUse, NotAKind
from catalog.products import Kind, Product
from catalog.units import Unit
from tests.make import NOW, make_product


def test_a_shop_is_born_with_the_kinds_of_a_haberdashery(session: Session) -> None:
    assert [each.key for each in kinds.of(session)] == [each.value for each in Kind]
    assert kinds.textile_keys(session) == {"fabric", "yarn"}


def test_the_owner_adds_a_kind(session: Session) -> None:
    kind = kinds.add(session, "  Schnittmuster ", unit=Unit.PIECE)
    assert (kind.key, kind.label, kinds.of(session)[-1].id) == ("schnittmuster", "Schnittmuster", kind.id)
    assert make_product(session, kind=kind.key).kind == "schnittmuster"
    assert kinds.find(session, "schnittmuster") is kind


@pytest.mark.parametrize(("label", "sentence"), [
    ("", "einen Namen"), ("stoff", "gibt es schon"), ("x" * 81, "höchstens 80"),
])  # fmt: skip
def test_a_kind_needs_a_name_of_its_own(session: Session, label: str, sentence: str) -> None:
    with pytest.raises(NotAKind, match=sentence):
        kinds.add(session, label)


def test_a_kind_keeps_its_key_when_it_is_renamed(session: Session) -> None:
    fabric = kinds.find(session, "fabric")
    assert fabric is not None
    kinds.change(session, fabric, label="Stoffe", unit=Unit.PIECE, is_textile=True)
    assert (fabric.key, fabric.label, fabric.unit) == ("fabric", "Stoffe", "piece")


def test_only_an_unused_kind_goes_and_nothing_is_asked_of_it_any_more(session: Session) -> None:
    kind = kinds.add(session, "Wachstuch", is_textile=True)
    fact = facts.add(session, Fact("Beschichtung"), kind.key)
    product = make_product(session, kind=kind.key)
    with pytest.raises(KindInUse, match="1 Artikel ist von der Warenart „Wachstuch“"):
        kinds.remove(session, kind)
    product.kind = Kind.FABRIC.value
    session.flush()
    kinds.remove(session, kind)
    assert kinds.find(session, "wachstuch") is None
    assert fact.goods == ""


# Facts


def yarn_facts(session: Session) -> list[str]:
    return [each.label for each in attributes.asked(session, Kind.YARN)]


def told(session: Session, fact: AttributeType, text: str) -> Product:
    product = make_product(session)
    assert product.id is not None
    attributes.set_values(session, product.id, {fact.key: text}, NOW)
    session.flush()
    return product


def shown(session: Session, product: Product) -> str:
    assert product.id is not None
    return attributes.of(session, [product.id])[product.id][0][1].replace("\u00a0", " ")


def test_facts_are_put_in_order_within_their_kind(session: Session) -> None:
    attributes.ensure_types(session)
    fact = facts.add(session, Fact("Farbverlauf", AttributeKind.YES_NO), Kind.YARN)
    assert yarn_facts(session)[-1] == "Farbverlauf"
    others = yarn_facts(session)[:-1]
    for _ in range(20):
        facts.move(session, fact, Kind.YARN, later=False)
    assert yarn_facts(session) == ["Farbverlauf", *others]
    facts.move(session, fact, Kind.YARN, later=True)
    assert yarn_facts(session) == [others[0], "Farbverlauf", *others[1:]]


def test_a_fact_is_asked_of_several_kinds(session: Session) -> None:
    attributes.ensure_types(session)
    fact = facts.add(session, Fact("Öko-Siegel"), Kind.YARN)
    facts.ask(session, fact, Kind.FABRIC, asked=True)
    facts.ask(session, fact, Kind.FABRIC, asked=True)
    assert fact.goods == "yarn fabric"
    facts.ask(session, fact, Kind.YARN, asked=False)
    assert "Öko-Siegel" not in yarn_facts(session)


@pytest.mark.parametrize(("fact", "where"), [
    (Fact(""), "label"), (Fact("nadelstärke"), "label"), (Fact("x" * 81), "label"),
    (Fact("Neu", AttributeKind.NUMBER, decimals=4), "decimals"),
    (Fact("Neu", AttributeKind.CHOICE, choices=("eins", " ", "EINS")), "choices"),
    (Fact("Neu", AttributeKind.CHOICE, choices=("x" * 81, "y")), "choices"),
])  # fmt: skip
def test_a_fact_that_cannot_be_is_refused_where_it_is_typed(session: Session, fact: Fact, where: str) -> None:
    attributes.ensure_types(session)
    with pytest.raises(NotAFact) as refused:
        facts.add(session, fact, Kind.YARN)
    assert refused.value.where == where


@pytest.mark.parametrize(("before", "typed", "after", "expected"), [
    (Fact("X", AttributeKind.NUMBER, "mm", 1), "3,5", Fact("Y", AttributeKind.NUMBER, "mm", 2), "3,5 mm"),
    (Fact("X", AttributeKind.NUMBER, "mm", 1), "3–4", Fact("X", AttributeKind.NUMBER, "cm", 0), "3–4 cm"),
    (Fact("X", AttributeKind.NUMBER, "mm"), "3", Fact("X"), "3 mm"),
    (Fact("X"), "140 cm", Fact("X", AttributeKind.NUMBER, "cm"), "140 cm"),
    (Fact("X"), "metall", Fact("X", AttributeKind.CHOICE, choices=("Metall", "Holz")), "Metall"),
    (Fact("X"), "ja", Fact("X", AttributeKind.YES_NO), "ja"),
])  # fmt: skip
def test_what_articles_tell_follows_a_changed_fact(
    session: Session, before: Fact, typed: str, after: Fact, expected: str
) -> None:
    fact = facts.add(session, before, Kind.YARN)
    product = told(session, fact, typed)
    facts.change(session, fact, after, NOW)
    assert shown(session, product) == expected
    assert facts.of(fact) == after


@pytest.mark.parametrize(("before", "typed", "after", "where"), [
    (Fact("X", AttributeKind.NUMBER, "mm", 1), "3,5", Fact("X", AttributeKind.NUMBER, "mm"), "decimals"),
    (Fact("X"), "breit", Fact("X", AttributeKind.NUMBER, "cm"), "kind"),
    (Fact("X", AttributeKind.CHOICE, choices=("A", "B")), "A", Fact("X", AttributeKind.CHOICE, choices=("B", "C")),
     "choices"),
])  # fmt: skip
def test_a_change_that_would_lose_what_articles_tell_is_refused(
    session: Session, before: Fact, typed: str, after: Fact, where: str
) -> None:
    fact = facts.add(session, before, Kind.YARN)
    told(session, fact, typed)
    with pytest.raises(NotAFact, match="passt nicht zu einem Artikel") as refused:
        facts.change(session, fact, after, NOW)
    session.expire_all()
    assert refused.value.where == where


def test_only_an_unused_fact_goes(session: Session) -> None:
    fact = facts.add(session, Fact("Waschbar", AttributeKind.YES_NO), Kind.FABRIC)
    product = told(session, fact, "ja")
    with pytest.raises(FactInUse, match="„Waschbar“ steht noch bei einem Artikel"):
        facts.remove(session, fact)
    assert product.id is not None
    attributes.set_values(session, product.id, {fact.key: ""}, NOW)
    facts.remove(session, fact)
    assert "Waschbar" not in {each.label for each in attributes.types(session)}


def test_a_changed_fact_stales_the_articles_that_tell_it(session: Session) -> None:
    fact = facts.add(session, Fact("Waschbar"), Kind.FABRIC)
    product = told(session, fact, "bei 30 Grad")
    session.refresh(product)
    before = product.version
    facts.change(session, fact, Fact("Wäsche"), NOW)
    session.refresh(product)
    assert product.version > before
    assert products.Kind.FABRIC in fact.goods

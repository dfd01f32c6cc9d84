from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session

from catalog.exchange import dialects, mapping, memory
from catalog.exchange.articles import Reading
from catalog.exchange.memory import NoSuchMemory, NotAName
from catalog.exchange.reading import NotATable
from catalog.exchange.wishes import NO_WISHES, Missing, Wishes
from tests.make import NOW

LIST = "Referenz;Was;Euro\nK-1;Knopf;1,20\n"
MUELLER = Wishes(
    columns_of={"Referenz": "Artikelnummer", "Was": "Produktname", "Euro": "Preis"},
    are_net=True,
    factor=Decimal("2.2"),
    agreed=frozenset({"falling-prices"}),
)


@pytest.fixture
def mueller(session: Session) -> str:
    """The fingerprint of a price list of which is remembered how it is taken."""
    fingerprint = mapping.fingerprint(["Referenz", "Was", "Euro"])
    memory.remember(session, fingerprint, "Preisliste Müller", MUELLER, author="Nadja", now=NOW)
    return fingerprint


def read(session: Session, content: str = LIST, wishes: Wishes = NO_WISHES) -> Reading:
    return dialects.read(content.encode(), wishes, memory.memories(session))


def test_a_file_of_a_known_header_is_taken_as_the_one_before_and_says_so(session: Session, mueller: str) -> None:
    reading = read(session, "Preise 2027\nEuro|Was|Referenz\n1,20|Knopf|K-1\n")
    (article,) = reading.articles()
    assert (reading.memory, article.variants[0].sku, article.facts["name"]) == ("Preisliste Müller", "K-1", "Knopf")
    assert reading.wishes == replace(MUELLER, agreed=frozenset(), taken_as="")
    assert reading.notes[0] == (
        "Gelesen wie „Preisliste Müller“ zuletzt am 22.11.2026: „Referenz“ ist „Artikelnummer“; „Was“ ist "
        "„Produktname“; „Euro“ ist „Preis“; Preise netto; mal 2,2 (Aufschlag 120 %)."
    )


def test_a_yes_is_said_once_and_not_remembered(session: Session, mueller: str) -> None:
    assert memory.memories(session)[mueller].wishes.agreed == frozenset()


def test_what_the_owner_says_now_goes_before_what_is_remembered(session: Session, mueller: str) -> None:
    now = Wishes(factor=Decimal(3), columns_of={"Was": ""})
    wishes = read(session, wishes=now).wishes
    assert (wishes.factor, wishes.are_net) == (Decimal(3), True)
    assert wishes.columns_of == {"Referenz": "Artikelnummer", "Was": "", "Euro": "Preis"}


def test_the_usual_can_be_said_against_what_is_remembered(session: Session, mueller: str) -> None:
    assert read(session, wishes=Wishes(said=frozenset({"factor"}))).wishes.factor == 1
    known = Wishes(missing=Missing.DRAFT)
    assert memory.over(Wishes(said=frozenset({"missing"})), known).missing is Missing.KEEP
    assert memory.over(NO_WISHES, known).missing is Missing.DRAFT


def test_a_memory_can_be_left_aside_or_taken_for_another_header(session: Session, mueller: str) -> None:
    with pytest.raises(NotATable):
        read(session, wishes=Wishes(taken_as=""))
    longer = "Referenz;Was;Euro;Neu\nK-1;Knopf;1,20;x\n"
    assert read(session, longer, Wishes(taken_as="preisliste MÜLLER")).memory == "Preisliste Müller"
    with pytest.raises(NoSuchMemory, match="Meinten Sie „Preisliste Müller“"):
        read(session, wishes=Wishes(taken_as="Preisliste Möller"))


def test_a_name_remembers_one_header_and_a_header_has_one_name(session: Session, mueller: str) -> None:
    memory.remember(session, "other", "preisliste  müller", NO_WISHES, author="Nadja", now=NOW)
    assert [(each.fingerprint, each.name) for each in memory.every(session)] == [("other", "preisliste müller")]
    memory.remember(session, mueller, "Bänder", NO_WISHES, author="Nadja", now=NOW)
    memory.remember(session, mueller, "Preisliste Müller", MUELLER, author="Nadja", now=NOW)
    assert [(each.fingerprint, each.name) for each in memory.every(session)] == [(mueller, "Preisliste Müller")]


def test_what_is_forgotten_is_not_taken_again(session: Session, mueller: str) -> None:
    assert memory.forget(session, "PREISLISTE müller") == "Preisliste Müller"
    with pytest.raises(NotATable):
        read(session)
    with pytest.raises(NoSuchMemory, match="noch nichts gemerkt"):
        memory.forget(session, "Preisliste Müller")


def test_the_last_use_is_noted(session: Session, mueller: str) -> None:
    memory.use(session, "Preisliste Müller", NOW + timedelta(days=3))
    assert memory.memories(session)[mueller].used_at == NOW + timedelta(days=3)


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_a_memory_needs_a_name(session: Session, name: str) -> None:
    with pytest.raises(NotAName, match="höchstens 80 Zeichen"):
        memory.remember(session, "any", name, NO_WISHES, author="Nadja", now=NOW)


def test_trust_does_not_pass_over_to_another_header(session: Session) -> None:
    kept = memory.remember(session, "one", "Kasse", NO_WISHES, author="Anna", now=NOW)
    kept.is_trusted = True
    assert memory.remember(session, "one", "Kasse", NO_WISHES, author="Anna", now=NOW).is_trusted
    assert not memory.remember(session, "another", "Kasse", NO_WISHES, author="Anna", now=NOW).is_trusted

"""Words that mean the same, as the owner keeps them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, delete

from catalog import revisions
from catalog.refusals import Refusal
from catalog.search import shortcuts, synonyms
from catalog.search.synonyms import (
    REVISION,
    KnownSynonyms,
    NoSuchSynonyms,
    NotSynonyms,
    Synonym,
    Synonyms,
    sides,
)
from shop import places, preparing
from shop.db import Database
from tests.make import NOW


def put(session: Session, words: str) -> Synonym:
    return synonyms.add(session, words, now=NOW, author="Henrike")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Reißverschluss=Zipper", ["Reißverschluss", "Zipper"]),
        ("  Reißverschluss  =  Zipper = RV =", ["Reißverschluss", "Zipper", "RV"]),
        ("Meterware\tReißverschluss = Endlosreißverschluss", ["Meterware Reißverschluss", "Endlosreißverschluss"]),
        ("D-Ring = Halbring", ["D-Ring", "Halbring"]),
    ],
)
def test_what_stands_between_equals_signs_means_the_same(typed: str, kept: list[str]) -> None:
    assert sides(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "mindestens zwei Wörter"),
        ("Reißverschluss", "mindestens zwei Wörter"),
        ("Reißverschluss, Zipper", "mindestens zwei Wörter"),
        ("= Zipper =", "mindestens zwei Wörter"),
        ("Zipper = !!!", "„!!!“ ist kein Wort"),
        ("Zipper = Zipper", "„Zipper“ steht zweimal da"),
        (
            "Knopf = Reissverschluß = Reißverschluss",
            "„Reissverschluß“ und „Reißverschluss“ sind für die Suche dasselbe",
        ),
        ("Zipper = ein Verschluss mit vielen Zähnen", "höchstens 4 Wörter"),
        (" = ".join(f"Wort{number}" for number in range(13)), "höchstens 12"),
        (f"Zipper = {'x' * 400}", "höchstens 400 Zeichen"),
    ],
)
def test_what_is_no_list_of_words_is_refused_with_a_reason(typed: str, said: str) -> None:
    with pytest.raises(NotSynonyms) as refused:
        sides(typed)
    assert said in refused.value.sentence


@given(st.text(alphabet="aäß =\t\0!-1", max_size=40))
def test_whatever_is_typed_is_kept_as_it_is_read_or_refused(typed: str) -> None:
    try:
        kept = sides(typed)
    except Refusal:
        return
    assert sides(" = ".join(kept)) == kept


def test_synonyms_are_added_changed_and_removed_by_somebody(session: Session) -> None:
    row = put(session, "Zipper=Reißverschluss")
    assert (row.words, row.author) == ("Zipper = Reißverschluss", "Henrike")
    later = NOW + timedelta(days=1)
    synonyms.change(session, row.id or 0, "Zipper = Zipp", now=later, author="Mira")
    assert (row.words, row.author, row.created_at) == ("Zipper = Zipp", "Mira", later)
    synonyms.remove(session, row.id or 0)
    assert synonyms.of(session) == []
    with pytest.raises(NoSuchSynonyms):
        synonyms.remove(session, row.id or 0)
    with pytest.raises(NoSuchSynonyms):
        synonyms.change(session, row.id or 0, "Zipper = Zipp", now=NOW, author="Mira")


def test_words_that_stand_together_already_are_refused(session: Session) -> None:
    row = put(session, "Reißverschluss = Zipper = RV")
    with pytest.raises(KnownSynonyms, match="Reißverschluss = Zipper = RV"):
        put(session, "RV = reissverschluss")
    put(session, "RV = Rückenvlies")
    synonyms.change(session, row.id or 0, "Reißverschluss = Zipper", now=NOW, author="Mira")


def test_every_process_hears_of_a_change_and_reads_nothing_twice(session: Session) -> None:
    known = Synonyms()
    assert known.current(session) == ()
    row = put(session, "Zipper = Zipp")
    assert known.current(session) == (("Zipper", "Zipp"),)
    assert known.current(session) is known.current(session)
    synonyms.change(session, row.id or 0, "Zipper = RV", now=NOW, author="Mira")
    assert known.current(session) == (("Zipper", "RV"),)
    synonyms.remove(session, row.id or 0)
    assert known.current(session) == ()


def test_a_refused_change_is_no_change(session: Session) -> None:
    put(session, "Zipper = Zipp")
    before = revisions.current(session, REVISION)
    with pytest.raises(Refusal):
        put(session, "Zipp = Zipper")
    assert revisions.current(session, REVISION) == before


def test_the_first_set_is_large_and_each_of_it_could_be_typed_by_the_owner(session: Session) -> None:
    first = synonyms.first_set()
    assert len(first) > 150
    assert [" = ".join(sides(words)) for words in first] == first
    for words in first[::20]:
        assert put(session, words).words == words
    assert {"Nahttrenner", "Trennmesser", "Gummilitze", "Zipp", "BW"} <= {
        side for each in first for side in sides(each)
    }


def test_a_shop_begins_with_the_first_set_once(database: Database) -> None:
    preparing.know_words(database)
    with database.writing() as session:
        assert len(synonyms.of(session)) == len(synonyms.first_set())
        session.exec(delete(Synonym).where(col(Synonym.id) > 1))
        synonyms.remove(session, 1)
        assert len(shortcuts.by_words(session)) == len(places.FIRST_SHORTCUTS)
        for each in shortcuts.by_words(session):
            shortcuts.remove(session, each)
    preparing.know_words(database)
    with database.reading() as session:
        assert not synonyms.of(session)
        assert not shortcuts.by_words(session)


def test_a_shop_with_synonyms_of_its_own_is_given_none(session: Session) -> None:
    put(session, "Zipper = Zipp")
    assert not synonyms.ensure(session, now=NOW, author="Erstausstattung")
    assert len(synonyms.of(session)) == 1

"""What was searched and not found: counted, bounded, forgotten, and without a person in it."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from catalog.search import misses
from catalog.search.misses import SearchMiss
from catalog.search.private import keepable
from shop.db import Database
from tests.make import NOW

TODAY = NOW.date()
DAY = timedelta(days=1)


def all_of(session: Session) -> list[SearchMiss]:
    return list(session.exec(select(SearchMiss).order_by(SearchMiss.key)).all())


def test_the_same_words_are_counted_together(either_database: Database) -> None:
    for typed, day in (("Zipper", TODAY), ("zipper ", TODAY), ("ZIPPER", TODAY + DAY)):
        with either_database.writing() as session:
            assert misses.note(session, typed, day)
    with either_database.reading() as session:
        (miss,) = all_of(session)
    assert (miss.words, miss.times, miss.first_on, miss.last_on) == ("ZIPPER", 3, TODAY, TODAY + DAY)


def test_umlauts_and_hyphens_make_no_other_search(session: Session) -> None:
    for typed in ("Näh-Füße", "naeh fuesse", "Nähfüße"):
        misses.note(session, typed, TODAY)
    assert [(miss.key, miss.times) for miss in all_of(session)] == [("nah fusse", 2), ("nahfusse", 1)]


def test_a_day_has_room_for_so_many_new_ones(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(misses, "NEW_PER_DAY", 3)
    noted = [misses.note(session, word, TODAY) for word in ("eins", "zwei", "drei", "vier", "eins")]
    assert noted == [True, True, True, False, True]
    assert misses.note(session, "vier", TODAY + DAY)


def test_the_table_is_never_longer_than_it_may_be(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(misses, "MOST_ROWS", 5)
    monkeypatch.setattr(misses, "NEW_PER_DAY", 2)
    letters = "abcdefghij"
    for number, letter in enumerate(letters):
        misses.note(session, f"wort{letter}", TODAY + number * DAY)
    assert len(all_of(session)) == 5
    misses.note(session, "worta", TODAY + 9 * DAY)
    misses.settle(session, all_of(session)[1])
    misses.prune(session, TODAY + 9 * DAY)
    assert [miss.words for miss in all_of(session)] == ["worta", "wortb", "worte"]
    assert misses.note(session, "wortz", TODAY + 10 * DAY)


def test_what_nobody_searches_any_more_is_forgotten(session: Session) -> None:
    misses.note(session, "alt", TODAY - misses.KEPT_FOR - DAY)
    misses.note(session, "gerade noch", TODAY - misses.KEPT_FOR)
    misses.prune(session, TODAY)
    assert [miss.words for miss in all_of(session)] == ["gerade noch"]


def test_what_is_searched_most_comes_first_and_what_is_settled_stands_aside(session: Session) -> None:
    for word in ("selten", "oft", "oft", "erledigt", "erledigt"):
        misses.note(session, word, TODAY)
    settled = next(miss for miss in all_of(session) if miss.words == "erledigt")
    misses.settle(session, settled)
    misses.note(session, "erledigt", TODAY)
    assert [miss.words for miss in misses.listed(session)] == ["oft", "selten"]
    assert [miss.times for miss in misses.listed(session, settled=True)] == [3]
    assert (misses.count(session), misses.count(session, settled=True)) == (2, 1)
    misses.settle(session, settled, settled=False)
    assert misses.count(session) == 3


def test_what_has_an_answer_now_is_forgotten(session: Session) -> None:
    for word in ("Zipper", "RV", "Paspel"):
        misses.note(session, word, TODAY)
    misses.answered(session, ["Reißverschluss", "zipper", "rv"])
    assert [miss.words for miss in all_of(session)] == ["Paspel"]


GOODS = [
    "Zipper", "RV", "Reißverschluß 60 cm teilbar", "Wolle 50g", "100 x 150 cm", "Knöpfe 20mm", "knopf 1,5 cm",
    "Gummiband 2,5 x 30", "Nadeln 80/12", "50er Nähgarn", "polka dot", "Prym Vario Zange", "D-Ringe 25 mm",
    "Garn Nr. 5", "Jersey Öko-Tex", "100% Baumwolle", "Frau", "NE40", "H250", "Vlieseline H 630", "Tula Pink",
    "Kam Snaps T5", "Band 3-4 mm", "3D Aufnäher", "Jeans-Nadel 90er", "молния", "20x30cm Filz", "Nähgarn-100m",
    "Baumwollpopelinestoff", "Wagenplatz", "Im Angebot", "100×150 cm",
    "Cord", "m²", "Gutschein 50", "Stoff für Kinder 1,40 m",
]  # fmt: skip
OTHERS = [
    "", "   ", "a", "12", "80/12", "?!", "erika@kundin.example", "erika(at)kundin", "erika at web punkt de",
    "www.laden",
    "https://laden", "laden.de/artikel/x", "/suche?q=x", "030 1234567", "0341-22", "+49 171 12", "Tel. 4711",
    "0171 2 34", "DE89 3704 0044 0532 0130 00", "4006381333931", "01234 Lindow", "Bestellung 2026-00017", "24.12.80",
    "geb. 1.2.1980", "Dorfstraße 1", "Dorfstr. 12a", "Erika Huber Lindenweg 3", "Am Anger 1", "Unter den Linden 77",
    "Ringstraße 5 Lindow", "Frau Huber", "Herrn Dr. Meier", "Familie Huber Knöpfe", "c/o Huber", "Passwort geheim",
    "Sommer2024!", "PIN 1234", "K7WX-2MPQ", "a1b2c3", "Kunde R2D2C3P", "x" * 31, "q" * 61,
    "ich suche einen Stoff für meine Tochter", "Knopf\x00Loch", "<script>", "Knöpfe; DROP", "100 200",
    "Bruecke 5", "Brücke 5", "０３０ １２３４", "Tel ④711",
    "1 2 3 4 5 6 Stoff", "12a34 56b78 9c12",
]  # fmt: skip


@pytest.mark.parametrize("typed", GOODS)
def test_words_for_goods_are_kept(typed: str) -> None:
    assert keepable(f" {typed.replace(' ', '  ')} ") == typed


@pytest.mark.parametrize("typed", OTHERS)
def test_what_may_tell_of_a_person_is_not_kept(session: Session, typed: str) -> None:
    assert keepable(typed) == ""
    assert not misses.note(session, typed, TODAY)
    assert all_of(session) == []


NAMES = st.sampled_from(["Erika", "Huber", "Jörg", "Müller-Lüdenscheidt", "Ça", "Nguyễn"])
WORDS = st.sampled_from(["", "Stoff", "Knöpfe", "bitte", "rot"])
LETTERS = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=2, max_size=9)
DIGITS = st.text(st.sampled_from("0123456789"), min_size=5, max_size=20)
BETWEEN = st.sampled_from(["", " ", "-", "/", ".", " - ", "  "])
STREETS = st.sampled_from(["Dorfstraße", "Lindenstr.", "HAUPTSTRASSE", "Birkenweg", "Alter Markt", "Bahnhofsplatz",
                           "Lange Gasse", "Königsallee", "Am Deich", "Im Winkel", "Zur Mühle"])  # fmt: skip


@st.composite
def emails(draw: st.DrawFn) -> str:
    return f"{draw(NAMES)}{draw(st.sampled_from('._-+'))}{draw(LETTERS)}@{draw(LETTERS)}.{draw(LETTERS)}"


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Digits, grouped as people group them: a telephone number, a card, a customer, a day."""
    parts = [draw(BETWEEN) + digit for digit in draw(DIGITS)]
    return draw(st.sampled_from(["", "+", "DE", "Nr. ", "Tel "])) + "".join(parts).strip()


@st.composite
def addresses(draw: st.DrawFn) -> str:
    house = draw(st.integers(1, 299))
    letter = draw(st.sampled_from(["", "a", " b"]))
    return f"{draw(st.sampled_from(['', 'Huber ']))}{draw(STREETS)} {house}{letter}"


BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a machine that others use, too


@BUSY
@given(told=emails() | numbers() | addresses(), before=WORDS, after=WORDS)
def test_no_address_and_no_number_of_a_person_is_ever_kept(told: str, before: str, after: str) -> None:
    assert keepable(f"{before} {told} {after}") == ""


@BUSY
@given(st.text(max_size=80))
def test_whatever_is_typed_what_is_kept_is_short_and_plain(typed: str) -> None:
    kept = keepable(typed)
    assert len(kept) <= 60
    assert len(kept.split()) <= 6
    assert not set(kept) & set("@:;<>\\=\0\n")
    assert sum(map(str.isdigit, kept)) <= 8
    assert keepable(kept) == kept

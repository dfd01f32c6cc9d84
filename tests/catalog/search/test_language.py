"""What a German asks finds what a German has written."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.search.language import Language, Texts
from catalog.search.wordlist import word_list
from tests.catalog.search.german import finds

WANTED = [
    ("Knöpfe", "Hornknopf"), ("Knopf", "Perlmuttknöpfe"), ("Verschluss", "Reißverschluss"),
    ("Baumwollstoff", "Stoff aus Baumwolle"), ("Stoff aus Baumwolle", "Baumwollstoffe"),
    ("Nähmaschinennadel", "Nadeln für die Nähmaschine"), ("Nadel Nähmaschine", "Nähmaschinennadeln"),
    ("Maschinennadel", "Nadel für Nähmaschinen"), ("Nähmaschine", "Nähmaschinenöl"), ("Gummi", "Hosengummi 20 mm"),
    ("roter Stoff", "Baumwollstoff rot"), ("Stoff mit Punkten", "Jersey gepunktet, Stoffrest"),
    ("Reissverschluß", "Endlosreißverschlüsse"), ("Sweat-Shirt", "Sweatshirt"), ("Sweatshirt", "Sweat-Shirt"),
    ("Jelly Roll", "Jellyroll bunt"), ("Jellyroll", "Jelly Roll bunt"), ("Fat Quarters", "Fat Quarter Bundle"),
    ("French Terry", "Frenchterry uni"), ("Kordsamt", "Cordsamt"), ("Häkelset", "Set zum Häkeln"),
    ("gehäkelte Spitze", "Häkelspitze"), ("Phantasiegarn", "Garn Fantasie"), ("hellblau", "Garn hell blau"),
    ("blau", "dunkelblaue Wolle"), ("Schleife", "Schleifchen"), ("Küche", "Küchenhandtuch"), ("Ecke", "Sofaecke"),
    ("T-Shirt", "Tshirt-Stoff"), ("Mamas Nadel", "Mama's Nadeln"), ("Strickgarn", "Garn zum Stricken"),
    ("Woll- und Seidenstoff", "Stoff aus Wolle und Seide"), ("runde Knöpfe", "Knopf, rund"), ("Babys", "Babywolle"),
]  # fmt: skip
UNWANTED = [
    ("Band", "Verband"), ("Samt", "insgesamt"), ("Tor", "Motor"), ("Rand", "Brand"), ("Ei", "Reihe"), ("Bär",
    "waschbar"),
    ("LED", "Leder"), ("Schal", "Schale"), ("Wolle", "Baumwolle"), ("Schuh", "Handschuh"), ("Gewand", "Wand"),
    ("Rose", "Virose"), ("Baumwollstoff", "Stoff"), ("Tier", "Stofftier"), ("Knopf", "Kopf"), ("Ast", "Damast"),
    ("Reis", "Reißverschluss"), ("Ton", "Karton"), ("Land", "Girlande"), ("20 mm", "200 mm"), ("5", "50"),
]  # fmt: skip
NUMBERS = [
    ("20mm", "Band 20 mm"), ("2 cm", "Band 20mm"), ("20 mm", "Band 2cm"), ("15 mm", "Knopf 1,5 cm"), ("1,5cm", "15 mm"),
    ("3 m", "300 cm"), ("50 g", "Knäuel 50g"), ("0,05 kg", "50 g"), ("50er", "50er Pack"), ("50", "50er"),
    ("50er", "50"),
    ("Nm 120", "Garn Nm 120"), ("nm120", "Garn Nm 120"), ("Gr. 38", "Größe 38"), ("38", "Gr. 38"), ("80/12",
    "Nadel 80/12"),
    ("80", "Nadel 80/12"), ("No. 5", "Nr. 5"), ("5", "No. 5"), ("1/2", "1/2 Zoll"), ("½ Zoll", "1/2 Zoll"),
    ("4 mm", "3–4 mm"),
    ("70 cm", "50 x 70 cm"), ("100%", "100 % Leinen"), ("1000 m", "Garn 1.000 m"), ("200 g/m²", "200 g/qm"),
    ("Farbe 101", "101 Natur"), ("20 mm", "Breite in mm: 20"), ("4-fädig", "4-fädige 4 fädig"), ("2XL", "2XL"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "text"), WANTED + NUMBERS)
def test_what_means_the_same_is_found(query: str, text: str) -> None:
    assert finds(query, text, Language(["Jellyroll", "Tshirt"]))


@pytest.mark.parametrize(("query", "text"), UNWANTED)
def test_what_only_shares_letters_is_not(query: str, text: str) -> None:
    assert not finds(query, text)


@pytest.mark.parametrize("query", [
    "JER-001", "jer001", "JER 001", "jer-001", "4012345678901", "4 012345 678901", "04012345678901",
])  # fmt: skip
def test_an_article_is_found_by_its_numbers(query: str) -> None:
    language = Language()
    terms = language.terms_of(Texts(codes=["JER-001", "4012345678901"]))
    words = language.asked(query)
    assert all(any(set(way.terms) <= terms.keys() for way in word.alternatives) for word in words)


def test_numbers_and_codes_are_known_as_such() -> None:
    asked = {
        word.text: word.is_code for word in Language().asked("Jersey JER-001 20 mm 80/12 4012345678901 Baby-Wolle A12")
    }
    assert [text for text, is_code in asked.items() if not is_code] == ["Jersey", "Baby-Wolle"]


def test_the_head_counts_more_than_what_stands_before_it() -> None:
    cloth, shears = (Language().terms_of(Texts(names=[name])) for name in ("Baumwollstoff", "Stoffschere"))
    assert cloth["baumwollstoff"] >= cloth["stoff"] > cloth["baumwolle"]
    assert cloth["stoff"] > shears["stoff"] > 0


def test_the_name_counts_most_and_repeating_helps_little() -> None:
    terms = Language().terms_of(Texts(names=["Zumbel"], categories=["Brimm"], texts=["Kranewitt " * 50]))
    assert terms["zumbel"] >= terms["brimm"] > terms["kranewitt"]
    assert all(1 <= count <= 60 for count in terms.values())


def test_small_words_are_asked_only_where_there_are_no_others() -> None:
    assert [word.text for word in Language().asked("Garn für die Maschine")] == ["Garn", "Maschine"]
    assert [word.text for word in Language().asked("Welches Garn brauche ich zum Häkeln?")] == ["Garn", "Häkeln"]
    assert [word.text for word in Language().asked("für und")] == ["für", "und"]
    assert finds("Für dich", "Karte „Für dich“")
    assert "und" not in Language().terms_of(Texts(texts=["dies und das"]))


def test_the_word_itself_counts_in_full_and_its_parts_less() -> None:
    (word,) = Language().asked("Baumwollstoffe")
    assert [(way.terms, way.weight == 1) for way in word.alternatives] == [
        (("baumwollstoff",), True), (("baumwolle", "stoff"), False),
    ]  # fmt: skip


def test_a_key_is_the_same_for_queries_that_mean_the_same() -> None:
    language = Language()
    assert language.key("Rote KNÖPFE") == language.key("roter Knopf") != language.key("Knopf")


WORDS = st.sampled_from(
    "Baumwollstoff 20 mm Knöpfe Nähmaschinennadel und rot Sweat-Shirt 1,5 cm JER-001 80/12 Zumbel's für Öse ½ № 5 "
    "Crêpe".split()
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.lists(WORDS, max_size=8).map(" ".join), st.text(max_size=30)))
def test_what_is_indexed_is_found_by_its_own_text(text: str) -> None:
    language = Language()
    terms = language.terms_of(Texts(names=[text]))
    assert all(term and term.isalnum() for term in terms)
    asked = language.asked(text)
    assert all(word.alternatives[0].terms[0].isalnum() for word in asked)
    assert not asked or finds(text, text, language)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(WANTED), st.booleans())
def test_old_spellings_and_capitals_find_the_same(pair: tuple[str, str], loud: bool) -> None:
    query, text = pair
    spelled = query.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    assert finds(spelled.upper() if loud else spelled, text, Language(["Jellyroll", "Tshirt"]))


def test_a_compound_of_any_two_words_finds_them_and_they_find_it() -> None:
    """But for those that may be read otherwise, too: Tannen + Est is Tanne + Nest."""
    chance = random.Random(11)
    language = Language()
    simple = sorted(word for word in word_list().nouns if len(word) > 3 and not language.parts_of(word))
    missed = []
    for _ in range(400):
        first, second = chance.choice(simple), chance.choice(simple)
        compound = first + chance.choice(("", "s", "n", "en", "e", "es")) + second
        both = finds(first, compound, language) and finds(second, compound, language)
        if not both or not finds(compound, f"{second} aus {first}", language):
            missed.append(compound)
    assert len(missed) < 0.04 * 400, missed


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 9999))
def test_a_length_is_the_same_in_all_its_units(millimetres: int) -> None:
    written = [
        f"{millimetres} mm",
        f"{millimetres / 10:.1f} cm".replace(".", ","),
        f"{millimetres / 1000:.3f} m".replace(".", ","),
    ]
    assert len({Language().asked(text)[0].term for text in written}) == 1

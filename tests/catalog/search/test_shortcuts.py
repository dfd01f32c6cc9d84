"""Searches that lead to a page of this shop, and to none else."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from catalog import categories, products, redirects
from catalog.search import shortcuts
from catalog.search.shortcuts import Shortcut
from shop import places
from shop.db import Database
from tests.make import NOW, make_product

HOSTS = ("laden.example", "localhost:8000")


def is_page(path: str) -> bool:
    return path in ("/", "/gutschein", "/seite/naehkurse")


def target(session: Session, text: str) -> str:
    return shortcuts.target(session, text, own_hosts=HOSTS, is_page=is_page)


def put(session: Session, words: str, path: str = "/gutschein", shortcut: Shortcut | None = None) -> Shortcut:
    return shortcuts.put(session, shortcut, words, path, now=NOW, author="Anna")


@pytest.mark.parametrize("asked", ["gutschein", " GUTSCHEIN ", "Gutschein!"])
def test_a_search_is_compared_by_its_folded_words(session: Session, asked: str) -> None:
    put(session, "Gutschein")
    found = shortcuts.find(session, asked)
    assert found is not None
    assert (found.words, found.path, found.author) == ("Gutschein", "/gutschein", "Anna")


@pytest.mark.parametrize("asked", ["", "gutscheine", "gutschein rot", "gut schein", "x" * 5000])
def test_other_searches_do_not_lead_there(session: Session, asked: str) -> None:
    put(session, "Gutschein")
    assert shortcuts.find(session, asked) is None


def test_words_lead_to_one_page_only(session: Session) -> None:
    put(session, "Nähkurs")
    with pytest.raises(shortcuts.LedElsewhere, match="führt schon zu /gutschein") as refused:
        put(session, "naehkurs", "/")
    assert refused.value.other.words == "Nähkurs"


def test_a_shortcut_is_changed_and_removed(session: Session) -> None:
    kept = put(session, "Nähkurs")
    put(session, "Nähkurse", "/seite/naehkurse", kept)
    assert [(each.words, each.path) for each in shortcuts.by_words(session)] == [("Nähkurse", "/seite/naehkurse")]
    assert shortcuts.find(session, "nähkurs") is None
    shortcuts.remove(session, kept)
    assert shortcuts.by_words(session) == []


def test_words_of_signs_that_become_many_letters_fit_all_the_same(session: Session) -> None:
    kept = put(session, "ﷺ" * 60)
    assert len(kept.key) == 200
    assert shortcuts.path_of(session, "ﷺ" * 60) == "/gutschein"


def test_a_shop_begins_with_some_and_keeps_its_own(session: Session) -> None:
    put(session, "gutschein", "/")
    shortcuts.begin(session, places.FIRST_SHORTCUTS, now=NOW, author="Erstausstattung")
    assert len(shortcuts.by_words(session)) == len(places.FIRST_SHORTCUTS)
    assert shortcuts.path_of(session, "Gutschein") == "/"
    assert shortcuts.path_of(session, "rueckgabe") == "/widerrufsbelehrung"
    assert set(places.FIRST_SHORTCUTS.values()) <= set(places.FIXED)


@pytest.mark.parametrize("words", ["", " ?! ", "wort " * 20])
def test_words_must_be_some_and_few(session: Session, words: str) -> None:
    with pytest.raises(shortcuts.NotWords):
        put(session, words)


@pytest.mark.parametrize(
    ("pasted", "path"),
    [
        ("/gutschein", "/gutschein"),
        ("gutschein", "/gutschein"),
        ("https://laden.example/gutschein?x=1#oben", "/gutschein"),
        ("http://localhost:8000/seite/naehkurse", "/seite/naehkurse"),
        ("laden.example/", "/"),
        ("/artikel/jersey-waldtiere", "/artikel/jersey-waldtiere"),
        ("https://LADEN.example/kategorie/stoffe?farbe=rot&preis=5-10", "/kategorie/stoffe?farbe=rot&preis=5-10"),
        ("/kategorie/stoffe?farbe=<b>", "/kategorie/stoffe"),
    ],
)
def test_a_pasted_address_becomes_a_path_of_this_shop(session: Session, pasted: str, path: str) -> None:
    make_product(session, "Jersey Waldtiere")
    categories.add(session, "Stoffe")
    assert target(session, pasted) == path


FOREIGN = [
    "https://evil.example/gutschein", "//evil.example/gutschein", "///evil.example/gutschein", "/\\evil.example",
    "https:/evil.example", "http:evil.example", "javascript:alert(1)", "data:text/html,x", "mailto:a@b.example",
    "https://laden.example@evil.example/gutschein", "https://laden.example.evil.example/", "laden.example:99/gutschein",
    "https://[::1", "/gutschein\r\nX: y", "\thttps://evil.example", "", "   ", "ftp://laden.example/gutschein",
    "/artikel/jersey-waldtiere/../../backoffice/", "/backoffice/", "/artikel/gibt-es-nicht", "/kategorie/nichts",
    "/suche?q=x", "/artikel/" + "x" * 400,
]  # fmt: skip


@pytest.mark.parametrize("pasted", FOREIGN)
def test_no_search_leads_elsewhere(session: Session, pasted: str) -> None:
    make_product(session, "Jersey Waldtiere")
    with pytest.raises(shortcuts.NoSuchPlace):
        target(session, pasted)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.text(max_size=40) | st.sampled_from(FOREIGN),
    before=st.sampled_from(["", "/", "//", "https://", "https://laden.example", "laden.example/", "/gutschein", "\\"]),
)
def test_whatever_is_pasted_leads_to_a_page_of_this_shop(shared_database: Database, text: str, before: str) -> None:
    with shared_database.reading() as session:
        try:
            path = shortcuts.target(session, f"{before}{text}", own_hosts=HOSTS, is_page=lambda path: True)
        except shortcuts.NoSuchPlace:
            return
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))


def test_a_draft_is_no_target_and_one_that_goes_is_gone(session: Session) -> None:
    product = make_product(session, "Jersey Waldtiere")
    path = target(session, "/artikel/jersey-waldtiere")
    products.unpublish(session, product, NOW)
    assert not shortcuts.is_there(session, path, is_page)


def test_a_renamed_article_is_still_there(session: Session) -> None:
    product = make_product(session, "Jersey Waldtiere")
    redirects.rename_product(session, product, "waldtiere", NOW)
    assert shortcuts.is_there(session, "/artikel/jersey-waldtiere", is_page)


def test_a_renamed_department_is_still_there(session: Session) -> None:
    department = categories.add(session, "Stoffe")
    redirects.rename_category(session, department, "meterware", NOW)
    assert shortcuts.is_there(session, "/kategorie/stoffe?farbe=rot", is_page)

"""What was searched in vain, synonyms and shortcuts: the owner's doors."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from catalog import categories, products
from catalog.products import Product
from catalog.search import index, misses, shortcuts, synonyms
from catalog.search.misses import SearchMiss
from catalog.search.shortcuts import Shortcut
from catalog.search.synonyms import Synonym
from shop import pages
from shop.context import Shop
from tests.make import NOW, make_product, make_variant

Write = Callable[[], Any]
ROOT = "/backoffice/suche"


@pytest.fixture
def goods(shop_app: Flask, write: Write) -> None:
    """Two articles with "Holz" and one without, in a department, all of them indexed; and a page of the owner's."""
    with write() as session:
        for name in ("Holzknopf rund", "Holzknopf eckig", "Reißverschluss"):
            make_variant(session, make_product(session, name))
        categories.add(session, "Knöpfe")
        pages.publish(session, "naehkurse", "Nähkurse", "Mittwochs", now=NOW, author="Anna")
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.reading() as session:
        index.rebuild(session, shop.search.engine)


def miss(write: Write, words: str, times: int = 1) -> int:
    with write() as session:
        for _ in range(times):
            assert misses.note(session, words, NOW.date())
        found: int = session.exec(select(SearchMiss.id).where(SearchMiss.words == words)).one()
        return found


def rows(write: Write, table: type[Any], column: str) -> list[Any]:
    with write() as session:
        return [getattr(row, column) for row in session.exec(select(table).order_by(table.id)).all()]


def add_synonym(write: Write, words: str) -> int:
    with write() as session:
        return synonyms.add(session, words, now=NOW, author="Anna").id or 0


def add_shortcut(write: Write, words: str, path: str) -> int:
    with write() as session:
        return shortcuts.put(session, None, words, path, now=NOW, author="Anna").id or 0


def test_strangers_are_asked_to_sign_in(client: FlaskClient, with_account: None) -> None:
    for path in ("", "/synonyme", "/synonyme/neu", "/weiterleitungen", "/ausprobieren?q=knopf"):
        answer = client.get(ROOT + path)
        assert answer.status_code == 303
        assert "/backoffice/anmelden" in answer.headers["Location"]


def test_nobody_else_changes_anything(client: FlaskClient, owner: FlaskClient, write: Write) -> None:
    number = miss(write, "Zipper")
    asked = {"woerter": "Zipper = RV", "gesucht": "Zipper", "seite": "/gutschein"}
    doors = ("synonyme", "weiterleitungen", f"{number}/erledigt")
    for door in doors:
        foreign = owner.post(f"{ROOT}/{door}", data=asked, headers={"Sec-Fetch-Site": "cross-site"})
        assert foreign.status_code == 403
    owner.post("/backoffice/abmelden")
    for door in doors:
        assert "/anmelden" in client.post(f"{ROOT}/{door}", data=asked).headers["Location"]
    assert rows(write, Synonym, "words") == rows(write, Shortcut, "words") == []
    assert rows(write, SearchMiss, "is_settled") == [False]


def test_what_was_searched_in_vain_is_listed_with_what_it_finds_now(
    owner: FlaskClient, write: Write, goods: None
) -> None:
    miss(write, "Zipper", 3)
    miss(write, "Holzknopf")
    add_shortcut(write, "Geschenk", "/gutschein")
    miss(write, "Geschenk")
    page = owner.get(ROOT).text
    assert page.index("Zipper") < page.index("Holzknopf")
    assert "3-mal gesucht, am 22.11.2026" in page
    assert "findet jetzt 2 Artikel" in page
    assert "führt zu /gutschein" in page
    assert page.count("findet auch jetzt nichts") == page.count("Synonym machen") == 1
    assert 'href="/backoffice/suche/synonyme/neu?gesucht=Zipper"' in page


def test_what_is_only_nearly_found_says_how(owner: FlaskClient, write: Write, goods: None) -> None:
    miss(write, "Holzknopv")
    miss(write, "Reißverschluss Autoreifen")
    page = owner.get(ROOT).text
    assert re.search("zeigt 2 Artikel für „Holzkn", page)
    assert "findet nur etwas ohne „Autoreifen“" in page
    assert page.count("Synonym machen") == 2


def test_synonyms_that_would_be_refused_today_are_listed_all_the_same(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        session.add(Synonym(words="Borte = Borte", author="Anna", created_at=NOW))
    assert "Borte = Borte" in owner.get(f"{ROOT}/synonyme").text
    assert "Borte = Borte" in owner.get(f"{ROOT}/synonyme/neu?gesucht=borten").text


def test_one_is_put_aside_and_taken_up_again(owner: FlaskClient, write: Write) -> None:
    number = miss(write, "Autoreifen")
    assert "Hier ist nichts mehr" in owner.get(f"{ROOT}?erledigt=1").text
    assert owner.post(f"{ROOT}/{number}/erledigt").headers["Location"] == ROOT
    page = owner.get(ROOT).text
    assert "„Autoreifen“ ist erledigt" in page
    assert "Nichts offen" in page
    assert "Erledigte (1)" in page
    assert "Wieder in die Liste" in owner.get(f"{ROOT}?erledigt=1").text
    owner.post(f"{ROOT}/{number}/wieder")
    assert rows(write, SearchMiss, "is_settled") == [False]


def test_all_that_find_something_now_are_put_aside_at_once(owner: FlaskClient, write: Write, goods: None) -> None:
    found = [miss(write, "Holzknopf"), miss(write, "Reißverschluss")]
    miss(write, "Autoreifen")
    page = owner.get(ROOT).text
    assert "Alle 2 erledigen, die jetzt etwas finden" in page
    numbers = re.findall(r'name="suche" value="(\d+)"', page)
    assert sorted(map(int, numbers)) == found
    done = owner.post(f"{ROOT}/erledigt", data={"suche": [*numbers, "999", "x"]}, follow_redirects=True)
    assert "2 Suchen sind erledigt" in done.text
    assert rows(write, SearchMiss, "is_settled") == [True, True, False]


def test_long_lists_have_pages(owner: FlaskClient, write: Write) -> None:
    for first in "abcde":
        for second in "vwxyz":
            miss(write, f"wort{first}{second}")
    assert "Seite 1 von 2" in owner.get(ROOT).text
    assert owner.get(f"{ROOT}?seite=99").text.count("missed__one") == 5


def test_a_synonym_is_made_of_a_search(owner: FlaskClient, write: Write, goods: None) -> None:
    miss(write, "Holzknöppe")
    form = owner.get(f"{ROOT}/synonyme/neu?gesucht=Holzknöppe").text
    assert ">\nHolzknöppe =<" in form
    assert "mit=Holzknopf" in form
    assert "mit=Kn%C3%B6pfe" in form
    tapped = owner.get(f"{ROOT}/synonyme/neu?gesucht=Holzknöppe&mit=Holzknopf").text
    assert ">\nHolzknöppe = Holzknopf</textarea>" in tapped
    answer = owner.post(f"{ROOT}/synonyme", data={"woerter": "Holzknöppe = Holzknopf"}, follow_redirects=True)
    assert "findet jetzt 2 Artikel" in answer.text
    assert rows(write, Synonym, "words") == ["Holzknöppe = Holzknopf"]
    assert rows(write, Synonym, "author") == ["Anna"]
    assert rows(write, SearchMiss, "words") == [], "it comes again if it still finds nothing"


def test_a_word_is_added_to_a_line_that_is_there(owner: FlaskClient, write: Write) -> None:
    number = add_synonym(write, "Reißverschluss = Zipper")
    form = owner.get(f"{ROOT}/synonyme/neu?gesucht=ziper").text
    assert f"/synonyme/{number}?dazu=ziper" in form
    assert ">\nReißverschluss = Zipper = ziper</textarea>" in owner.get(f"{ROOT}/synonyme/{number}?dazu=ziper").text


def test_synonyms_that_are_none_are_shown_again(owner: FlaskClient, write: Write) -> None:
    number = add_synonym(write, "Borte = Litze")
    sentences = {"": "Bitte tragen Sie Wörter ein", "Zipper": "mindestens zwei Wörter", "RV = rv": "Einmal genügt"}
    for typed, sentence in sentences.items():
        for door in ("synonyme", f"synonyme/{number}"):
            answer = owner.post(f"{ROOT}/{door}", data={"woerter": typed})
            assert answer.status_code == 422
            assert sentence in answer.text
            assert f">\n{typed}</textarea>" in answer.text
    assert rows(write, Synonym, "words") == ["Borte = Litze"]


def test_synonyms_are_changed_and_found_in_their_list(owner: FlaskClient, write: Write) -> None:
    number = add_synonym(write, "Borte = Litze")
    add_synonym(write, "Reißverschluss = Zipper")
    owner.post(f"{ROOT}/synonyme/{number}", data={"woerter": "Borte = Litze\r\nTresse\r\n"})
    page = owner.get(f"{ROOT}/synonyme?q=TRESSE").text
    assert "Borte = Litze = Tresse" in page
    assert "Zipper" not in page
    assert "Keines passt dazu" in owner.get(f"{ROOT}/synonyme?q=xyz").text


def test_a_removed_synonym_can_be_put_back(owner: FlaskClient, write: Write) -> None:
    number = add_synonym(write, "Borte = Litze")
    page = owner.post(f"{ROOT}/synonyme/{number}/entfernung", follow_redirects=True).text
    assert rows(write, Synonym, "words") == []
    assert "„Borte = Litze“ ist gelöscht" in page
    assert 'name="woerter" value="Borte = Litze"' in page
    assert "gelöscht" not in owner.get(f"{ROOT}/synonyme").text
    owner.post(f"{ROOT}/synonyme", data={"woerter": "Borte = Litze"})
    assert rows(write, Synonym, "words") == ["Borte = Litze"]


LED: list[tuple[dict[str, str], str]] = [
    ({"seite": "/gutschein"}, "/gutschein"),
    ({"seite": "/seite/naehkurse"}, "/seite/naehkurse"),
    ({"ziel": "http://localhost/kategorie/knoepfe?farbe=rot"}, "/kategorie/knoepfe?farbe=rot"),
    ({"ziel": "Reißverschluss"}, "/artikel/reissverschluss"),
    ({"ziel": "Holzknopf", "artikel": "/artikel/holzknopf-eckig"}, "/artikel/holzknopf-eckig"),
    ({"seite": "/gutschein", "ziel": "Reißverschluss"}, "/artikel/reissverschluss"),
]


def test_a_search_is_led_to_a_page_an_article_or_an_address(owner: FlaskClient, write: Write, goods: None) -> None:
    miss(write, "Kurs 1")
    for number, (typed, path) in enumerate(LED):
        answer = owner.post(f"{ROOT}/weiterleitungen", data={"gesucht": f"Kurs {number}"} | typed)
        assert answer.status_code == 303, answer.text
        assert owner.get(f"/suche?q=kurs+{number}").headers["Location"].startswith(path)
    assert rows(write, SearchMiss, "words") == []


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"gesucht": ""}, "was gesucht wird"),
    ({}, "Wohin soll die Suche führen"),
    ({"ziel": "https://evil.example/"}, "Zu fremden Seiten führt die Suche nicht"),
    ({"seite": "//evil.example"}, "Zu fremden Seiten führt die Suche nicht"),
    ({"artikel": "/artikel/gibt-es-nicht"}, "gibt es in Ihrem Laden nicht"),
    ({"ziel": "Holzknopf"}, "Welcher Artikel ist gemeint"),
    ({"ziel": "Autoreifen"}, "So heißt kein Artikel"),
    ({"gesucht": "Gutschein", "seite": "/"}, "führt schon zu /gutschein"),
]


def test_a_shortcut_that_leads_nowhere_is_shown_again(owner: FlaskClient, write: Write, goods: None) -> None:
    add_shortcut(write, "gutschein", "/gutschein")
    for typed, sentence in REFUSED:
        answer = owner.post(f"{ROOT}/weiterleitungen", data={"gesucht": "Kurs"} | typed)
        assert answer.status_code == 422
        assert sentence in answer.text
        is_offered = 'name="artikel" value="/artikel/holzknopf-eckig"' in answer.text
        assert is_offered == (sentence == "Welcher Artikel ist gemeint")
    assert rows(write, Shortcut, "words") == ["gutschein"]


def test_a_shortcut_is_changed_removed_and_put_back(owner: FlaskClient, write: Write, goods: None) -> None:
    number = add_shortcut(write, "Kurs", "/gutschein")
    assert '<option value="/gutschein" selected>' in owner.get(f"{ROOT}/weiterleitungen/{number}").text
    owner.post(f"{ROOT}/weiterleitungen/{number}", data={"gesucht": "Nähkurs", "seite": "/seite/naehkurse"})
    assert "führt zu „Nähkurse“" in owner.get(f"{ROOT}/weiterleitungen").text
    page = owner.post(f"{ROOT}/weiterleitungen/{number}/entfernung", follow_redirects=True).text
    assert "„Nähkurs“ wird nicht mehr weitergeleitet" in page
    assert 'name="ziel" value="/seite/naehkurse"' in page
    owner.post(f"{ROOT}/weiterleitungen", data={"gesucht": "Nähkurs", "ziel": "/seite/naehkurse"})
    assert rows(write, Shortcut, "path") == ["/seite/naehkurse"]


def test_a_page_that_has_gone_is_told(owner: FlaskClient, write: Write, goods: None) -> None:
    number = add_shortcut(write, "Knopf", "/artikel/holzknopf-rund")
    assert "führt zu „Holzknopf rund“" in owner.get(f"{ROOT}/weiterleitungen").text
    with write() as session:
        product = session.exec(select(Product).where(Product.slug == "holzknopf-rund")).one()
        products.unpublish(session, product, NOW)
    for path in ("", f"/{number}"):
        assert "gibt es nicht mehr" in owner.get(f"{ROOT}/weiterleitungen{path}").text


def test_a_search_is_tried_without_being_counted(owner: FlaskClient, write: Write, goods: None) -> None:
    add_shortcut(write, "Holzknopf", "/gutschein")
    page = owner.get(f"{ROOT}/ausprobieren?q=holzknopf").text
    assert "2 Artikel gefunden" in page
    assert "Im Laden führt diese Suche gleich zu" in page
    assert "Holzknopf eckig" in page
    assert page.count("„holzknopf“ steht im Namen") == 2
    assert "Nichts gefunden" in owner.get(f"{ROOT}/ausprobieren?q=autoreifen").text
    assert rows(write, SearchMiss, "words") == []


def test_what_is_not_there_is_not_found(owner: FlaskClient) -> None:
    for path in ("synonyme/999", "weiterleitungen/999"):
        assert owner.get(f"{ROOT}/{path}").status_code == 404
        assert owner.post(f"{ROOT}/{path}", data={"woerter": "a = b"}).status_code == 404
        assert owner.post(f"{ROOT}/{path}/entfernung").status_code == 404
    for verb in ("erledigt", "wieder"):
        assert owner.post(f"{ROOT}/999/{verb}").status_code == 404

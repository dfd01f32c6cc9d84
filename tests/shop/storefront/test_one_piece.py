"""The question whether two lengths of a fabric shall become one piece, as shoppers meet it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.shop.storefront.selling import BUTTON, FABRIC, another_visitor, hidden, open_shop, words


def put_in(client: FlaskClient, length: str = "2", pieces: str = "1") -> TestResponse:
    return client.post("/warenkorb", data={"variante": FABRIC, "laenge": length, "stuecke": pieces})


def asked(client: FlaskClient, length: str = "3") -> str:
    """Put two metres in, wish for more, and give the page that asks."""
    put_in(client)
    led_to = put_in(client, length)
    assert led_to.status_code == 303
    page = client.get(led_to.headers["Location"])
    assert page.status_code == 200
    return page.text


def form_of(page: str, answer: str) -> dict[str, str]:
    fields = {name: hidden(page, name) for name in ("variante", "laenge", "stuecke", "schluessel")}
    return fields | {"antwort": answer}


def in_cart(client: FlaskClient) -> str:
    return words(client.get("/warenkorb").text)


def test_a_second_length_is_asked_about_before_anything_is_added(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    text = words(asked(client))
    assert "Sie haben schon 1 Stück à 2,00 m im Warenkorb, nun kommt 1 Stück à 3,00 m dazu." in text
    assert "Soll daraus ein Stück von 5,00 m werden, oder möchten Sie zwei einzelne Stücke?" in text
    assert text.count("64,50 €") == 2
    assert "1 Stück à 2,00 m" in in_cart(client)
    assert "3,00 m" not in in_cart(client)


@pytest.mark.parametrize(
    ("answer", "told"), [("ein", ["1 Stück à 5,00 m"]), ("einzeln", ["1 Stück à 2,00 m", "1 Stück à 3,00 m"])]
)
def test_the_answer_decides_and_a_second_click_changes_nothing(
    shop_app: Flask, client: FlaskClient, answer: str, told: list[str]
) -> None:
    open_shop(shop_app)
    form = form_of(asked(client), answer)
    for _ in range(2):
        assert client.post("/warenkorb/zuschnitt", data=form).headers["Location"] == "/warenkorb"
    text = in_cart(client)
    assert all(piece in text for piece in told)
    assert "Warenwert 64,50 €" in text


def test_two_pieces_of_one_length_stay_two(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    client.post("/warenkorb/zuschnitt", data=form_of(asked(client, "2"), "einzeln"))
    assert "2 Stücke à 2,00 m" in in_cart(client)


def test_what_the_roll_cannot_give_in_one_piece_is_said(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    put_in(client, "4")
    page = client.get(put_in(client, "0,5", "2").headers["Location"]).text
    assert "Ein Stück von 5,00 m" in words(page)
    put_in(another := another_visitor(shop_app), "4")
    told = another.get(put_in(another, "0,3").headers["Location"]).text
    assert "So geht es leider nicht. Wir verkaufen ab 0,50 m" in words(told)
    assert 'value="ein"' in told
    assert 'value="einzeln"' not in told


def test_what_goes_in_no_way_is_refused_on_the_articles_page(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    put_in(client, "4")
    refused = put_in(client, "2")
    assert refused.status_code == 422
    assert "Neben 1 Stück à 4,00 m in Ihrem Warenkorb haben wir davon höchstens 1,00 m am Stück" in words(refused.text)


def test_a_changed_cart_is_asked_about_anew(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    form = form_of(asked(client), "ein")
    client.post("/warenkorb", data={"variante": BUTTON, "menge": "1"})
    again = client.post("/warenkorb/zuschnitt", data=form)
    assert again.status_code == 409
    assert "1 Stück à 2,00 m" in in_cart(client)
    client.post("/warenkorb/zuschnitt", data=form_of(again.text, "ein"))
    assert "1 Stück à 5,00 m" in in_cart(client)


@pytest.mark.parametrize("query", ["", "?variante=JER-PETROL&laenge=viel", "?variante=JER-PETROL&laenge=3"])
def test_without_a_question_the_article_is_shown(shop_app: Flask, client: FlaskClient, query: str) -> None:
    open_shop(shop_app)
    answer = client.get(f"/warenkorb/zuschnitt{query}")
    assert answer.status_code == (303 if query else 404)


@pytest.mark.parametrize("form", [{"antwort": "vielleicht"}, {"antwort": "ein"}, {}])
def test_a_tampered_answer_adds_nothing(shop_app: Flask, client: FlaskClient, form: dict[str, str]) -> None:
    open_shop(shop_app)
    put_in(client)
    client.post("/warenkorb/zuschnitt", data={"variante": FABRIC, "laenge": "3", "stuecke": "1"} | form)
    assert "3,00 m" not in in_cart(client)
    assert "5,00 m" not in in_cart(client)

"""What is offered while someone types into the search field: words, departments, and a few articles."""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from catalog import browse
from catalog.browse import Card
from catalog.offers import Photo
from catalog.search import departments, looks
from catalog.search.find import Answer
from shop.context import now, session, the_shop
from shop.formats import picture

blueprint = Blueprint("suggestions", __name__)

_LONGEST = 200
_SHORTEST = 2
_WORDS, _ARTICLES, _DEPARTMENTS = 5, 4, 3
_SECONDS = 60  # kept by the browser: whoever deletes a letter asks nobody


@blueprint.get("/suche/vorschlaege")
def show() -> Response:
    """JSON for the text `?q=` so far; all lists are empty below two letters.

    `{"words": [text], "articles": [{name, address, picture, price, base, is_sold_out}], "categories": [{name, path,
    address}]}`; `picture` is the address of a small one or "", `base` the Grundpreis or "".
    """
    text = " ".join(request.args.get("q", "")[:_LONGEST].split())
    response = jsonify(_suggested(text) if len(text) >= _SHORTEST else {"words": [], "articles": [], "categories": []})
    response.headers["Cache-Control"] = f"private, max-age={_SECONDS}"
    return response


def _suggested(text: str) -> dict[str, object]:
    search = the_shop().search
    goods = search.overviews.current(session(), now())
    answer, ids = Answer(), goods.articles(text, limit=_ARTICLES)
    if not ids:
        answer = search.find(session(), text, now())
        ids = [] if answer.left_out else list(answer.ids[:_ARTICLES])
    begun = [] if answer.meant else search.suggest(session(), text, now(), limit=_WORDS)
    cards = looks.as_asked(session(), browse.cards(session(), ids, now()), answer.meant or text)
    return {
        "words": begun or [each for each in (answer.meant, *answer.suggestions) if each][:_WORDS],
        "articles": [_article(card) for card in cards],
        "categories": [
            {"name": each.name, "path": " › ".join(each.above), "address": f"/kategorie/{each.slug}"}
            for each in departments.begun(goods, text, limit=_DEPARTMENTS)
        ],
    }


def _article(card: Card) -> dict[str, object]:
    wording: Any = current_app.jinja_env.get_template("parts/price.html").module
    return {
        "name": card.name,
        "address": card.address,
        "picture": _small(card.photo) if card.photo else "",
        "price": str(wording.price_text(card.offer)),
        "base": str(wording.base_text(card.offer)),
        "is_sold_out": card.is_sold_out,
    }


def _small(photo: Photo) -> str:
    return picture(photo.hash, photo.sizes[0])

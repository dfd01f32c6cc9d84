"""What is offered while someone types into the search field: words, departments, and a few articles."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from catalog import browse
from catalog.browse import Card
from catalog.offers import Photo
from catalog.overview import Overview
from catalog.search import departments, looks
from catalog.search.departments import Department
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
    text = _without_letter(request.args.get("q", "")[:_LONGEST].split())
    response = jsonify(_suggested(text) if len(text) >= _SHORTEST else {"words": [], "articles": [], "categories": []})
    response.headers["Cache-Control"] = f"private, max-age={_SECONDS}"
    return response


def _without_letter(words: list[str]) -> str:
    """What was typed, but for a single letter at the end: it says too little of another word."""
    return " ".join(words[:-1] if len(words) > 1 and len(words[-1]) < _SHORTEST else words)


def _suggested(text: str) -> dict[str, object]:
    search = the_shop().search
    goods = search.overviews.current(session(), now())
    begun = search.suggest(session(), text, now(), limit=_WORDS)
    named = goods.articles(text, limit=_ARTICLES)
    asked, answer = (text, Answer()) if len(named) == _ARTICLES else _found(text, begun)
    ids = [] if answer.left_out else answer.ids[:_ARTICLES]
    cards = browse.cards(session(), list(dict.fromkeys([*ids, *named]))[:_ARTICLES], now())
    return {
        "words": begun or [each for each in (answer.meant, *answer.suggestions) if each][:_WORDS],
        "articles": [_article(card) for card in looks.as_asked(session(), cards, answer.meant or asked)],
        "categories": [
            {"name": each.name, "path": " › ".join(each.above), "address": f"/kategorie/{each.slug}"}
            for each in _departments(goods, [text, *begun[:1]])
        ],
    }


def _departments(goods: Overview, texts: Sequence[str]) -> Sequence[Department]:
    """Those that are called by the first text that any is called by."""
    return next(filter(None, (departments.begun(goods, text, limit=_DEPARTMENTS) for text in texts)), [])


def _found(text: str, begun: Sequence[str]) -> tuple[str, Answer]:
    """What is found for a text as it stands, else for the best way in which it goes on; with what was asked for."""
    answer = the_shop().search.find(session(), text, now(), exactly=bool(begun))
    if begun and (answer.left_out or not answer.ids):
        return begun[0], the_shop().search.find(session(), begun[0], now(), exactly=True)
    return text, answer


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

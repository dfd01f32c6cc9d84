"""Cards in the colour that was asked for."""

import pytest
from sqlmodel import Session

from catalog import browse, images
from catalog.browse import Card
from catalog.images import StoredPicture
from catalog.search import looks
from tests.make import NOW, make_product, make_variant

GENERAL, MUSTARD, NAVY = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture
def cards(session: Session) -> list[Card]:
    """A jersey in mustard, navy and navy-white, and one without pictures."""
    jersey, plain = make_product(session, "Jersey"), make_product(session, "Feinripp")
    assert jersey.id is not None
    assert plain.id is not None
    make_variant(session, plain, options=[("Farbe", "Senf", "#d9a514")])
    _hang(session, jersey.id, GENERAL, None)
    for sku, value, picture in (("J-1", "Senf", MUSTARD), ("J-2", "Marine-Weiß", GENERAL), ("J 3&", "Marine", NAVY)):
        variant = make_variant(session, jersey, sku=sku, options=[("Farbe", value, "#000000")])
        _hang(session, jersey.id, picture, variant.id)
    return browse.cards(session, [jersey.id, plain.id], NOW)


def _hang(session: Session, product_id: int, picture: str, variant_id: int | None) -> None:
    images.attach(session, product_id, StoredPicture(picture, 800, 600), alt="", now=NOW, variant_id=variant_id)


@pytest.mark.parametrize(
    ("text", "picture", "address"),
    [
        ("jersey", GENERAL, "/artikel/jersey"),
        ("SENF jersey", MUSTARD, "/artikel/jersey?v=J-1"),
        ("marine", NAVY, "/artikel/jersey?v=J%203%26"),
        ("weiß marine", GENERAL, "/artikel/jersey?v=J-2"),
        ("senfkörner", GENERAL, "/artikel/jersey"),
        ("", GENERAL, "/artikel/jersey"),
    ],
)
def test_a_card_shows_and_leads_to_what_was_asked(
    session: Session, cards: list[Card], text: str, picture: str, address: str
) -> None:
    jersey, plain = looks.as_asked(session, cards, text)
    assert jersey.photo is not None
    assert (jersey.photo.hash, jersey.address) == (picture, address)
    assert plain == cards[1], "without a picture of its own it stays as it is"

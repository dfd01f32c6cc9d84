"""Articles that are asked for by their exact number."""

from sqlalchemy import bindparam, or_
from sqlmodel import Session, col, select

from catalog.products import Variant
from catalog.search.analysis import code_term
from catalog.search.port import Hits

_LONGEST = 80
_MOST_COMPARED = 200
_OF_GOODS = select(Variant.product_id, Variant.sku, Variant.gtin).where(
    col(Variant.product_id).in_(bindparam("ids", expanding=True)), col(Variant.is_active)
)
_SAME = select(Variant.product_id).where(
    or_(col(Variant.sku).in_(bindparam("numbers", expanding=True)), col(Variant.gtin) == bindparam("text")),
    col(Variant.is_active),
)


def having(session: Session, text: str, hits: Hits) -> set[int]:
    """The products among some hits of which a text is the article number or GTIN of a variant.

    Case and separators are forgiven ("kno17" is "KNO-17") where the hits are few, as for a number they are; a word
    that is a number as well ("JERSEY") must have them right, in its own or one case throughout.
    """
    if not hits.ids or len(text) > _LONGEST:
        return set()
    database = session.connection()
    if len(hits.ids) <= _MOST_COMPARED and any(map(str.isdigit, text)):
        wanted = code_term(text)
        return {
            product_id
            for product_id, *codes in database.execute(_OF_GOODS, {"ids": list(hits.ids)})
            if wanted in map(code_term, codes)
        }
    asked = {"numbers": [text, text.upper(), text.lower()], "text": text}
    return set(database.execute(_SAME, asked).scalars()).intersection(hits.ids)

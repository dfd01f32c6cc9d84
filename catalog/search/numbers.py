"""Articles that are asked for by their exact number."""

from sqlalchemy import or_
from sqlmodel import Session, col, select

from catalog.products import Variant
from catalog.search.analysis import code_term
from catalog.search.port import Hits

_LONGEST = 80
_MOST_COMPARED = 200


def having(session: Session, text: str, hits: Hits) -> set[int]:
    """The products among some hits of which a text is the article number or GTIN of a variant.

    Case and separators are forgiven ("kno17" is "KNO-17") where the hits are few, as for a number they are; a word
    that is a number as well ("JERSEY") must have them right, in its own or one case throughout.
    """
    if not hits.ids or len(text) > _LONGEST:
        return set()
    if len(hits.ids) <= _MOST_COMPARED and any(map(str.isdigit, text)):
        numbers = session.exec(
            select(Variant.product_id, Variant.sku, Variant.gtin).where(
                col(Variant.product_id).in_(hits.ids), col(Variant.is_active)
            )
        ).all()
        wanted = code_term(text)
        return {product_id for product_id, *codes in numbers if wanted in map(code_term, codes)}
    same = or_(col(Variant.sku).in_([text, text.upper(), text.lower()]), col(Variant.gtin) == text)
    found = session.exec(select(Variant.product_id).where(same, col(Variant.is_active))).all()
    return set(found).intersection(hits.ids) if found else set()

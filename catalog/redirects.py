"""Old addresses: a renamed article or category is still found under what it was called before."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, select

from catalog import products, revisions, slugs
from catalog.categories import Category
from catalog.products import Product
from catalog.refusals import Refusal
from catalog.slugs import OldSlug


class NotAnAddress(Refusal):
    """Nothing of the text can stand in an address."""

    def __init__(self) -> None:
        super().__init__("Bitte eine Adresse aus Buchstaben und Ziffern eintragen, zum Beispiel jersey-waldtiere.")


class TakenAddress(Refusal):
    """The address belongs, or once belonged, to something else."""


def rename_product(session: Session, product: Product, slug: str, now: datetime) -> str:
    """Give a product another address, spelled as addresses are; links to the old one go on leading here.

    Gives the new address. Raises NotAnAddress, TakenAddress. Nothing happens if it has it. Flushes.
    """
    assert product.id is not None
    wished = _spelled(slug)
    if wished == product.slug:
        return wished
    holder = session.exec(select(Product).where(Product.slug == wished)).first()
    if holder is not None:
        raise TakenAddress(f"Unter „{wished}“ steht schon der Artikel „{holder.name}“. Bitte eine andere Adresse.")
    former = session.exec(
        select(Product).join(OldSlug, col(OldSlug.product_id) == Product.id).where(OldSlug.slug == wished)
    ).first()
    if former is not None and former.id != product.id:
        raise TakenAddress(_was_once(wished, f"des Artikels „{former.name}“"))
    _leave(session, OldSlug(slug=product.slug, product_id=product.id, left_at=now), wished)
    product.slug = wished
    session.add(product)
    session.flush()
    products.touch(session, product.id, now)
    return wished


def rename_category(session: Session, category: Category, slug: str, now: datetime) -> str:
    """Give a category another address; the rest as `rename_product`."""
    assert category.id is not None
    wished = _spelled(slug)
    if wished == category.slug:
        return wished
    holder = session.exec(select(Category).where(Category.slug == wished)).first()
    if holder is not None:
        raise TakenAddress(f"Unter „{wished}“ steht schon die Kategorie „{holder.name}“. Bitte eine andere Adresse.")
    former = session.exec(
        select(Category).join(OldSlug, col(OldSlug.category_id) == Category.id).where(OldSlug.slug == wished)
    ).first()
    if former is not None and former.id != category.id:
        raise TakenAddress(_was_once(wished, f"der Kategorie „{former.name}“"))
    _leave(session, OldSlug(slug=category.slug, category_id=category.id, left_at=now), wished)
    category.slug = wished
    session.add(category)
    session.flush()
    revisions.bump(session)
    return wished


def product_at(session: Session, old: str) -> str | None:
    """Today's address of the product on offer that was found here once; None if there was none."""
    return session.exec(
        select(Product.slug)
        .join(OldSlug, col(OldSlug.product_id) == Product.id)
        .where(OldSlug.slug == old, col(Product.published_at).is_not(None))
    ).first()


def category_at(session: Session, old: str) -> str | None:
    """Today's address of the category that was found here once; None if there was none."""
    return session.exec(
        select(Category.slug).join(OldSlug, col(OldSlug.category_id) == Category.id).where(OldSlug.slug == old)
    ).first()


def forget_category(session: Session, category_id: int) -> None:
    """Forget the former addresses of a category that goes."""
    session.exec(delete(OldSlug).where(col(OldSlug.category_id) == category_id))


def _spelled(slug: str) -> str:
    wished = slugs.spelled(slug.strip().removeprefix("/").removeprefix("artikel/").removeprefix("kategorie/"))
    if not wished:
        raise NotAnAddress
    return wished


def _was_once(wished: str, whose: str) -> str:
    return f"„{wished}“ war früher die Adresse {whose}, alte Links führen noch dorthin. Bitte eine andere Adresse."


def _leave(session: Session, left: OldSlug, wished: str) -> None:
    """Keep the address that is left; the one that is taken (again) is no old one any more."""
    same: ColumnElement[bool] = (
        col(OldSlug.product_id) == left.product_id
        if left.product_id is not None
        else col(OldSlug.category_id) == left.category_id
    )
    session.exec(delete(OldSlug).where(same, col(OldSlug.slug) == wished))
    session.add(left)

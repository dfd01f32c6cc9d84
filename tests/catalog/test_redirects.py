"""Old addresses lead to the article or category of today, and never to another one."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from catalog import categories, products, redirects
from catalog.categories import Category
from catalog.products import Product
from catalog.redirects import NotAnAddress, TakenAddress
from tests.make import NOW, make_product


def test_a_renamed_article_is_found_under_its_old_address(session: Session) -> None:
    product = make_product(session, "Jersey")
    assert redirects.rename_product(session, product, "Jersey Waldtiere, türkis", NOW) == "jersey-waldtiere-tuerkis"
    assert redirects.product_at(session, "jersey") == "jersey-waldtiere-tuerkis"


def test_every_former_address_leads_to_the_newest_in_one_hop(session: Session) -> None:
    product = make_product(session, "eins")
    for name in ("zwei", "drei", "vier"):
        redirects.rename_product(session, product, name, NOW)
    assert [redirects.product_at(session, each) for each in ("eins", "zwei", "drei", "vier")] == [*["vier"] * 3, None]


def test_renaming_back_works(session: Session) -> None:
    product = make_product(session, "Cord")
    redirects.rename_product(session, product, "cord-breit", NOW)
    redirects.rename_product(session, product, "cord", NOW)
    assert product.slug == "cord"
    assert redirects.product_at(session, "cord-breit") == "cord"
    assert redirects.product_at(session, "cord") is None


def test_an_address_of_another_article_is_refused_by_its_name(session: Session) -> None:
    make_product(session, "Cord")
    with pytest.raises(TakenAddress, match="„Cord“"):
        redirects.rename_product(session, make_product(session, "Samt"), "cord", NOW)


def test_a_former_address_of_another_article_is_refused(session: Session) -> None:
    redirects.rename_product(session, make_product(session, "Cord"), "feincord", NOW)
    with pytest.raises(TakenAddress, match="war früher die Adresse des Artikels „Cord“"):
        redirects.rename_product(session, make_product(session, "Samt"), "Cord", NOW)


def test_a_former_address_is_given_to_no_new_article_or_category(session: Session) -> None:
    redirects.rename_product(session, make_product(session, "Cord"), "feincord", NOW)
    assert make_product(session, "Cord").slug == "cord-2"
    redirects.rename_category(session, categories.add(session, "Stoffe"), "meterware", NOW)
    assert categories.add(session, "Stoffe").slug == "stoffe-2"


@pytest.mark.parametrize("typed", ["", "  ", "★", "/"])
def test_an_address_needs_letters_or_digits(session: Session, typed: str) -> None:
    with pytest.raises(NotAnAddress, match="Buchstaben"):
        redirects.rename_product(session, make_product(session), typed, NOW)


def test_a_pasted_path_is_understood(session: Session) -> None:
    assert redirects.rename_product(session, make_product(session), "/artikel/neu", NOW) == "neu"


def test_no_link_leads_to_a_draft(session: Session) -> None:
    product = make_product(session, "Cord")
    redirects.rename_product(session, product, "feincord", NOW)
    products.unpublish(session, product, NOW)
    assert redirects.product_at(session, "cord") is None


def test_categories_are_renamed_by_the_same_rules(session: Session) -> None:
    stoffe, wolle = categories.add(session, "Stoffe"), categories.add(session, "Wolle")
    redirects.rename_category(session, stoffe, "Meterware", NOW)
    assert redirects.category_at(session, "stoffe") == "meterware"
    for taken in ("meterware", "stoffe"):
        with pytest.raises(TakenAddress, match="Stoffe"):
            redirects.rename_category(session, wolle, taken, NOW)
    redirects.rename_category(session, stoffe, "stoffe", NOW)
    assert (redirects.category_at(session, "meterware"), redirects.category_at(session, "stoffe")) == ("stoffe", None)


def test_articles_and_categories_do_not_stand_in_each_others_way(session: Session) -> None:
    redirects.rename_category(session, categories.add(session, "Cord"), "feincord", NOW)
    assert redirects.rename_product(session, make_product(session, "Samt"), "cord", NOW) == "cord"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(steps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from("abcd")), max_size=25))
def test_an_address_leads_only_ever_to_the_one_that_had_it_first(
    session: Session, steps: list[tuple[int, str]]
) -> None:
    with session.begin_nested() as savepoint:
        goods = [make_product(session, name) for name in ("x", "y", "z")]
        first = {each.slug: each.id for each in goods}
        for which, wished in steps:
            product = goods[which]
            try:
                redirects.rename_product(session, product, wished, NOW)
            except TakenAddress:
                assert first[wished] != product.id
            else:
                assert first.setdefault(wished, product.id) == product.id
        for slug, owner in first.items():
            today = redirects.product_at(session, slug) or slug
            assert session.exec(select(Product.id).where(Product.slug == today)).one() == owner
        savepoint.rollback()


def test_a_category_that_goes_leaves_no_address_behind(session: Session) -> None:
    category = categories.add(session, "Stoffe")
    redirects.rename_category(session, category, "meterware", NOW)
    redirects.forget_category(session, category.id or 0)
    session.delete(category)
    session.flush()
    assert session.exec(select(Category)).all() == []

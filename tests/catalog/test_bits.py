"""Sets of variants, whether kept as few spots or as bits: the same law for both."""

from hypothesis import given
from hypothesis import strategies as st

from catalog import bits
from catalog.bits import Few, Some, Variants

spots = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 70)), max_size=20)


def either(found: set[tuple[int, int]], is_few: bool) -> Some:
    by_plane: dict[int, list[int]] = {}
    for plane, place in sorted(found):
        by_plane.setdefault(plane, []).append(place)
    if is_few:
        return Few.of(by_plane)
    return Variants.of_planes({plane: bits.of_places(places) for plane, places in by_plane.items()})


def spots_of(some: Some) -> set[tuple[int, int]]:
    assert some.planes is not None
    return {(plane, place) for plane, each in some.planes.items() for place in bits.places(each & some.articles)}


@given(spots, spots, st.booleans(), st.booleans())
def test_sets_of_either_kind_are_joined_as_sets(
    one: set[tuple[int, int]], two: set[tuple[int, int]], is_few: bool, are_few: bool
) -> None:
    left, right = either(one, is_few), either(two, are_few)
    assert spots_of(left & right) == one & two
    assert bits.places(left.having(right)) == sorted({place for _, place in one & two})
    assert spots_of(bits.any_of([left, right])) == one | two


@given(st.sets(st.integers(0, 70), max_size=20), spots, st.booleans())
def test_whole_articles_have_all_their_variants(whole: set[int], found: set[tuple[int, int]], is_few: bool) -> None:
    articles = Few(tuple(sorted(whole)), is_whole=True) if is_few else Variants(bits.of_places(whole))
    meant = {(plane, place) for plane, place in found if place in whole}
    assert spots_of(articles & either(found, not is_few)) == meant
    assert bits.places(articles.having(either(found, is_few))) == sorted({place for _, place in meant})

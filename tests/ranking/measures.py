"""How good an order of results is: nDCG@10, and how many queries find nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2

from tests.ranking.collection import Query

CUT = 10  # results that a shopper looks at


def ndcg(found: Sequence[int], grades: Mapping[int, int]) -> float:
    """nDCG@10 of product ids, best first, by their grades (0 where none is given).

    DCG = Σ (2^grade − 1) / log2(place + 1), place from 1 to 10, over the DCG of the best possible order of all
    graded articles (Järvelin and Kekäläinen, 2002, with the gains of Burges et al., 2005). `grades` has one above 0.
    """
    ideal = sorted(grades.values(), reverse=True)
    return _dcg(grades.get(each, 0) for each in found[:CUT]) / _dcg(ideal[:CUT])


@dataclass(frozen=True)
class Result:
    """What one search made of one query."""

    query: Query
    found: Sequence[int]  # the first ten
    count: int
    ndcg: float


@dataclass(frozen=True)
class Total:
    """Several results together: the mean nDCG@10, the share of queries that found nothing, and how many there are."""

    ndcg: float
    nothing: float
    number: int


def result(query: Query, found: Sequence[int], grades: Mapping[int, int]) -> Result:
    """Judge what was found for a query."""
    return Result(query, list(found[:CUT]), len(found), ndcg(found, grades))


def total(results: Iterable[Result]) -> Total:
    """Sum up results; at least one."""
    every = list(results)
    number = len(every)
    nothing = sum(each.count == 0 for each in every)
    return Total(sum(each.ndcg for each in every) / number, nothing / number, number)


def _dcg(grades: Iterable[int]) -> float:
    return sum(((1 << grade) - 1) / log2(place + 1) for place, grade in enumerate(grades, start=1))

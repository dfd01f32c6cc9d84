"""A file in portions of articles, each small enough to look up its goods in a few queries."""

from collections.abc import Iterable, Iterator

from catalog.exchange.articles import Article

_MOST_ARTICLES = 500
_MOST_VARIANTS = 2000


def portions(articles: Iterable[Article]) -> Iterator[list[Article]]:
    """Some hundred articles at a time; one of very many variants comes alone or as the last of its portion."""
    portion: list[Article] = []
    variants = 0
    for article in articles:
        portion.append(article)
        variants += len(article.variants)
        if len(portion) >= _MOST_ARTICLES or variants >= _MOST_VARIANTS:
            yield portion
            portion, variants = [], 0
    if portion:
        yield portion

"""What an import made of each article altogether: several lines of its journal joined to one."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from catalog.exchange import journal
from catalog.exchange.articles import Facts
from catalog.exchange.runs import ImportChange


@dataclass
class Chain:
    """The facts of a product or a variant before the import and after it."""

    is_new: bool = False
    old: Facts = field(default_factory=dict)
    new: Facts = field(default_factory=dict)

    def follow(self, change: ImportChange) -> None:
        """Take in a later line: what was before stays, what came last holds."""
        self.is_new = self.is_new or change.is_new
        self.old = journal.from_json(change.old) | self.old
        self.new |= journal.from_json(change.new)


@dataclass
class ProductChain:
    """A product and its variants, by their ids; `own` is None where only variants changed."""

    own: Chain | None = None
    variants: dict[int, Chain] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """Whether the import has made the product."""
        return self.own is not None and self.own.is_new


def of(changes: Iterable[ImportChange]) -> dict[int, ProductChain]:
    """Join the lines of a journal, oldest first, by product in ascending order."""
    found: dict[int, ProductChain] = {}
    for each in changes:
        chain = found.setdefault(each.product_id, ProductChain())
        if each.variant_id is None:
            chain.own = chain.own or Chain()
            chain.own.follow(each)
        else:
            chain.variants.setdefault(each.variant_id, Chain()).follow(each)
    return dict(sorted(found.items()))

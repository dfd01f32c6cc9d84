"""What is said of a file while it is planned: cells that are refused, and questions."""

from collections.abc import Iterable, Mapping

from catalog.exchange.articles import Article, Remark
from catalog.exchange.fields import MAKER_FIELDS, PRODUCT_FIELDS, VARIANT_FIELDS

_COLUMNS = {each.key: each.column for each in (*VARIANT_FIELDS, *PRODUCT_FIELDS, *MAKER_FIELDS)} | {
    "sku": "Artikelnummer",
    "pictures": "Bilder",
}


class Remarks:
    """Collects them, under the names that the columns have in the file."""

    def __init__(
        self, columns: Mapping[str, str], refused: Iterable[Remark] = (), questions: Iterable[Remark] = ()
    ) -> None:
        self.refused = list(refused)
        self.questions = list(questions)
        self._columns = columns
        self._bad_rows = {remark.row for remark in self.refused}
        self._refused_cells: set[tuple[int, str]] = set()

    def take(self, article: Article) -> None:
        """Take over what was said while an article was read."""
        self._refused_cells = {(remark.row, remark.column) for remark in article.refused}
        self.questions += article.questions
        self.refused += article.refused
        self._bad_rows.update(remark.row for remark in article.refused)

    def are_good(self, article: Article) -> bool:
        """Whether none of an article's rows was refused."""
        return not self._bad_rows or self._bad_rows.isdisjoint(article.rows)

    def refuse(self, row: int, key: str, reason: str) -> Remark:
        """Say that a row cannot be taken, and why; its article is left out as a whole."""
        self._bad_rows.add(row)
        remark = Remark(row, self._column(key), reason)
        self.refused.append(remark)
        return remark

    def miss(self, row: int, key: str, reason: str) -> None:
        """Refuse what is missing, unless it is missing only because its cell was refused."""
        if (row, self._column(key)) not in self._refused_cells:
            self.refuse(row, key, reason)

    def ask(self, row: int, key: str, reason: str) -> None:
        """Say something that the owner should look at."""
        self.questions.append(Remark(row, self._column(key), reason))

    def ask_first(self, reason: str, question: str) -> None:
        """Ask of the whole file what must be answered, by its id, before anything is written."""
        self.questions.append(Remark(0, "", reason, stops=True, question=question))

    def in_order(self) -> tuple[list[Remark], list[Remark]]:
        """What is refused and what is asked, by rows."""
        return sorted(self.refused, key=_row), sorted(self.questions, key=_row)

    def _column(self, key: str) -> str:
        return self._columns.get(key) or _COLUMNS.get(key, key)


def _row(remark: Remark) -> int:
    return remark.row

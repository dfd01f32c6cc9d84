"""Which goods of the shop the rows of a file mean, and rows that mean the same."""

from catalog.exchange.articles import Article, Facts, Remark, VariantRow
from catalog.exchange.remarks import Remarks
from catalog.exchange.shelf import Shelf
from catalog.exchange.standing import StandingProduct, StandingVariant


def standing_of(row: VariantRow, shelf: Shelf) -> StandingVariant | None:
    """The variant of the shop that a row means: by its number, else by its GTIN, else by the made up number."""
    if row.sku:
        return shelf.by_sku.get(row.sku)
    return shelf.by_gtin.get(row.facts.get("gtin", "")) or shelf.by_sku.get(row.suggested)


def product_of(article: Article, shelf: Shelf) -> StandingProduct | None:
    """The product that an article means: by its address, else by the numbers of its variants."""
    named = shelf.by_slug.get(article.key) if article.joins else None
    if named is not None:
        return named
    owners = {found.product_id for each in article.variants if (found := standing_of(each, shelf)) is not None}
    return shelf.products[min(owners)] if owners else None


class Identities:
    """Remembers over the whole file what each row means; a number or GTIN that comes again is said.

    `known` are the doubles that were found when the file was gone through before: they are not said twice.
    """

    def __init__(self, remarks: Remarks, known: bool) -> None:
        self._remarks = remarks
        self._are_known = known
        self._rows: dict[str, int] = {}  # article number → its first row
        self._gtins: dict[str, int] = {}
        self.doubles: list[Remark] = []
        self.named: set[int] = set()  # the ids of the variants of the shop that the file names

    def meet(self, row: VariantRow, standing: StandingVariant | None) -> int | None:
        """Note what a row means; gives the row that meant the same before, both are refused then, else None."""
        if standing is not None:
            self.named.add(standing.id)
        sku = row.sku or (standing.sku if standing else row.suggested)
        first = self._rows.get(sku)
        if first is None:
            self._rows[sku] = row.row
        elif sku and not self._are_known:
            reason = _double(row, sku, first)
            self.doubles += [self._remarks.refuse(each, "sku", reason) for each in dict.fromkeys((first, row.row))]
            return first
        return None

    def may_have(self, gtin: str, row: VariantRow, standing: StandingVariant | None, shelf: Shelf) -> bool:
        """Whether a GTIN is still free for a row; else the owner is asked to look at it.

        What stands in the shop already may stay there twice.
        """
        first = self._gtins.setdefault(gtin, row.row)
        if standing is not None and standing.facts["gtin"] == gtin:
            return True
        if first != row.row:
            self._remarks.ask(row.row, "gtin", f"Die EAN „{gtin}“ steht schon in Zeile {first}. Hier bleibt sie weg.")
            return False
        if any(standing is None or each != standing.id for each in shelf.holders.get(gtin, ())):
            reason = f"Die EAN „{gtin}“ hat im Laden schon ein anderer Artikel. Hier bleibt sie weg."
            self._remarks.ask(row.row, "gtin", reason)
            return False
        return True


def _double(row: VariantRow, sku: str, first: int) -> str:
    if row.sku:
        return f"Die Artikelnummer „{sku}“ steht zweimal in der Datei, in Zeile {first} und Zeile {row.row}."
    return (
        f"Die Zeilen {first} und {row.row} meinen beide den Artikel „{sku}“. Bitte löschen Sie eine davon, oder geben "
        "Sie jeder ihre eigene Artikelnummer."
    )


class Agreement:
    """Remembers what rows that name an article number alone have said of its product: they must not contradict."""

    def __init__(self, remarks: Remarks) -> None:
        self._remarks = remarks
        self._said: dict[int, tuple[int, Facts]] = {}  # product id → the first row, and what was said

    def hear(self, article: Article, product: StandingProduct | None) -> None:
        """Refuse what contradicts an earlier row, and take away what it has said already."""
        if article.key or product is None or not article.facts:
            return
        row, said = self._said.setdefault(product.id, (article.row, {}))
        for key, value in list(article.facts.items()):
            if key not in said:
                said[key] = value
            elif said[key] == value:
                del article.facts[key]
            else:
                reason = (
                    f"Das widerspricht Zeile {row}, die zum selben Artikel gehört. Bitte tragen Sie überall dasselbe "
                )
                self._remarks.refuse(article.row, key, f"{reason}ein, oder lassen Sie die Spalte weg.")

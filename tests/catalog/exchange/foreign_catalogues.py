"""Catalogues as other systems write them: one function per system, for tests that read them back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Sold:
    """A variant; its values belong to the options of its good, `stock` is a whole number of pieces."""

    sku: str
    gtin: str
    cents: int
    stock: int
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Good:
    """An article; one without options has a single variant."""

    number: str
    name: str
    text: str
    options: tuple[str, ...]
    variants: tuple[Sold, ...]


Money = Callable[[int], str]


def own(goods: Sequence[Good], money: Money) -> Rows:
    """Our own format: the first row of an article tells of all."""
    return [
        {
            "Artikelnummer": sold.sku,
            "Artikel": good.number.lower(),
            "Produktname": good.name if first else "",
            "Beschreibung": good.text if first else "",
            "Preis": money(sold.cents),
            "Bestand": str(sold.stock),
            "EAN": sold.gtin,
            **{f"Option {n} Name": name for n, name in enumerate(good.options, 1)},
            **{f"Option {n} Wert": value for n, value in enumerate(sold.values, 1)},
        }
        for good in goods
        for first, sold in zip([True] + [False] * len(good.variants), good.variants, strict=False)
    ]


def german_list(goods: Sequence[Good], money: Money) -> Rows:
    """A merchandise system: children name their parent, which has a price of its own."""
    return _list(goods, money, ("Art.-Nr.", "Bezeichnung", "Langtext", "VK brutto", "Lagerbestand", "EAN-Code",
                                "Vaterartikel"))  # fmt: skip


def english_list(goods: Sequence[Good], money: Money) -> Rows:
    """The same in English."""
    return _list(goods, money, ("Item no.", "Title", "Description", "Price", "Qty", "Barcode", "Parent SKU"))


def jtl(goods: Sequence[Good], money: Money) -> Rows:
    """JTL-Ameise: names and values of variations in columns of their own."""
    rows: Rows = []
    names = ("Artikelnummer", "Artikelname", "Beschreibung", "Std. VK Brutto", "Lagerbestand Gesamt", "GTIN",
             "Identifizierungsspalte Vaterartikel")  # fmt: skip
    for good, row, sold in _children(goods, money, names):
        named = {f"Variationsname {n}": name for n, name in enumerate(good.options, 1)}
        values = {f"Variationswertname {n}": value for n, value in enumerate(sold.values if sold else (), 1)}
        rows.append(row | named | values)
    return rows


def shopify_legacy(goods: Sequence[Good], money: Money) -> Rows:
    """Shopify's names until 2024."""
    return _shopify(goods, money, ("Handle", "Title", "Option{} Name", "Option{} Value", "Variant SKU", "Variant Price",
                                   "Variant Inventory Qty", "Variant Barcode"))  # fmt: skip


def shopify_today(goods: Sequence[Good], money: Money) -> Rows:
    """Shopify's names since."""
    return _shopify(goods, money, ("URL handle", "Title", "Option{} name", "Option{} value", "SKU", "Price",
                                   "Inventory quantity", "Barcode"))  # fmt: skip


def woo_english(goods: Sequence[Good], money: Money) -> Rows:
    """WooCommerce in English."""
    return _woo(goods, money, ("Type", "SKU", "GTIN, UPC, EAN, or ISBN", "Name", "Regular price", "Stock", "Parent",
                               "Attribute {} name", "Attribute {} value(s)"))  # fmt: skip


def woo_german(goods: Sequence[Good], money: Money) -> Rows:
    """WooCommerce in German."""
    return _woo(goods, money, ("Typ", "Artikelnummer", "GTIN, UPC, EAN oder ISBN", "Name", "Regulärer Preis", "Bestand",
                               "Übergeordnetes Produkt", "Attribut {} Name", "Attribut {} Wert(e)"))  # fmt: skip


def shopware(goods: Sequence[Good], money: Money) -> Rows:
    """Shopware 6, for goods without options: it tells those by identifiers only."""
    return [
        {
            "id": f"{place:032x}", "parent_id": "", "product_number": sold.sku, "name": good.name,
            "stock": str(sold.stock), "price_net": f"{sold.cents / 119:.10f}",
            "price_gross": f"{sold.cents / 100:.2f}", "tax_rate": "19", "tax_id": "t", "ean": sold.gtin,
        }
        for place, (good, sold) in enumerate((good, sold) for good in goods for sold in good.variants)
    ]  # fmt: skip


def prestashop(goods: Sequence[Good], money: Money) -> Rows:
    """PrestaShop's products, without combinations."""
    return [
        {
            "Product ID": str(place), "Active (0/1)": "1", "Name *": good.name, "Categories (x,y,z...)": "",
            "Price tax included": f"{sold.cents / 100:.2f}", "Reference #": sold.sku, "EAN13": sold.gtin,
            "Quantity": str(sold.stock), "Tags (x,y,z...)": "a,b",
        }
        for place, (good, sold) in enumerate((good, sold) for good in goods for sold in good.variants)
    ]  # fmt: skip


def _list(goods: Sequence[Good], money: Money, names: tuple[str, ...]) -> Rows:
    return [
        row | dict(zip(good.options, sold.values if sold else ("", ""), strict=False))
        for good, row, sold in _children(goods, money, names)
    ]


def _children(
    goods: Sequence[Good], money: Money, names: tuple[str, ...]
) -> list[tuple[Good, dict[str, str], Sold | None]]:
    """A row for each parent and each variant; a good without options has only one."""
    sku, name, text, price, stock, gtin, parent = names
    rows: list[tuple[Good, dict[str, str], Sold | None]] = []
    for good in goods:
        if good.options:
            head = {
                sku: good.number,
                name: good.name,
                text: good.text,
                price: money(good.variants[0].cents),
                parent: "",
            }
            rows.append((good, head, None))
        for sold in good.variants:
            row = {sku: sold.sku, name: good.name, text: good.text, price: money(sold.cents), gtin: sold.gtin}
            above = good.number if good.options else ""
            rows.append((good, row | {stock: str(sold.stock), parent: above}, sold))
    return rows


def _shopify(goods: Sequence[Good], money: Money, names: tuple[str, ...]) -> Rows:
    handle, title, option, value, sku, price, stock, gtin = names
    rows: Rows = []
    for good in goods:
        for first, sold in zip([True] + [False] * len(good.variants), good.variants, strict=False):
            named = {option.format(n): name for n, name in enumerate(good.options or ("Title",), 1)}
            values = {value.format(n): each for n, each in enumerate(sold.values or ("Default Title",), 1)}
            row = {handle: good.number.lower(), sku: sold.sku, price: f"{sold.cents / 100:.2f}", stock: str(sold.stock)}
            rows.append({**row, gtin: sold.gtin, title: good.name if first else "", **named, **values})
    return rows


def _woo(goods: Sequence[Good], money: Money, names: tuple[str, ...]) -> Rows:
    kind, sku, gtin, title, price, stock, parent, option, value = names
    rows: Rows = []
    for good in goods:
        if good.options:
            named = {option.format(n): name for n, name in enumerate(good.options, 1)}
            rows.append({kind: "variable", sku: good.number, title: good.name, **named})
        for sold in good.variants:
            row = {kind: "variation" if good.options else "simple", sku: sold.sku, gtin: sold.gtin, title: good.name}
            row |= {price: money(sold.cents), stock: str(sold.stock), parent: good.number if good.options else ""}
            named = {option.format(n): name for n, name in enumerate(good.options, 1)}
            values = {value.format(n): each.replace(",", "\\,") for n, each in enumerate(sold.values, 1)}
            rows.append(row | named | values)
    return rows


SYSTEMS: dict[str, tuple[str, Callable[[Sequence[Good], Money], Rows]]] = {
    "own": ("dorfladen", own),
    "german list": ("preisliste", german_list),
    "english list": ("preisliste", english_list),
    "jtl": ("jtl", jtl),
    "shopify legacy": ("shopify", shopify_legacy),
    "shopify today": ("shopify", shopify_today),
    "woo english": ("woocommerce", woo_english),
    "woo german": ("woocommerce", woo_german),
    "shopware": ("shopware", shopware),
    "prestashop": ("prestashop", prestashop),
}
WITHOUT_OPTIONS = {"shopware", "prestashop"}

"""Random files in our own format, for some goods that a shop has and some that it has not."""

from catalog.exchange.wishes import Missing, Only, Wishes

# number → article, name, unit; those that begin with N are new
GOODS = {
    "K-1": ("knopf", "Knopf", "Stück"), "G-1": ("garn", "Garn", "Stück"), "G-2": ("garn", "Garn", "Stück"),
    "S-1": ("stoff", "Stoff", "Meter"), "B-1": ("band", "Band", "Meter"), "N-1": ("neu", "Neues", "Stück"),
    "N-2": ("neu", "Neues", "Stück"), "N-3": ("borte", "Borte", "Meter"), "N-4": ("garn", "Garn", "Stück"),
}  # fmt: skip
CELLS: dict[str, list[str]] = {
    "Preis": ["4,50", "3,90", "3,20", "9,00"],
    "Bestand": ["0", "5", "12", "30", "(leer)"],
    "Ballen": ["3 | 2", "12; Partie 7", "12; Partie 7 | 4; Partie 8", "4; Partie 8 | 1"],
    "Angebotspreis": ["3,00", "2,50", "(leer)"],
    "Angebot bis": ["2026-11-25", "2027-01-31", "(leer)"],
    "UVP": ["9,90", "(leer)"],
    "Staffelpreise": ["ab 10: 2,00", "ab 10: 2,00 | ab 20: 1,50", "(leer)"],
    "Inhalt": ["50 g", "100 g", "(leer)"],
    "Option 1 Wert": ["Rot", "Blau", "Grün"],
    "Produktname": ["Anders", "Wieder anders"],
    "Kategorie": ["Bänder > Litzen", "Knöpfe", "(leer)"],
    "Veröffentlicht": ["ja", "nein"],
    "Beschreibung": ["Weich", "(leer)"],
    "Merkmal: Regal": ["A1", "B2", "(leer)"],
    "Meldebestand": ["2", "(leer)"],
    "Hersteller": ["Nordgarn GmbH", "Neue Spinnerei", "(leer)"],
    "Hersteller Ort": ["Lindow", "(leer)"],
}
OF_PRODUCT = ("Produktname", "Kategorie", "Veröffentlicht", "Beschreibung", "Merkmal: Regal", "Hersteller",
              "Hersteller Ort")  # fmt: skip


def file_of(which: list[str], what: list[str], cells: int) -> str:
    """A file in our own format: some goods, some columns, some values."""
    header = ["Artikelnummer", "Artikel", *what]
    named = ["Produktname", "Einheit", "Preis", "Option 1 Name", "Option 1 Wert"]
    has_new = any(each.startswith("N") for each in which)
    if has_new or "Option 1 Wert" in what:
        header += [each for each in named if each not in header]
    rows = [header]
    of_product: dict[tuple[str, str], str] = {}
    for place, sku in enumerate(sorted(which)):
        article, name, unit = GOODS[sku]
        row = {"Artikelnummer": sku, "Artikel": article if has_new else ""}
        row |= {"Option 1 Name": "Farbe"} if article in ("garn", "neu") else {}
        if sku.startswith("N"):
            row |= {"Produktname": name, "Einheit": unit, "Preis": "4,50", "Option 1 Wert": f"Ton {sku}"}
        for at, column in enumerate(what):
            values = CELLS[column]
            cell = values[cells // (place * 5 + at + 1) % len(values)]
            if column in OF_PRODUCT:
                cell = of_product.setdefault((article, column), cell)
            row[column] = cell
        if article not in ("garn", "neu"):
            row["Option 1 Name"] = row["Option 1 Wert"] = ""
        rows.append([row.get(each, "") for each in header])
    return "\n".join(";".join(row) for row in rows) + "\n"


def wishes_of(way: str) -> Wishes:
    """How the file is to be taken."""
    if way in ("zero", "draft"):
        return Wishes(missing=Missing(way))
    if way in ("new", "update"):
        return Wishes(only=Only(way))
    return Wishes(stock_is_change=way == "dazu")

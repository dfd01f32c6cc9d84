"""The columns of Etsy's download of listings, in the languages that shops are run in.

Seen in public repositories: English, German, French and Italian; the Spanish and Dutch words are translations. The
order of the columns is the same in all of them: seven, then ten numbered ones for pictures, then type, name and
values of each variation, the article number last.
"""

import re
from collections.abc import Sequence

from catalog.exchange import headers
from catalog.exchange.headers import normal

PICTURES = range(1, 11)
VARIATIONS = range(1, 4)

ALIASES: headers.Aliases = {
    "name": ("TITLE", "TITEL", "TITRE", "TITOLO", "TÍTULO"),
    "description": ("DESCRIPTION", "BESCHREIBUNG", "DESCRIZIONE", "DESCRIPCIÓN", "BESCHRIJVING"),
    "price_cents": ("PRICE", "PREIS", "PRIX", "PREZZO", "PRECIO", "PRIJS"),
    "currency": ("CURRENCY_CODE", "WÄHRUNGSCODE", "CODE_DEVISE", "CODICE_VALUTA", "CÓDIGO_DE_MONEDA", "VALUTACODE"),
    "stock": ("QUANTITY", "STÜCKZAHL", "ANZAHL", "MENGE", "QUANTITÉ", "QUANTITÀ", "CANTIDAD", "AANTAL"),
    "materials": ("MATERIALS", "MATERIALIEN", "MATÉRIAUX", "MATERIALI", "MATERIALES", "MATERIALEN"),
    "sku": ("SKU", "BESTANDSEINHEIT", "RÉFÉRENCE"),
    **{
        f"picture_{n}": tuple(
            f"{word}{blank}{n}" for word in ("IMAGE", "BILD", "IMMAGINE", "IMAGEN", "AFBEELDING") for blank in ("", " ")
        )
        for n in PICTURES
    },
    **{
        f"option_{n}_type": (
            *(f"VARIATION {n} TYPE", f"VARIATIONSTYP {n}", f"TYPE VARIATION {n}", f"TIPO VARIANTE {n}"),
            *(f"TIPO DE VARIACIÓN {n}", f"VARIATIETYPE {n}"),
        )
        for n in VARIATIONS
    },
    **{
        f"option_{n}_name": (
            *(f"VARIATION {n} NAME", f"VARIATIONSNAME {n}", f"NOM VARIATION {n}", f"NOME VARIANTE {n}"),
            *(f"NOMBRE DE VARIACIÓN {n}", f"VARIATIENAAM {n}"),
        )
        for n in VARIATIONS
    },
    **{
        f"option_{n}_values": (
            *(f"VARIATION {n} VALUES", f"VARIATIONSWERT {n}", f"VARIATIONSWERTE {n}", f"VALEURS VARIATION {n}"),
            *(f"VALORI VARIANTE {n}", f"VALORES DE VARIACIÓN {n}", f"VARIATIEWAARDEN {n}"),
        )
        for n in VARIATIONS
    },
}
_KNOWN = headers.by_normal_name(ALIASES)
_FIRST = ("name", "description", "price_cents", "currency", "stock", "tags", "materials")
_NUMBERED = re.compile(r"(\D+?) ?(\d{1,2})")
_TYPICAL = {"currency", "materials", "picture_1", "option_1_name"}


def count(header: Sequence[str]) -> int:
    """How many columns are known, by order or by name; 0 where too few of them are typical of Etsy."""
    places = {_KNOWN[normal(name)] for name in header if normal(name) in _KNOWN}
    typical = {"name", "sku"} & places and len(_TYPICAL & places) > 1
    return len(_by_order(header)) or (len(places) if typical else 0)


def known(header: Sequence[str]) -> dict[str, str]:
    """What each normal name means: by the order of a complete download, else by the words of the table above."""
    return {normal(header[place]): key for key, place in _by_order(header).items() if key != "tags"} or _KNOWN


def _by_order(header: Sequence[str]) -> dict[str, int]:
    """The columns of a complete download, whose order tells what they are; nothing of another file."""
    first = len(_FIRST)
    pictures = [_NUMBERED.fullmatch(normal(name)) for name in header[first : first + len(PICTURES)]]
    numbers = [int(match[2]) for match in pictures if match]
    if numbers != list(PICTURES) or len({match[1] for match in pictures if match}) > 1:
        return {}
    after = first + len(PICTURES)
    variations, rest = divmod(len(header) - after - 1, 3)
    if rest or not 0 <= variations <= len(VARIATIONS):
        return {}
    keys = [
        *_FIRST,
        *(f"picture_{n}" for n in PICTURES),
        *(f"option_{n}_{part}" for n in VARIATIONS[:variations] for part in ("type", "name", "values")),
        "sku",
    ]
    return {key: place for place, key in enumerate(keys)}

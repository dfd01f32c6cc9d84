"""Which picture shows which goods: file names and the painters that make them."""

from collections.abc import Callable, Sequence
from functools import partial

from shop.demo.painting import cloth, haberdashery, prints, tools, wool
from shop.demo.painting.light import Grid
from shop.demo.painting.table import Table

Painter = Callable[[], Table]
Row = dict[str, str]
"""A line of goods.csv."""

_WEAVES = {
    "jersey-uni": "jersey",
    "buendchen": "jersey",
    "leinen-gewaschen": "linen",
    "leinen-viskose": "linen",
    "canvas-uni": "canvas",
    "cord-breit": "cord",
    "sommersweat": "terry",
    "sweat-angeraut": "terry",
    "musselin-uni": "muslin",
    "minky-punkte": "minky",
    "wollwalk": "fleece",
    "satin-festlich": "satin",
    "vlieseline-leicht": "poplin",
    "volumenvlies": "fleece",
    "wollfilz-zuschnitt": "fleece",
}
_STRANDS = {  # pixels
    "merino-fein": 11.0,
    "baumwollgarn-sommer": 10.0,
    "sockenwolle-uni": 8.0,
    "alpaka-hauch": 9.0,
    "dicke-wolle": 26.0,
    "haekelgarn-leinen": 9.0,
    "baumwolle-kunterbunt": 9.0,
}
_BALLS = 30  # in a picture of a whole range: of more shades every so many
_SELF_STRIPING = {
    "sockenwolle-bunt-01.webp": ["#8a4f2a", "#d9902f", "#5c6b3a", "#efe0c0"],
    "sockenwolle-bunt-02.webp": ["#2f6f86", "#a9cbd6", "#26344f", "#e9e4d6"],
    "sockenwolle-bunt-03.webp": ["#8a3a5c", "#d98aa0", "#5f3a5c", "#f0dfe0"],
    "sockenwolle-bunt-04.webp": ["#7d9a4a", "#e8c24c", "#d9702b", "#f3ecd8"],
}
_PRINTED: dict[str, tuple[Callable[[], Grid], str]] = {
    "jersey-waldtiere-01": (lambda: prints.forest("#f2e6d0", ["#b5562a", "#4e6b4a", "#7a4a2e"], "#e9a23b"), "jersey"),
    "jersey-waldtiere-02": (lambda: prints.forest("#a9bfa6", ["#7a4a2e", "#3f5a4c", "#b5562a"], "#f2e6d0"), "jersey"),
    "jersey-waldtiere-03": (lambda: prints.forest("#2b3a55", ["#d0773f", "#8fae9a", "#c9a06a"], "#f2dfb8"), "jersey"),
    "jersey-ringel-01": (lambda: prints.stripes("#f5f0e4", [("#31435e", 10), ("#f5f0e4", 10)]), "jersey"),
    "jersey-ringel-02": (lambda: prints.stripes("#f3e9d6", [("#b4532a", 10), ("#f3e9d6", 10)]), "jersey"),
    "jersey-sterne-01": (lambda: prints.stars("#26344f", "#f0d48a"), "jersey"),
    "jersey-sterne-02": (lambda: prints.stars("#d6a19a", "#fbf3e8"), "jersey"),
    "popeline-punkte-01": (lambda: prints.dots("#b93b30", "#fdf6ea"), "poplin"),
    "popeline-punkte-02": (lambda: prints.dots("#1f5f66", "#fdf6ea"), "poplin"),
    "popeline-punkte-03": (lambda: prints.dots("#d29a2e", "#fdf6ea"), "poplin"),
    "popeline-blumenwiese-01": (
        lambda: prints.flowers("#24405e", ["#e8a0a0", "#f3d6c0", "#d96f5d"], "#f0c24b", "#7f9b76"),
        "poplin",
    ),
    "popeline-blumenwiese-02": (
        lambda: prints.flowers("#f4ead6", ["#c9525a", "#e29a4a", "#7c97b5"], "#8a5a2b", "#6f8f63"),
        "poplin",
    ),
    "popeline-vichy-01": (lambda: prints.gingham("#fbf8f2", "#b93b30"), "poplin"),
    "popeline-vichy-02": (lambda: prints.gingham("#fbf8f2", "#3f648f"), "poplin"),
    "popeline-vichy-03": (lambda: prints.gingham("#fbf8f2", "#5f7f58"), "poplin"),
    "popeline-blaetter-01": (lambda: prints.leaves("#e6eadc", ["#5f7f58", "#8fa583", "#3f5f4c"]), "poplin"),
    "flanell-karo-01": (
        lambda: prints.tartan("#9c2f2a", [("#26221f", 0.25, 110), ("#e9d9b8", 0.62, 7), ("#26221f", 0.82, 26)]),
        "terry",
    ),
}
_GARMENT = "#a8502d"
_SCENES: dict[str, Painter] = {
    "stopfwolle": partial(haberdashery.on_card, "cordband", "#8d8e8f", "#ffffff", "stopf", wide=22),
    "knopf-olivenholz": partial(haberdashery.buttons, "#7a4f30", "wood", "olive"),
    "knopf-buche": partial(haberdashery.buttons, "#d2a876", "wood", "beech", holes=2, radius=104),
    "knopf-matt": partial(haberdashery.buttons, "#9a8a78", "matt", "matt"),
    "knopf-perlmutt": partial(haberdashery.buttons, "#ece5da", "pearl", "pearl", holes=2, radius=88),
    "knopf-metall-altgold": partial(haberdashery.buttons, "#a8884a", "metal", "gold", holes=0),
    "knopf-metall-silber": partial(haberdashery.buttons, "#9a9b9c", "metal", "silver", holes=0),
    "karoband": partial(haberdashery.on_card, "gingham", "#b93b30", "#fbf8f2", "karoband", wide=84),
    "punkteband": partial(haberdashery.on_card, "dots", "#2f6f74", "#fdf6ea", "punkteband", wide=72),
    "baumwollspitze": partial(haberdashery.on_card, "lace", "#f4ecdc", "#ffffff", "spitze", wide=104),
    "reissverschluss-jacke": partial(haberdashery.zips, ["#b7322f", "#d29a2e", "#1f5f66", "#2a3654"], False, "jacke"),
    "reissverschluss-metall": partial(haberdashery.zips, ["#2a3654", "#e6dcc6", "#2a2a2d"], True, "metall"),
    "naehgarn-rolle": partial(haberdashery.spools, ["#d9702b"], "rolle"),
    "schneiderschere": partial(tools.scissors_on_linen, "#d9702b"),
    "stickschere": partial(tools.scissors_on_linen, "#c9a45c", scale=0.62, turn=-40),
    "naehnadeln": partial(tools.sewing_needles, "naehnadeln"),
    "maschinennadeln": partial(tools.needles, "maschine", 6, "#c9ccd0", count=5),
    "stecknadeln-glaskopf": partial(tools.pins, ["#b7322f", "#e5b545", "#1f6a70", "#f5efe2", "#d9702b"], "pins"),
    "stricknadeln-bambus": partial(tools.needles, "bambus", 13, "#d6ad74", knob="#7a4a2b"),
    "haekelnadel-alu": partial(tools.needles, "haken", 9, "#b8bcc2", count=3),
    "massband": partial(tools.tape_measure, "#f0c63c", "tape"),
    "stickrahmen": partial(tools.hoop, "hoop"),
    "schnitt-kleid-mathilda": partial(tools.booklet, "Kleid Mathilda", "Schnittheft · 86-140", "#f6ead6", _GARMENT),
    "schnitt-pumphose": partial(tools.booklet, "Pumphose Emil", "56-104", "#eef0e4", "#4f6b54", "trousers"),
    "schnitt-tasche-linda": partial(tools.booklet, "Tasche Linda", "Schnittheft", "#f3e8e0", "#31435e", "bag"),
    "fuellwatte": partial(wool.stuffing, "fuellwatte"),
    "schafwolle-fuellung": partial(wool.stuffing, "schafwolle", "#e6d8bd"),
    "kirschkerne": partial(tools.kernels, "kirschkerne"),
    "stoffmalfarbe": partial(tools.jars, ["#b7322f", "#e5b545", "#1f6a70", "#f3efe6"], "jars"),
    "fat-quarter": lambda: cloth.pile(
        [
            (prints.dots("#a5344f", "#fdf6ea"), "poplin"),
            (prints.leaves("#e6eadc", ["#5f7f58", "#8fa583", "#3f5f4c"]), "poplin"),
            (prints.gingham("#fbf8f2", "#2f6f86"), "poplin"),
        ],
        "fat-quarter",
    ),
}
_ON_CARD = {
    "satinband-25": ("satin", 92),
    "ripsband-15": ("grosgrain", 60),
    "gummiband-20": ("elastic", 74),
    "schraegband-20": ("bias", 70),
    "samtband-16": ("velvet", 62),
    "baumwollkordel": ("cordband", 34),
}


def all_pictures(rows: Sequence[Row]) -> dict[str, Painter]:
    """A painter for every picture that the goods name. Raises KeyError for a picture that nobody can paint."""
    by_product: dict[str, list[Row]] = {}
    for row in rows:
        by_product.setdefault(row["Artikel"], []).append(row)
    painters: dict[str, Painter] = {}
    for key, variants in by_product.items():
        for name in filter(None, variants[0]["Bilder"].split("|")):
            painters[name] = _of_product(key, name, variants)
        for row in variants:
            if row["Bild der Variante"]:
                painters[row["Bild der Variante"]] = _of_variant(key, row["Bild der Variante"], row, variants[0])
    return painters


def _of_product(key: str, name: str, variants: list[Row]) -> Painter:
    stem = name.removesuffix(".webp")
    tones = list(dict.fromkeys(row["Option 1 Farbe"] for row in variants if row["Option 1 Farbe"]))
    if stem in _SCENES:
        return _SCENES[stem]
    if key in _WEAVES:
        return lambda: cloth.pile([(prints.plain(tone), _WEAVES[key]) for tone in tones], key)
    if key in _STRANDS:
        return partial(wool.basket_of_balls, tones[:: -(-len(tones) // _BALLS)], key, thick=_STRANDS[key])
    if key in _ON_CARD:
        kind, wide = _ON_CARD[key]
        return partial(haberdashery.on_card, kind, tones[0], "#ffffff", key, wide=wide)
    if key.startswith("reissverschluss"):
        return partial(haberdashery.zips, tones, False, key)
    if key == "knopf-bunt":
        return partial(haberdashery.buttons, tones, "glossy", key)
    return partial(haberdashery.spools, tones, key)


def _of_variant(key: str, name: str, row: Row, first: Row) -> Painter:
    stem, tone = name.removesuffix(".webp"), row["Option 1 Farbe"]
    if stem in _PRINTED:
        tile, weave = _PRINTED[stem]
        return lambda: cloth.draped(tile(), weave, key)
    if name in _SELF_STRIPING:
        return partial(wool.ball_on_linen, _SELF_STRIPING[name], key, thick=9, band=_band(row, first))
    if key in _WEAVES:
        return lambda: cloth.draped(prints.plain(tone), _WEAVES[key], key)
    return partial(wool.ball_on_linen, [tone], key, thick=_STRANDS[key], band=_band(row, first))


def _band(row: Row, first: Row) -> list[str]:
    """What stands on the paper band; the built-in typeface knows no umlauts, so numbers instead of names."""
    number = row["Artikelnummer"].rsplit("-", 1)[-1]
    return ["Schafberg", f"{row['Inhalt']} · {first['Merkmal: Lauflänge']} m", f"Farbe {number}"]

"""The authorities that a shopper may complain to: data protection of each Land, accessibility of all together."""

from collections.abc import Mapping

# Who watches over private businesses (§ 40 BDSG), and the website where address and form of complaint stand.
DATA_PROTECTION: Mapping[str, tuple[str, str]] = {
    "BW": (
        "Der Landesbeauftragte für den Datenschutz und die Informationsfreiheit Baden-Württemberg",
        "baden-wuerttemberg.datenschutz.de",
    ),
    "BY": ("Bayerisches Landesamt für Datenschutzaufsicht", "lda.bayern.de"),
    "BE": ("Berliner Beauftragte für Datenschutz und Informationsfreiheit", "datenschutz-berlin.de"),
    "BB": (
        "Die Landesbeauftragte für den Datenschutz und für das Recht auf Akteneinsicht Brandenburg",
        "lda.brandenburg.de",
    ),
    "HB": ("Der Landesbeauftragte für Datenschutz und Informationsfreiheit Bremen", "datenschutz.bremen.de"),
    "HH": ("Der Hamburgische Beauftragte für Datenschutz und Informationsfreiheit", "datenschutz-hamburg.de"),
    "HE": ("Der Hessische Beauftragte für Datenschutz und Informationsfreiheit", "datenschutz.hessen.de"),
    "MV": (
        "Der Landesbeauftragte für Datenschutz und Informationsfreiheit Mecklenburg-Vorpommern",
        "datenschutz-mv.de",
    ),
    "NI": ("Der Landesbeauftragte für den Datenschutz Niedersachsen", "lfd.niedersachsen.de"),
    "NW": (
        "Landesbeauftragte für Datenschutz und Informationsfreiheit Nordrhein-Westfalen",
        "ldi.nrw.de",
    ),
    "RP": (
        "Der Landesbeauftragte für den Datenschutz und die Informationsfreiheit Rheinland-Pfalz",
        "datenschutz.rlp.de",
    ),
    "SL": ("Unabhängiges Datenschutzzentrum Saarland", "datenschutz.saarland.de"),
    "SN": ("Sächsische Datenschutz- und Transparenzbeauftragte", "datenschutz.sachsen.de"),
    "ST": ("Landesbeauftragte für den Datenschutz Sachsen-Anhalt", "datenschutz.sachsen-anhalt.de"),
    "SH": ("Unabhängiges Landeszentrum für Datenschutz Schleswig-Holstein", "datenschutzzentrum.de"),
    "TH": (
        "Thüringer Landesbeauftragter für den Datenschutz und die Informationsfreiheit",
        "tlfdi.de",
    ),
}

# § 20 BFSG, state treaty of the sixteen Länder; the address as shops print it since 2025.
ACCESSIBILITY = (
    "Marktüberwachungsstelle der Länder für die Barrierefreiheit von Produkten und Dienstleistungen (MLBF)",
    "c/o Ministerium für Arbeit, Soziales, Gesundheit und Gleichstellung Sachsen-Anhalt",
    "Postfach 39 11 55, 39135 Magdeburg",
    "Telefon: 0391 567 4530",
    "E-Mail: MLBF@ms.sachsen-anhalt.de",
)

# Where a Leitregion (the first two digits of a postal code) lies in one Land alone; the others are asked for.
_LANDS_BY_REGION = {
    "01": "SN", "02": "SN", "08": "SN", "09": "SN", "10": "BE", "12": "BE", "13": "BE", "18": "MV", "20": "HH",
    "24": "SH", "25": "SH", "26": "NI", "30": "NI", "39": "ST", "40": "NW", "41": "NW", "42": "NW", "44": "NW",
    "45": "NW", "46": "NW", "47": "NW", "50": "NW", "52": "NW", "54": "RP", "60": "HE", "70": "BW", "71": "BW",
    "72": "BW", "73": "BW", "75": "BW", "76": "BW", "77": "BW", "78": "BW", "79": "BW", "80": "BY", "81": "BY",
    "82": "BY", "83": "BY", "84": "BY", "85": "BY", "86": "BY", "90": "BY", "91": "BY", "92": "BY", "93": "BY",
    "94": "BY", "95": "BY", "99": "TH",
}  # fmt: skip


def land_of(postal_code: str) -> str:
    """The Land that a German postal code most likely lies in, as a proposal; "" where its region has several."""
    return _LANDS_BY_REGION.get(postal_code[:2], "")

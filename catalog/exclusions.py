"""Goods that consumers may not send back (§ 312g Abs. 2 BGB): which ones, why, and what is said of them.

All goods may be sent back unless the owner has said of this very article which exception fits it, and why. There is
no switch for the whole shop: the exceptions are construed narrowly (BGH VIII ZR 295/01). Downloads (Nr. 13, § 356
BGB) are none of them here, for this shop sells none.
"""

from enum import StrEnum


class Exclusion(StrEnum):
    """Whether goods may be sent back, or which exception of § 312g Abs. 2 BGB fits them."""

    NORMAL = "normal"
    CUSTOM_MADE = "custom_made"  # Nr. 1: made as this shopper has specified
    HYGIENE_SEAL = "hygiene_seal"  # Nr. 3: sealed for health or hygiene, and unsealed by her
    SEALED_MEDIA = "sealed_media"  # Nr. 6: recordings or software in a sealed packing, unsealed by her


NAMES = {
    Exclusion.NORMAL: "gilt wie immer",
    Exclusion.CUSTOM_MADE: "gilt nicht: eigens für die Kundin angefertigt",
    Exclusion.HYGIENE_SEAL: "erlischt mit dem Öffnen: aus Hygienegründen versiegelt",
    Exclusion.SEALED_MEDIA: "erlischt mit dem Öffnen: Film, Musik oder Software, versiegelt",
}

_NOTES = {
    Exclusion.CUSTOM_MADE: (
        "Kein Widerrufsrecht: Diese Ware wird eigens nach Ihren Angaben angefertigt (§ 312g Abs. 2 Nr. 1 BGB)."
    ),
    Exclusion.HYGIENE_SEAL: (
        "Ihr Widerrufsrecht erlischt, wenn Sie die Versiegelung nach der Lieferung öffnen: Die Ware ist dann aus "
        "Gründen des Gesundheitsschutzes oder der Hygiene nicht zur Rückgabe geeignet (§ 312g Abs. 2 Nr. 3 BGB)."
    ),
    Exclusion.SEALED_MEDIA: (
        "Ihr Widerrufsrecht erlischt, wenn Sie die versiegelte Packung nach der Lieferung öffnen: Sie enthält Ton- "
        "oder Videoaufnahmen oder Software (§ 312g Abs. 2 Nr. 6 BGB)."
    ),
}

CUT_IS_NOT_MADE = (
    "Vom Ballen Geschnittenes ist in aller Regel nicht „eigens angefertigt“: Stoff, Band und Gummi in ganzen Schritten "
    "lassen sich als Rest wieder verkaufen, also dürfen Kundinnen sie zurückgeben (BGH VIII ZR 295/01). Ausgenommen "
    "ist nur, was wirklich für sie gemacht wird: eigener Druck, genähte Vorhänge, ein Monogramm. Wer das Recht zu "
    "Unrecht verneint, riskiert eine Abmahnung, und die Frist läuft zwölf Monate länger. Vor Wertverlust schützt der "
    "Wertersatz. Fragen Sie im Zweifel Ihre Anwältin."
)
"""What law says of goods by the metre that are called custom-made; no higher court has decided it."""


def note(exclusion: str, reason: str) -> str:
    """What a shopper must know before she orders (Art. 246a § 1 Abs. 3 EGBGB); "" for goods that may be sent back.

    `reason` is the owner's own sentence why the exception fits.
    """
    if exclusion == Exclusion.NORMAL:
        return ""
    return f"{_NOTES[Exclusion(exclusion)]} {reason}".strip()

"""What is left for the owner's lawyer: where the law is new, disputed, or was not read in its own words."""

from collections.abc import Iterable

from shop.profile import Profile


def questions(shop: Profile) -> list[str]:
    """The points that concern this shop, in plain German: what we do, and what is uncertain about it."""
    return [sentence for concerns, sentence in _all(shop) if concerns]


def _all(shop: Profile) -> Iterable[tuple[bool, str]]:
    served = shop.delivery_countries.split()
    yield (
        True,
        "Widerruf mit zwei Klicks (§ 356a BGB, seit Juni 2026): Wir fragen nach keinem Grund und verlangen weder "
        "Anmeldung noch Rechenaufgabe. Wie weit das Gesetz genau geht, haben Gerichte noch nicht entschieden.",
    )
    yield (
        True,
        "Meterware vom Ballen: Wir gehen davon aus, dass auch zugeschnittener Stoff widerrufen werden darf. Ein "
        "höchstes Gericht hat das noch nicht entschieden; auf der sicheren Seite sind Sie so.",
    )
    yield (
        True,
        "Mitteilung zum Gewährleistungsrecht (seit September 2026): Sie steht vor der Liste der Artikel auf der Seite "
        "„Bestellung prüfen“. Ob dort der beste Platz ist, ist umstritten.",
    )
    yield (
        True,
        "Datenschutzerklärung: Sie beschreibt, was der Laden tut. Was Sie außerhalb tun (Kamera im Laden, Werbung in "
        "sozialen Netzen), müssen Sie ergänzen lassen.",
    )
    yield (
        True,
        "Produkthaftung ab 9. Dezember 2026: Heben Sie auf, von wem Ihre Ware stammt. Das deutsche Gesetz dazu stand "
        "noch nicht fest, als dieses Programm geschrieben wurde.",
    )
    yield (
        shop.is_small_business,
        "Kleinunternehmer: „Endpreis, steuerfrei nach § 19 UStG“ ist unsere Fassung des Hinweises; die Befreiung "
        "endet mit dem Verkauf, der die Grenze überschreitet.",
    )
    yield (
        not shop.is_micro,
        "Barrierefreiheit: Die vier Pflichtangaben und die Anschrift der Marktüberwachungsstelle (MLBF) bitte "
        "gegenlesen; die Behörde ist neu und zieht noch um.",
    )
    yield (
        "AT" in served,
        "Österreich: Ob der Bevollmächtigte für Verpackungen nach dem neuen europäischen Recht noch nötig ist, und ob "
        "sich Ihr Angebot so an Österreich richtet, dass österreichisches Recht gilt.",
    )
    yield (
        "CH" in served,
        "Schweiz: Ob sich Ihr Angebot an die Schweiz richtet (dann Preise in Franken mit allen Abgaben) und ab wann "
        "Sie dort Mehrwertsteuer schulden.",
    )
    yield (
        shop.sells_gifts,
        "Gutscheine: Sie gelten als Mehrzweck-Gutscheine und werden erst beim Einlösen versteuert; bitte Ihr "
        "Steuerbüro fragen.",
    )
    yield (
        bool(set(served) - {"DE"}),
        "Verkauf ins Ausland: welche Steuer gilt, ab wann, und welche Nachweise Sie brauchen.",
    )

"""What people agree to when they order the newsletter; a changed text gets another number, old ones stay.

Each consent names the number of the words that stood beside the box (Art. 7 Abs. 1 DSGVO: it must be provable).
"""

CONSENTS = {
    1: (
        "Ja, ich möchte den Newsletter von {shop} per E-Mail bekommen: Neuigkeiten und Angebote aus dem Sortiment, "
        "höchstens etwa einmal in der Woche. Ich kann ihn jederzeit abbestellen, mit einem Klick in jedem Newsletter."
    ),
}
LATEST = max(CONSENTS)


def consent(number: int, shop_name: str) -> str:
    """The words of a number, with the shop's name in them."""
    return CONSENTS[number].format(shop=shop_name)

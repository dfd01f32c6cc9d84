import pytest

from catalog.exchange import code_pages

WORDS = """Knöpfe Bänder Nähgarn Reißverschlüsse für Möbel Größe Weiß weiß Grün hellblaugrün Ärmel Öse ÖSEN Übergröße
MENÜ GRÖSSE Straße STRAßE Füllwatte Häkelnadel Süßkirsche Café Bouclé Crêpe Voilé Piqué Façonné „Käfer“ ‚rot‘
4,95€ Blau–Weiß Oma’s 100°C Rot… Äpfel über ähnlich öffnen üppig Maß Fuß Größentabelle Müller&Söhne Jürgen Tüll
Gütermann Jackenknöpfe Nähmaschinenöl Bügeleinlage Fließ Ü-Eier ÄRMEL 30° Baby® Madeira™ Spaß“ »Ähre« ÄÖÜ""".split()
MORE = ["1–2 m", "§ 19 UStG", "4,95\u00a0€", "€\u00a04,95", "Blau – Weiß", "100\u00a0°C", "und so weiter …"]


@pytest.mark.parametrize("page", ["cp1252", "mac_roman"])
@pytest.mark.parametrize("word", [*WORDS, *MORE])
@pytest.mark.parametrize("around", ["{}", "A;{};1,00\r\n", "Artikelnummer;Preis\n{};1"])
def test_a_single_word_tells_windows_from_mac(page: str, word: str, around: str) -> None:
    content = around.format(word).encode(page)
    assert content.decode(code_pages.likeliest([content]) or "ascii") == around.format(word)


@pytest.mark.parametrize("page", ["cp1252", "mac_roman", "cp850"])
def test_a_text_tells_all_three(page: str) -> None:
    text = "\r\n".join(word for word in WORDS if word.encode(page, "ignore").decode(page) == word)
    assert code_pages.likeliest([text.encode(page)]) == page


@pytest.mark.parametrize("word", ["Knöpfe", "Größe", "Müller", "weiß", "Übergröße", "Süßkirsche"])
def test_most_words_tell_dos(word: str) -> None:
    assert code_pages.likeliest([word.encode("cp850")]) == "cp850"


def test_what_gives_words_nowhere_has_no_code_page() -> None:
    assert code_pages.likeliest([b"A;1\x901;2"]) is None


def test_words_are_found_in_any_piece() -> None:
    assert code_pages.likeliest([b"A;B\n" * 9, "Knöpfe".encode("mac_roman")]) == "mac_roman"

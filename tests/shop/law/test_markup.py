"""A page becomes a tree whose elements stand in the page's order."""

from shop.law import markup

PAGE = """<main><h1 class="big loud">Hallo&nbsp;Welt</h1><p>Ge&shy;schenk<br>und
 mehr<p>Zweiter<ul><li>Eins<li>Zwei</ul><script>böse()</script></main>"""


def test_text_is_one_line_without_scripts_and_soft_hyphens() -> None:
    assert markup.parse(PAGE).text == "Hallo Welt Geschenk und mehr Zweiter Eins Zwei"


def test_paragraphs_and_items_close_themselves() -> None:
    tree = markup.parse(PAGE)
    assert [each.text for each in tree.all("p")] == ["Geschenk und mehr", "Zweiter Eins Zwei"]
    assert [each.text for each in tree.all("li")] == ["Eins", "Zwei"]
    assert [each.tag for each in tree.all("li")[0].above()][:1] == ["ul"]


def test_elements_are_found_by_tag_attribute_and_class() -> None:
    tree = markup.parse(PAGE + '<input name="a" value="1"><input name="b">')
    assert [each.tag for each in tree.walk() if "loud" in each.classes] == ["h1"]
    assert [each["value"] for each in tree.all("input", name="a")] == ["1"]
    assert tree.all("input", name="c") == []


def test_a_form_sends_what_is_typed_ticked_and_chosen() -> None:
    form = markup.parse(
        '<form><input name="a" value="1"><input type="checkbox" name="b"><input type="checkbox" name="c" checked>'
        '<input type="radio" name="d" value="x"><input type="radio" name="d" value="y" checked>'
        '<textarea name="e">Zeile</textarea><select name="f"><option value="1">eins<option selected>zwei</select>'
        '<input name="g" disabled value="9"><button name="h" value="1">Los</button></form>'
    )
    assert markup.fields_of(form) == {"a": "1", "c": "on", "d": "y", "e": "Zeile", "f": "zwei"}


def test_only_what_sends_a_form_is_a_button_of_it() -> None:
    tree = markup.parse(
        '<button>Los</button><button type="button">Nur Schau</button><input type="submit" value="Ab"><a>Link</a>'
    )
    assert [markup.words_on(each) for each in markup.buttons(tree)] == ["Los", "Ab"]


def test_links_are_found_by_text_and_by_path() -> None:
    tree = markup.parse('<a href="/agb#x">AGB</a><a href="/agb?y=1">mehr</a><a href="/agbs">anders</a>')
    assert tree.link("AGB") is tree.all("a")[0]
    assert tree.link("nichts") is None
    assert [each.text for each in tree.links_to("/agb")] == ["AGB", "mehr"]


def test_what_nobody_closed_or_opened_does_no_harm() -> None:
    assert markup.parse("<div><b>Fett</div></i>Rest").text == "Fett Rest"

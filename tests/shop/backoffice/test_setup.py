"""The set-up assistant: nothing typed is lost, nothing is chosen for her, and at its end the texts are written."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from checkout import pickup, rates
from shop import legal, pages, profile, setup
from shop.processors import ProcessorNote
from shop.profile import Profile

Write = Callable[[], Any]
ANSWERS: dict[str, dict[str, str]] = {
    "wer": {"laden": "Nähladen Probe", "name": "Petra Probe", "rechtsform": "person"},
    "wo": {"strasse": "Dorfstraße 1", "plz": "16835", "ort": "Musterow", "bundesland": "BB",
           "email": "laden@probe.example", "telefon": "033 100"},
    "steuer": {"steuer": "klein", "steuernummer": "052/123/45678"},
    "team": {"team": "2", "umsatz": "to_2m"},
    "lieferung": {"land-DE": "ja", "abholung": "ja", "teile": "goods", "lucid": "DE 1234567890123",
                  "system": "Der Grüne Punkt", "tarife": "ja"},
    "rueckgabe": {"ruecksendung": "customer"},
    "zahlung": {"iban": "DE89370400440532013000"},
    "technik": {"name-host": "Netzdorf GmbH, Berlin", "avv-host": "2026-11-20", "grund-backup": "Wir heben sie auf."},
}  # fmt: skip


def test_a_newcomer_is_led_through_and_ends_with_written_texts(owner: FlaskClient, write: Write) -> None:
    assert "Richten Sie Ihren Laden ein" in owner.get("/backoffice/").text
    path = owner.get("/backoffice/einrichten").location
    for step, answers in ANSWERS.items():
        assert path == f"/backoffice/einrichten/{step}"
        assert "Warum wir fragen" in owner.get(path).text
        path = owner.post(path, data=answers | {"go": "weiter"}).location
    assert path == "/backoffice/einrichten/fertig"
    end = owner.get(path).text
    assert "Ihre Rechtstexte sind geschrieben" in end
    assert "Meterware vom Ballen" in end
    assert "Noch nicht beantwortet" not in end
    with write() as session:
        shop = profile.load(session)
        assert legal.missing(shop) == []
        assert (shop.legal_form, shop.staff, shop.is_micro, shop.delivers_in) == ("person", 2, True, "goods")
        assert (shop.lucid_number, pickup.terms(session).land) == ("DE1234567890123", "BB")
        assert rates.load(session).rates_to("DE")
        texts = {slug: str((page := pages.latest(session, slug)) and page.body) for slug in legal.slugs(shop)}
        noted = {each.key: each for each in session.exec(select(ProcessorNote)).all()}
    assert "barrierefreiheit" not in texts
    assert "die letzte Ware in Besitz" in texts["widerrufsbelehrung"]
    assert "Netzdorf GmbH" in texts["datenschutz"]
    assert "lda.brandenburg.de" in texts["datenschutz"]
    assert str(noted["host"].agreed_on) == "2026-11-20"
    assert "Einrichten" not in owner.get("/backoffice/").text


def test_the_end_names_a_country_without_a_price(owner: FlaskClient, write: Write) -> None:
    owner.post("/backoffice/einrichten/lieferung", data=ANSWERS["lieferung"] | {"go": "weiter"})
    assert "keinen Versandpreis" not in owner.get("/backoffice/einrichten/fertig").text
    with write() as session:
        session.get_one(Profile, 1).delivery_countries = "DE AT"
    assert (
        "nach Österreich, aber dorthin gibt es keinen Versandpreis" in owner.get("/backoffice/einrichten/fertig").text
    )


@pytest.mark.parametrize("go", ["zurueck", "spaeter"])
def test_what_was_typed_is_kept_as_it_is(owner: FlaskClient, write: Write, go: str) -> None:
    typed = {"strasse": "Nadelgasse 4", "plz": "1799", "email": "keine Adresse"}
    answer = owner.post("/backoffice/einrichten/wo", data=typed | {"go": go})
    assert answer.location == ("/backoffice/einrichten/wer" if go == "zurueck" else "/backoffice/")
    again = owner.get("/backoffice/einrichten/wo").text
    for text in typed.values():
        assert f'value="{text}"' in again
    with write() as session:
        assert profile.load(session).street == ""
        assert setup.next_step(session) == "wer"


def test_it_goes_on_where_it_was_left(owner: FlaskClient) -> None:
    owner.post("/backoffice/einrichten/wer", data=ANSWERS["wer"] | {"go": "weiter"})
    assert owner.get("/backoffice/einrichten").location == "/backoffice/einrichten/wo"
    assert "1 von 8 Schritten" in owner.get("/backoffice/").text
    assert 'value="Petra Probe"' in owner.get("/backoffice/einrichten/wer").text


NOT_YET = (
    ("wer", {"rechtsform": ""}, "Bitte wählen Sie Ihre Rechtsform"),
    ("wer", {"rechtsform": "gmbh"}, "wer das Unternehmen vertritt"),
    ("wer", {"rechtsform": "ug", "vertreten": "Petra Probe"}, "Bitte nennen Sie das Registergericht"),
    ("wo", {"strasse": "Postfach 12"}, "Ein Postfach genügt nicht"),
    ("wo", {"telefon": ""}, "Telefonnummer"),
    ("wo", {"telefon": "ruf an"}, "Das ist keine Telefonnummer"),
    ("wo", {"plz": "3030"}, "Eine Postleitzahl hat fünf Ziffern"),
    ("steuer", {"steuer": ""}, "ob Sie Umsatzsteuer ausweisen"),
    ("steuer", {"steuernummer": ""}, "eine der beiden Nummern"),
    ("team", {"team": ""}, "Bitte tragen Sie eine Zahl ein"),
    ("lieferung", {"lucid": "12"}, "LUCID-Nummer beginnt mit DE"),
    ("lieferung", {"teile": ""}, "wie Sie verschicken"),
    ("lieferung", {"land-DE": "", "abholung": ""}, "wie die Ware zu Ihren Kundinnen kommt"),
    ("rueckgabe", {"ruecksendung": ""}, "Bitte entscheiden Sie das"),
    ("technik", {"name-host": ""}, "wer das macht: Server"),
)


def test_what_the_law_needs_is_asked_for(owner: FlaskClient, write: Write) -> None:
    for step, changed, sentence in NOT_YET:
        answer = owner.post(f"/backoffice/einrichten/{step}", data=ANSWERS[step] | changed | {"go": "weiter"})
        assert answer.status_code == 422
        assert sentence in answer.text
    with write() as session:
        assert setup.answered(session) == set()


def test_nothing_is_chosen_before_she_was_asked(owner: FlaskClient) -> None:
    for step in ("steuer", "team", "lieferung", "rueckgabe"):
        page = owner.get(f"/backoffice/einrichten/{step}").text
        radios = [line for line in page.splitlines() if 'type="radio"' in line]
        assert radios
        assert not any(" checked" in line for line in radios)


def test_a_shop_that_sells_already_is_only_told_of_new_questions(owner: FlaskClient, write: Write) -> None:
    facts = {"owner_name": "P", "street": "S 1", "postal_code": "1", "city": "O", "email": "a@b.de", "phone": "1",
             "return_costs_by": "shop", "iban": "DE89370400440532013000"}  # fmt: skip
    with write() as session:
        for name, value in facts.items():
            setattr(profile.load(session), name, value)
    page = owner.get("/backoffice/").text
    assert "Das Recht hat neue Fragen an Ihren Laden" in page
    assert "Richten Sie Ihren Laden ein" not in page
    assert owner.get("/backoffice/einrichten/gibt-es-nicht").status_code == 404

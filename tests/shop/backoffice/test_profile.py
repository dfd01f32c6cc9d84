"""My shop: what the law needs is checked as it is typed, and the legal texts follow."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from catalog import revisions
from shop import legal, pages, profile

Write = Callable[[], Any]
TYPED = {
    "laden": "Schnuckidu",
    "name": "Annegret Fadenlauf",
    "strasse": "Nadelgasse 4",
    "plz": "17999",
    "ort": "Lindow-Wiesental",
    "email": "hallo@schnuckidu.example",
    "telefon": "03999 12345",
    "steuer": "normal",
    "iban": "DE89 3704 0044 0532 0130 00",
    "ruecksendung": "customer",
    "abholung": "ja",
    "zahlungsziel": "10",
    "land-DE": "ja",
    "land-AT": "ja",
}


def test_a_whole_profile_opens_the_shop(owner: FlaskClient, write: Write) -> None:
    assert "wer bei einem Widerruf die Rücksendung bezahlt" in owner.get("/backoffice/").text
    with write() as session:
        before = revisions.current(session)
    assert owner.post("/backoffice/laden", data=TYPED).status_code == 303
    with write() as session:
        saved = profile.load(session)
        assert legal.missing(saved) == []
        assert (saved.iban, saved.delivery_countries, saved.transfer_days) == ("DE89370400440532013000", "DE AT", 10)
        assert "Annegret Fadenlauf" in text_of(session, "impressum")
        assert revisions.current(session) > before
    assert "bevor Sie verkaufen dürfen" not in owner.get("/backoffice/").text


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("iban", "DE89 3704 0044 0532 0130 01", "IBAN hat einen Zahlendreher"),
        ("ustid", "DE12345", "Umsatzsteuer-ID stimmt nicht"),
        ("bic", "XX", "BIC stimmt nicht"),
        ("email", "hallo", "keine E-Mail-Adresse"),
        ("ruecksendung", "", "Bitte entscheiden Sie das"),
        ("laden", "", "Namen Ihres Ladens"),
    ],
)
def test_what_does_not_fit_is_said_and_kept(
    owner: FlaskClient, write: Write, field: str, typed: str, sentence: str
) -> None:
    answer = owner.post("/backoffice/laden", data=TYPED | {field: typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Nadelgasse 4" in answer.text
    with write() as session:
        assert profile.load(session).street == ""


def test_samples_and_remnants_are_set_up(owner: FlaskClient, write: Write) -> None:
    typed = {
        "muster-preis": "0,80",
        "muster-hoechstens": "3",
        "muster-tage": "0",
        "reststuecke-selbst": "ja",
        "reststuecke-prozent": "25",
        "quadratmeter": "ja",
    }
    assert owner.post("/backoffice/laden", data=TYPED | typed).status_code == 303
    with write() as session:
        saved = profile.load(session)
        assert (saved.sample_cents, saved.sample_limit, saved.sample_credit_days) == (80, 3, 0)
        assert (saved.offers_remnants, saved.remnant_percent, saved.shows_square_metre) == (True, 25, True)
    assert 'value="0,80"' in owner.get("/backoffice/laden").text
    assert owner.post("/backoffice/laden", data=TYPED | typed | {"reststuecke-prozent": "120"}).status_code == 422
    owner.post("/backoffice/laden", data=TYPED)
    with write() as session:
        saved = profile.load(session)
        assert (saved.sample_limit, saved.remnant_percent, saved.offers_remnants) == (3, 25, False)


def test_own_pages_are_written_and_legal_texts_only_read(owner: FlaskClient, write: Write) -> None:
    owner.post("/backoffice/laden", data=TYPED)
    answer = owner.post("/backoffice/seiten", data={"titel": "Über uns", "text": "Seit 1954 am Markt."})
    assert answer.location == "/backoffice/seiten/ueber-uns"
    owner.post("/backoffice/seiten/ueber-uns", data={"titel": "Über uns", "text": "Seit 1953 am Markt."})
    assert "Seit 1953" in owner.get("/backoffice/seiten/ueber-uns").text
    assert owner.post("/backoffice/seiten", data={"titel": "", "text": ""}).status_code == 422
    assert "<textarea" not in owner.get("/backoffice/seiten/impressum").text
    assert owner.post("/backoffice/seiten/impressum", data={"titel": "Impressum", "text": "Ich"}).status_code == 404


def test_every_version_of_a_page_is_listed_with_its_day_and_author(owner: FlaskClient, write: Write) -> None:
    owner.post("/backoffice/laden", data=TYPED)
    owner.post("/backoffice/laden", data=TYPED | {"ort": "Neustadt"})
    page = owner.get("/backoffice/seiten/impressum").text
    assert "Alle Fassungen (2)" in page
    first = min(int(each) for each in re.findall(r"/impressum/fassung/(\d+)", page))
    old = owner.get(f"/backoffice/seiten/impressum/fassung/{first}").text
    assert "Lindow-Wiesental" in old
    assert "von Anna" in old
    assert f"/impressum/fassung/{first}.pdf" in old
    assert owner.get(f"/backoffice/seiten/agb/fassung/{first}").status_code == 404


def test_a_new_page_never_takes_the_place_of_a_legal_text(owner: FlaskClient) -> None:
    answer = owner.post("/backoffice/seiten", data={"titel": "Impressum", "text": "Ich"})
    assert answer.location == "/backoffice/seiten/impressum-2"


def text_of(session: Session, slug: str) -> str:
    """What a page says now."""
    page = pages.latest(session, slug)
    assert page is not None
    return page.body

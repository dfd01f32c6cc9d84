"""What comes in by file goes on sale only with all that the law wants shown."""

import pytest
from PIL import Image
from sqlmodel import Session, select

from catalog import kinds, readiness
from catalog.products import Product
from tests.catalog.exchange.importing import Importer

HEADER = (
    "Artikelnummer;Produktname;Art;Preis;Fasern;Hersteller;Hersteller Straße;Hersteller PLZ;Hersteller Ort;"
    "Hersteller Kontakt;Bilder;Veröffentlicht\n"
)
MAKER = "Weberei Moos;Weg 1;15999;Lindow;post@moos.example"
COMPLETE = f"{HEADER}JER;Jersey;Stoff;12,90;100 % Baumwolle;{MAKER};a.png;ja\n"


@pytest.fixture(autouse=True)
def ground(importer: Importer, session: Session) -> None:
    kinds.ensure(session)
    Image.new("RGB", (40, 30), "red").save(importer.folder / "a.png")


def jersey(session: Session) -> Product:
    return session.exec(select(Product)).one()


def lacking(session: Session) -> list[str]:
    return [gap.short for gap in readiness.missing(session, jersey(session))]


def test_a_complete_article_is_on_sale_at_once(importer: Importer, session: Session) -> None:
    importer.write(COMPLETE)
    assert (jersey(session).is_published, lacking(session)) == (True, [])


@pytest.mark.parametrize(
    ("without", "short"),
    [("a.png", "Bild"), ("100 % Baumwolle", "Zusammensetzung"), (MAKER, "Hersteller"), ("Weg 1", "Daten des Herst")],
)
def test_an_article_that_lacks_something_stays_a_draft(
    importer: Importer, session: Session, without: str, short: str
) -> None:
    importer.write(COMPLETE.replace(without, ";" * without.count(";")))
    assert not jersey(session).is_published
    assert lacking(session)[0].startswith(short)


def test_the_same_file_again_changes_nothing_although_it_wishes_a_draft_into_the_shop(importer: Importer) -> None:
    incomplete = COMPLETE.replace("a.png", "")
    importer.write(incomplete)
    again = importer.plan(incomplete)
    assert (list(again.steps), again.changes) == ([], [])


def test_a_draft_goes_on_sale_when_a_later_file_brings_what_was_missing(importer: Importer, session: Session) -> None:
    importer.write(COMPLETE.replace("a.png", ""))
    importer.write(COMPLETE)
    assert jersey(session).is_published


def test_what_a_file_takes_away_takes_the_article_out_of_the_shop(importer: Importer, session: Session) -> None:
    importer.write(COMPLETE)
    importer.write(COMPLETE.replace("100 % Baumwolle", "(leer)"))
    assert not jersey(session).is_published


def test_the_plan_says_beforehand_what_will_stay_a_draft(importer: Importer) -> None:
    plan = importer.plan(COMPLETE.replace("a.png", ""))
    assert any("bleiben Entwurf: Bild (bei 1)" in note for note in plan.notes)

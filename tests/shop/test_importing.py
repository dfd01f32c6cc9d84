"""A file of goods on its way: received, planned, agreed to, carried out, and carried on after an interruption."""

import json

import pytest
from sqlmodel import select

from catalog.exchange import journal
from catalog.exchange.reading import NotATable
from catalog.exchange.runs import ImportChange, ImportRun, RunState
from catalog.exchange.wishes import Wishes
from catalog.movements import StockMovement
from catalog.prices import PriceChange
from catalog.products import Product, Variant
from shop import import_deed, import_files, importing
from shop.importing import House, NoSuchRun, NotImported
from shop.settings import Settings, read_settings
from tests.shop.goods_files import GOODS, agree, arrive, bring_in, house_of, run_of, stock_of


@pytest.fixture
def house(settings: Settings) -> House:
    return house_of(settings)


def test_a_file_is_kept_for_its_owner_alone(house: House) -> None:
    run_id = arrive(house)
    kept = import_files.kept_file(house.settings, run_of(house, run_id).kept_as)
    assert kept is not None
    assert kept.read_bytes() == GOODS.encode()
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_plan_is_kept_beside_its_import(house: House) -> None:
    run_id = arrive(house)
    importing.plan(house, run_id)
    run = run_of(house, run_id)
    assert run.state == RunState.PLANNED
    assert run.plan["products"] == {"new": 3, "changed": 0, "unchanged": 0}
    assert run.plan["delimiter"] == ";"
    assert json.dumps(run.plan)


def test_what_was_agreed_to_is_carried_out_once(house: House) -> None:
    run_id = bring_in(house)
    assert run_of(house, run_id).state == RunState.DONE
    assert stock_of(house) == {"KNOPF-1": 120, "KNOPF-2": 30, "BAND-1": 18}
    assert importing.carry_out(house, run_id) == []


def test_a_second_run_changes_nothing(house: House) -> None:
    bring_in(house)
    run_id = bring_in(house)
    assert run_of(house, run_id).plan["changes_nothing"]
    with house.database.reading() as session:
        assert session.exec(select(ImportChange).where(ImportChange.run_id == run_id)).all() == []


def test_nothing_is_carried_out_without_a_yes(house: House) -> None:
    run_id = arrive(house)
    importing.plan(house, run_id)
    with pytest.raises(NoSuchRun, match="wartet auf Ihr Ja"):
        importing.carry_out(house, run_id)
    assert stock_of(house) == {}


def test_an_open_question_holds_everything(house: House) -> None:
    run_id = arrive(house, "Artikelnummer;Produktname;Preis\nA;Knopf;1.200\nB;Band;2.300\n")
    importing.plan(house, run_id)
    with pytest.raises(NotImported, match="Dezimalzeichen"):
        importing.agree(house, run_id, author="Anna")
    importing.plan(house, run_id, wished=Wishes(decimal=","))
    importing.agree(house, run_id, author="Anna")
    importing.carry_out(house, run_id)
    with house.database.reading() as session:
        assert session.exec(select(Variant.price_cents).where(Variant.sku == "A")).one() == 120_000


def test_refused_rows_must_be_left_out_on_purpose(house: House) -> None:
    run_id = arrive(house, GOODS + "BAND-2;Ripsband;teuer;3\n")
    importing.plan(house, run_id)
    with pytest.raises(NotImported, match="--skip-refused"):
        importing.agree(house, run_id, author="Anna")
    importing.agree(house, run_id, author="Anna", skips_refused=True)
    importing.carry_out(house, run_id)
    assert set(stock_of(house)) == {"KNOPF-1", "KNOPF-2", "BAND-1"}


def test_a_file_that_nobody_can_read_says_why(house: House) -> None:
    run_id = arrive(house, "nichts als Text")
    with pytest.raises(NotATable):
        importing.plan(house, run_id)
    assert run_of(house, run_id).state == RunState.FAILED
    assert "erkennen wir keine Spalten" in run_of(house, run_id).error


def test_a_dismissed_import_stays_so(house: House) -> None:
    run_id = arrive(house)
    importing.plan(house, run_id)
    importing.dismiss(house, run_id)
    with pytest.raises(NoSuchRun, match="verworfen"):
        importing.agree(house, run_id, author="Anna")


def test_a_look_leaves_no_trace(house: House) -> None:
    plan = importing.look(house, GOODS.encode(), Wishes())
    assert plan.products.new == 3
    with house.database.reading() as session:
        assert session.exec(select(ImportRun)).all() == []


def test_an_import_in_small_batches_writes_them_all(house: House) -> None:
    run_id = bring_in(house, most_variants=1)
    run = run_of(house, run_id)
    assert (run.state, run.batches_done) == (RunState.DONE, 3)
    assert len(stock_of(house)) == 3


class PowerCut(Exception):
    pass


def interrupt_after(house: House, run_id: int, batches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process die between two transactions: nobody is left to write anything down."""
    done = iter(range(batches))
    note = journal.note

    def noting(*given: object) -> None:
        if next(done, None) is None:
            raise PowerCut
        note(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(journal, "note", noting)
        patch.setattr(import_deed, "fail", lambda *given: None)
        with pytest.raises(PowerCut):
            importing.carry_out(house, run_id, most_variants=1)


def test_an_interrupted_import_goes_on_where_it_was(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = agree(house)
    interrupt_after(house, run_id, 1, monkeypatch)
    assert run_of(house, run_id).state == RunState.RUNNING
    assert set(stock_of(house)) == {"KNOPF-1"}
    importing.carry_out(house, run_id, most_variants=1)
    assert run_of(house, run_id).batches_done == 3
    with house.database.reading() as session:
        assert len(session.exec(select(Product)).all()) == 3
        noted = session.exec(select(ImportChange).where(ImportChange.is_new)).all()
        assert len(noted) == len({(each.product_id, each.variant_id) for each in noted}) == 6


def test_whatever_is_changed_names_the_import(house: House) -> None:
    bring_in(house)
    run_id = bring_in(house, GOODS.replace("0,45;120", "0,50;100"))
    with house.database.reading() as session:
        price = session.exec(select(PriceChange).where(PriceChange.price_cents == 50)).one()
        assert (price.author, price.reason) == ("Anna", f"Import {run_id}")
        moved = session.exec(select(StockMovement).where(StockMovement.change == -20)).one()
        assert moved.note == f"Import {run_id}"


def test_the_journal_says_what_was_before(house: House) -> None:
    bring_in(house)
    run_id = bring_in(house, GOODS.replace("0,45;120", "0,50;100").replace("Samtband", "Samtband breit"))
    with house.database.reading() as session:
        rows = session.exec(select(ImportChange).where(ImportChange.run_id == run_id)).all()
    assert {(each.variant_id is None, str(each.old), str(each.new)) for each in rows} == {
        (False, "{'price_cents': 45, 'stock': 120}", "{'price_cents': 50, 'stock': 100}"),
        (True, "{'name': 'Samtband'}", "{'name': 'Samtband breit'}"),
    }


def test_one_import_at_a_time(house: House) -> None:
    with import_files.turn(house.settings):
        assert import_files.is_anybody_at_it(house.settings)
        assert not import_files.is_anybody_at_it(read_settings(house.settings.data.parent / "another", {}))
    assert not import_files.is_anybody_at_it(house.settings)


def test_progress_can_be_read_by_others(house: House) -> None:
    heard = []
    progress = import_files.Progress(house.settings, 7, lambda *told: heard.append(told))
    progress("Artikel übernehmen", 3, 9)
    progress("Artikel übernehmen", 4, 9)
    assert import_files.progress_of(house.settings, 7) == {"doing": "Artikel übernehmen", "done": 3, "total": 9}
    progress("Artikel übernehmen", 9, 9)
    assert import_files.progress_of(house.settings, 7) == {"doing": "Artikel übernehmen", "done": 9, "total": 9}
    assert len(heard) == 3


def test_a_run_whose_file_is_elsewhere_is_left_alone(house: House) -> None:
    run_id = agree(house)
    import_files.forget(house.settings, run_id)
    with pytest.raises(NoSuchRun, match="Datei von Import"):
        importing.carry_out(house, run_id)
    assert run_of(house, run_id).state == RunState.AGREED


def test_another_file_under_the_same_number_is_not_taken(house: House) -> None:
    run_id = agree(house)
    (import_files.folder(house.settings) / f"{run_id}.csv").write_text("Artikelnummer;Preis\nKNOPF-1;0,01\n")
    with pytest.raises(NoSuchRun, match="nicht mehr dieselbe"):
        importing.carry_out(house, run_id)
    assert run_of(house, run_id).state == RunState.AGREED


def test_stock_of_the_same_file_is_not_added_twice_unasked(house: House) -> None:
    added = Wishes(stock_is_change=True)
    bring_in(house, wished=added)
    run_id = arrive(house, wished=added)
    importing.plan(house, run_id)
    with pytest.raises(NotImported, match="schon dazugezählt, mit Import 1"):
        importing.agree(house, run_id, author="Anna")
    importing.agree(house, run_id, author="Anna", agreed=["noch-einmal"])
    importing.carry_out(house, run_id)
    assert stock_of(house)["KNOPF-1"] == 240


def test_new_wishes_come_too_late_once_something_is_written(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = agree(house)
    interrupt_after(house, run_id, 1, monkeypatch)
    with house.database.writing() as session:
        importing.get(session, run_id).state = RunState.FAILED
    with pytest.raises(NoSuchRun, match=f"import --resume {run_id}"):
        importing.plan(house, run_id, wished=Wishes(stock_is_change=True))

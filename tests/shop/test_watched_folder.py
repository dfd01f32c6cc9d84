"""The watched folder: whole files are taken once, in order; what may not be done unasked waits for the owner."""

import os
import signal
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from catalog.exchange import mapping, memory
from catalog.exchange.reading import read_table
from catalog.exchange.runs import ImportRun, RunState
from catalog.exchange.wishes import NO_WISHES, Wishes
from catalog.movements import StockMovement
from catalog.products import Variant
from shop import folder_runs, import_children, import_files, importing, watched_folder, whole_files
from shop.db import Database
from shop.importing import House
from shop.settings import Settings
from shop.watched_folder import Watcher
from tests.make import NOW
from tests.shop.goods_files import bring_in, house_of, stock_of

TILL = "Artikelnummer;Bestand\nKNOPF-1;{}\nBAND-1;18\n"
PRICES = "Artikelnummer;Preis\nKNOPF-1;{}\n"


@pytest.fixture
def house(settings: Settings) -> House:
    """A shop with three articles, and the folder beside it."""
    opened = house_of(settings)
    bring_in(opened)
    watched_folder.folder_of(settings)
    return opened


def trust(house: House, content: str, *, limit: int = 20, wished: Wishes = NO_WISHES) -> None:
    table = read_table(content.encode(), len)
    with house.database.writing() as session:
        kept = memory.remember(session, mapping.fingerprint(table.header), "Kasse", wished, author="Anna", now=NOW)
        kept.is_trusted, kept.limit_percent = True, limit


def lay(house: House, name: str, content: str | bytes, *, age_s: int = 0) -> Path:
    path = house.settings.data / "import" / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (1_700_000_000 - age_s,) * 2)
    return path


def look(house: House, times: int = 2) -> Watcher:
    watcher = Watcher()
    for _ in range(times):
        watcher.look_once(house)
    return watcher


def runs(house: House) -> list[ImportRun]:
    with house.database.reading() as session:
        return list(session.exec(select(ImportRun).where(ImportRun.source == "folder").order_by(ImportRun.id)).all())  # type: ignore[arg-type]


def lying(house: House, *inside: str) -> list[str]:
    folder = house.settings.data.joinpath("import", *inside)
    return sorted(each.name for each in folder.iterdir() if each.is_file()) if folder.is_dir() else []


def left(house: House) -> list[str]:
    return [each for each in lying(house) if not each.endswith(".lock")]


def stock(house: House) -> int:
    return stock_of(house)["KNOPF-1"]


def test_a_trusted_file_of_stock_is_carried_out_by_itself(house: House) -> None:
    trust(house, TILL)
    lay(house, "kasse.csv", TILL.format(97))
    look(house)
    assert stock(house) == 97
    assert [(run.name, run.state, run.author) for run in runs(house)] == [("kasse.csv", RunState.DONE, "Ordner")]
    assert (left(house), lying(house, "in-arbeit")) == ([], [])


def test_the_folder_works_on_either_database(settings: Settings, either_database: Database) -> None:
    house = house_of(settings, either_database)
    bring_in(house)
    trust(house, TILL)
    lay(house, "kasse.csv", TILL.format(97))
    lay(house, "neu.csv", "Artikelnummer;Produktname;Preis\nNEU;Neu;1,00\n")
    look(house)
    assert (stock(house), [run.state for run in runs(house)]) == (97, [RunState.DONE, RunState.PLANNED])


def test_a_file_that_still_grows_is_left_alone(house: House) -> None:
    trust(house, TILL)
    watcher = look(house, times=1)
    for number in range(3):
        lay(house, "kasse.csv", TILL.format(97) + "\n" * number, age_s=-number)
        watcher.look_once(house)
    assert (stock(house), runs(house)) == (120, [])
    watcher.look_once(house)
    assert stock(house) == 97


@pytest.mark.parametrize(
    "name", [".kasse.csv", "kasse.csv.part", "~$kasse.csv", "kasse.tmp", "liste.pdf", "0123456789abcdef" * 2 + ".csv"]
)
def test_what_is_no_finished_table_is_not_looked_at(house: House, name: str) -> None:
    lay(house, name, TILL.format(1))
    look(house, times=3)
    assert (left(house), runs(house)) == ([name], [])


def test_without_trust_the_owner_is_asked(house: House) -> None:
    lay(house, "kasse.csv", TILL.format(97))
    look(house)
    (run,) = runs(house)
    assert (stock(house), run.state) == (120, RunState.PLANNED)
    with house.database.reading() as session:
        assert [each.id for each in folder_runs.asking(session)] == [run.id]
    assert folder_runs.reasons_of(run) == ["Von selbst übernehmen wir nur Dateien, denen Sie Vertrauen gegeben haben."]
    importing.agree(house, run.id or 0, author="Anna")
    importing.carry_out(house, run.id or 0)
    assert stock(house) == 97


def test_trust_given_later_is_for_the_next_file(house: House) -> None:
    lay(house, "kasse.csv", TILL.format(97))
    watcher = look(house)
    trust(house, TILL)
    watcher.look_once(house)
    assert (stock(house), runs(house)[0].state) == (120, RunState.PLANNED)


@pytest.mark.parametrize(
    ("price", "state"), [("0,54", RunState.DONE), ("0,36", RunState.DONE), ("0,55", RunState.PLANNED),
                         ("0,35", RunState.PLANNED)]
)  # fmt: skip
def test_prices_move_within_the_limit_only(house: House, price: str, state: RunState) -> None:
    trust(house, PRICES, limit=20)  # of 0,45 €
    lay(house, "preise.csv", PRICES.format(price))
    look(house)
    assert [run.state for run in runs(house)] == [state]


@pytest.mark.parametrize(
    "content",
    [
        "Artikelnummer;Bestand\nNEU-1;4\n",  # refused: what is new needs a name
        "Artikelnummer;Bestand\nKNOPF-1;viele\n",
        "Artikelnummer;Bestand\nKNOPF-1;9999999\n",  # a limit of imports: nobody has so many
    ],
)
def test_trust_is_not_blind(house: House, content: str) -> None:
    trust(house, TILL)
    lay(house, "kasse.csv", content)
    look(house)
    assert [run.state for run in runs(house)] == [RunState.PLANNED]
    assert stock(house) == 120


def test_the_same_name_every_hour_works(house: House) -> None:
    trust(house, TILL)
    watcher = look(house, times=1)
    for number in (97, 95, 97):  # the third is the first, to the letter
        lay(house, "kasse.csv", TILL.format(number), age_s=-number)
        for _ in range(2):
            watcher.look_once(house)
        assert stock(house) == number
    assert len(runs(house)) == 3


def test_the_same_file_again_is_known_and_set_aside(house: House) -> None:
    trust(house, TILL)
    lay(house, "kasse.csv", TILL.format(97))
    watcher = look(house)
    with house.database.writing() as session:  # since then somebody has counted
        session.exec(select(Variant).where(Variant.sku == "KNOPF-1")).one().on_hand = 90
    lay(house, "kasse.csv", TILL.format(97))
    for _ in range(2):
        watcher.look_once(house)
    assert (stock(house), len(runs(house)), left(house)) == (90, 1, [])
    file, beside = lying(house, "erledigt")
    said = (house.settings.data / "import" / "erledigt" / beside).read_text(encoding="utf-8-sig")
    assert (beside, said.startswith("Diese Datei wurde schon eingelesen: Import 2 am 22.11.2026")) == (
        f"{file}.txt",
        True,
    )


def test_two_files_are_taken_in_the_order_of_their_time(house: House) -> None:
    trust(house, TILL)
    lay(house, "a.csv", TILL.format(5), age_s=10)
    lay(house, "z.csv", TILL.format(80), age_s=20)
    look(house)
    assert ([run.name for run in runs(house)], stock(house)) == (["z.csv", "a.csv"], 5)


def test_a_later_file_waits_until_the_one_before_is_done(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(house, TILL)
    begun: list[int] = []
    monkeypatch.setattr(import_children, "begin", lambda parts, run_id, **how: begun.append(run_id))
    lay(house, "a.csv", TILL.format(5), age_s=20)
    lay(house, "b.csv", TILL.format(6), age_s=10)
    watcher = look(house, times=3)
    assert ([run.name for run in runs(house)], len(begun)) == (["a.csv"], 1)
    importing.carry_out(house, begun[0])
    watcher.look_once(house)
    assert [run.name for run in runs(house)] == ["a.csv", "b.csv"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bild.csv", b"\x89PNG\r\n\x1a\n\0\0"),
        ("brief.txt", b"Sehr geehrte Damen und Herren"),
        ("leer.zip", b"PK\x05\x06" + bytes(18)),
    ],
)
def test_what_cannot_be_read_lies_with_the_reason_beside_it_and_the_owner_sees_it(
    house: House, name: str, content: bytes
) -> None:
    lay(house, name, content)
    look(house)
    (run,) = runs(house)
    assert run.state == RunState.FAILED
    assert lying(house, "abgelehnt") == [f"{run.id}-{name}", f"{run.id}-{name}.txt"]
    folder = house.settings.data / "import" / "abgelehnt"
    assert (folder / f"{run.id}-{name}").read_bytes() == content
    assert (folder / f"{run.id}-{name}.txt").read_text(encoding="utf-8-sig").strip() == run.error
    with house.database.reading() as session:
        assert [folder_runs.reasons_of(each) for each in folder_runs.asking(session)] == [[run.error]]
    assert left(house) == []
    importing.dismiss(house, run.id or 0)
    with house.database.reading() as session:
        assert folder_runs.asking(session) == []


def test_an_empty_file_is_waited_for(house: House) -> None:
    lay(house, "kasse.csv", b"")
    look(house, times=3)
    assert (left(house), runs(house)) == (["kasse.csv"], [])


def test_a_zip_with_a_table_is_taken_like_the_table(house: House) -> None:
    trust(house, TILL)
    path = house.settings.data / "import" / "kasse.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("kasse.csv", TILL.format(97))
    look(house)
    assert (stock(house), left(house)) == (97, [])


def test_two_workers_look_one_at_a_time(house: House) -> None:
    trust(house, TILL)
    lay(house, "kasse.csv", TILL.format(97))
    watcher = look(house, times=1)
    with watched_folder._alone(house.settings.data / "import") as is_alone:
        assert is_alone
        watcher.look_once(house)
    assert left(house) == ["kasse.csv"]
    look(house)
    assert stock(house) == 97


def test_what_has_changed_since_the_plan_is_held_to_the_limits_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(house, PRICES)
    monkeypatch.setattr(import_children, "begin", lambda parts, run_id, **how: None)
    lay(house, "preise.csv", PRICES.format("0,50"))
    look(house)
    (run,) = runs(house)
    assert run.state == RunState.AGREED
    bring_in(house, PRICES.format("1,00"))
    with pytest.raises(importing.NotImported, match="Nicht von selbst übernommen: Ein Preis ändert sich um 50 %"):
        importing.carry_out(house, run.id or 0)
    assert runs(house)[0].state == RunState.FAILED


POINTS: list[tuple[Any, str, str]] = [
    (watched_folder, "claim", "after"),
    (importing, "receive", "before"),
    (import_files, "keep", "after"),
    (importing, "receive", "after"),
    (import_children, "plan", "before"),
    (import_children, "plan", "after"),
    (importing, "agree", "before"),
    (importing, "agree", "after"),
    (import_children, "begin", "after"),
]


@pytest.mark.parametrize(("module", "name", "when"), POINTS, ids=lambda each: getattr(each, "__name__", each))
def test_nothing_is_lost_or_done_twice_when_the_worker_is_killed(
    house: House, settings: Settings, module: Any, name: str, when: str
) -> None:
    trust(house, TILL, wished=Wishes(stock_is_change=True))
    lay(house, "kasse.csv", "Artikelnummer;Bestand\nKNOPF-1;-3\n")
    house.database.close()
    killed = _in_a_child(settings, lambda: _kill_at(module, name, when))
    assert killed == -signal.SIGKILL
    again = House(settings, Database(settings.database_url), clock=lambda: NOW + timedelta(hours=1))
    look(again, times=3)
    for run in runs(again):
        if run.state in (RunState.RECEIVED, RunState.AGREED, RunState.RUNNING):
            _carry_on(again, run)
    look(again, times=1)
    assert (stock(again), left(again), lying(again, "in-arbeit")) == (117, [], [])
    with again.database.reading() as session:
        assert len(session.exec(select(StockMovement).where(StockMovement.change == -3)).all()) == 1
    again.database.close()


def test_a_refused_file_is_not_lost_when_the_worker_is_killed_before_it_lies_there(
    house: House, settings: Settings
) -> None:
    lay(house, "brief.csv", "Sehr geehrte Damen und Herren")
    house.database.close()
    assert _in_a_child(settings, lambda: _kill_at(whole_files, "_sync", "before")) == -signal.SIGKILL
    again = House(settings, Database(settings.database_url), clock=lambda: NOW)
    look(again)
    (run,) = runs(again)
    assert lying(again, "abgelehnt") == [f"{run.id}-brief.csv", f"{run.id}-brief.csv.txt"]
    again.database.close()


def _carry_on(house: House, run: ImportRun) -> None:
    """What the job for interrupted imports does in a process of its own."""
    if run.state == RunState.RECEIVED:
        importing.plan(house, run.id or 0)
        look(house, times=1)
    else:
        importing.carry_out(house, run.id or 0)


def _in_a_child(settings: Settings, prepare: Callable[[], None]) -> int:
    """Look at the folder in a process of its own; gives its end as subprocess does."""
    child = os.fork()
    if child == 0:
        try:
            prepare()
            look(House(settings, Database(settings.database_url), clock=lambda: NOW), times=3)
        finally:
            os._exit(0)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _kill_at(module: Any, name: str, when: str) -> None:
    whole = getattr(module, name)

    def mortal(*given: Any, **named: Any) -> Any:
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = whole(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(module, name, mortal)


@pytest.mark.parametrize(
    "name",
    ["Preise K\xf6ln.csv".encode("latin-1"), f"{'ä' * 120}.csv".encode(), b"zwei\nZeilen.csv"],
    ids=["of another code page", "very long", "with a line break"],
)
def test_a_file_with_an_odd_name_is_read_and_keeps_nobody_waiting(house: House, name: bytes) -> None:
    trust(house, TILL.format(1))
    lay(house, os.fsdecode(name), TILL.format(90), age_s=60)
    lay(house, "kasse.csv", TILL.format(80))
    look(house, 4)
    assert left(house) == []
    assert [RunState(each.state) for each in runs(house)] == [RunState.DONE, RunState.DONE]
    assert stock(house) == 80


def test_a_file_with_an_odd_name_that_is_no_table_is_set_aside(house: House) -> None:
    lay(house, os.fsdecode(b"\xf6" * 240 + b".csv"), b"\x00\x01")
    look(house)
    assert (left(house), [RunState(each.state) for each in runs(house)]) == ([], [RunState.FAILED])
    assert len(lying(house, "abgelehnt")) == 2

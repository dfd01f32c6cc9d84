"""The command line: what it says, and with which exit status."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shop.cli import main
from shop.readiness import is_ready
from shop.settings import read_settings

COMMANDS = "backup check export images import init reindex restore search serve upgrade user work".split()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_help_names_every_command() -> None:
    told = run("--help").output
    assert all(f"\n  {command} " in told for command in COMMANDS)


def test_a_new_shop_shows_its_password_once(tmp_path: Path) -> None:
    first = run("--data", tmp_path / "neu", "init", "--empty")
    assert "Passwort: " in first.output
    again = run("--data", tmp_path / "neu", "init", "--empty")
    assert again.exit_code == 1
    assert "schon ein Laden" in again.output
    assert "Passwort: " not in again.output


def test_a_finished_shop_is_seen_at_a_glance(empty_shop: Path, tmp_path: Path) -> None:
    assert is_ready(read_settings(empty_shop, {}))
    assert not is_ready(read_settings(tmp_path / "other", {}))


def test_init_wants_to_know_which_shop(tmp_path: Path) -> None:
    assert run("--data", tmp_path, "init").exit_code == 2
    assert run("--data", tmp_path, "init", "--empty", "--demo", "schnuckidu").exit_code == 2


def test_unknown_demonstration_is_refused(tmp_path: Path) -> None:
    refused = run("--data", tmp_path, "init", "--demo", "fischladen")
    assert refused.exit_code == 1
    assert "schnuckidu" in refused.output


def test_global_options_may_stand_behind_the_command(empty_shop: Path) -> None:
    assert run("check", "--json", "--data", empty_shop).exit_code == 1
    assert run("check", "--json", f"--data={empty_shop}").exit_code == 1


def test_check_reports_rows_and_fails_while_something_serious_is_missing(empty_shop: Path) -> None:
    checked = run("--data", empty_shop, "check", "--json")
    rows = json.loads(checked.stdout)
    assert checked.exit_code == 1
    assert {"id", "severity", "ok", "message"} == set(rows[0])
    assert "✗ " in run("--data", empty_shop, "check").output


@pytest.mark.parametrize("command", ["serve", "work", "backup", "check"])
def test_commands_ask_for_a_shop_where_there_is_none(tmp_path: Path, command: str) -> None:
    refused = run("--data", tmp_path / "nichts", command)
    assert refused.exit_code == 1
    assert "python3 run.py init" in refused.output


def test_nonsense_in_settings_is_refused_with_a_sentence(empty_shop: Path) -> None:
    (empty_shop / "settings.toml").write_text('theme = "gibtsnicht"\n')
    refused = run("--data", empty_shop, "check")
    assert refused.exit_code == 1
    assert "gibtsnicht" in refused.output


def test_backup_and_restore_by_command(empty_shop: Path, tmp_path: Path) -> None:
    assert run("--data", empty_shop, "backup", "--to", tmp_path / "stick").exit_code == 0
    file = next((tmp_path / "stick").glob("*.zip"))
    assert run("--data", tmp_path / "zurueck", "restore", file).exit_code == 0
    assert is_ready(read_settings(tmp_path / "zurueck", {}))
    assert run("--data", empty_shop, "restore", file).exit_code == 1


def test_a_second_person_gets_an_account_and_a_twin_does_not(empty_shop: Path) -> None:
    assert "Ada, Passwort: " in run("--data", empty_shop, "user", "add", "Ada").output
    assert run("--data", empty_shop, "user", "add", "ada").exit_code == 1


def test_nothing_to_upgrade_is_said(empty_shop: Path) -> None:
    assert "neuesten Stand" in run("--data", empty_shop, "upgrade").output


def test_wrong_usage_is_status_2() -> None:
    assert run("verkaufen").exit_code == 2
    assert run("--port", "hundert").exit_code == 2


def test_a_forgotten_password_is_replaced(empty_shop: Path) -> None:
    given = run("--data", empty_shop, "user", "password", "Laden")
    assert given.exit_code == 0
    assert "Anmeldung im Backoffice: laden, Passwort: " in given.output
    unknown = run("--data", empty_shop, "user", "password", "Berta")
    assert unknown.exit_code == 1
    assert "Es gibt: laden" in unknown.output


def test_an_account_is_closed_but_never_the_last(empty_shop: Path) -> None:
    assert "einzige Konto" in run("--data", empty_shop, "user", "remove", "laden").output
    run("--data", empty_shop, "user", "add", "Berta")
    closed = run("--data", empty_shop, "user", "remove", "BERTA")
    assert closed.exit_code == 0
    assert "„Berta“ kommt nicht mehr" in closed.output


@pytest.mark.parametrize("command", [["check"], ["serve"], ["backup"], ["search", "jersey"], []])
def test_a_file_that_is_no_database_ends_in_a_sentence(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "shop.db").write_text("kein SQLite, sondern etwas ganz anderes")
    refused = run("--data", tmp_path, *command)
    assert refused.exit_code == 1
    assert refused.output.strip() == "Die Datei shop.db ist keine Datenbank. Bitte eine Sicherung zurückspielen."


def test_a_data_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "datei").touch()
    refused = run("--data", tmp_path / "datei" / "laden", "check")
    assert refused.exit_code == 1
    assert "Das ist kein Ordner: " in refused.output

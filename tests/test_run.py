"""The front door: makes its environment once, heals what was interrupted, and hands over."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).parents[1]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house with the real front door, no dependencies, and a shop that only says what it was told."""
    folder = tmp_path / "house"
    for part in ("shop", "catalog", "checkout", "tests"):
        (folder / part).mkdir(parents=True)
        (folder / part / "__init__.py").touch()
    shutil.copy(ROOT / "run.py", folder)
    for lock in ("requirements.lock", "installer.lock", "tests/requirements.lock"):
        (folder / lock).touch()
    (folder / "shop" / "cli.py").write_text("import os, sys\nprint(os.getcwd(), *sys.argv[1:])\n")
    return folder


def start(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(house / "run.py"), *arguments]
    return subprocess.run(command, cwd=house.parent, capture_output=True, text=True, check=False)


def test_first_start_makes_the_environment_and_the_second_only_uses_it(house: Path) -> None:
    first, second = start(house, "import", "a b.csv"), start(house, "--help")
    assert first.stdout.splitlines()[-1] == f"{house.parent} import a b.csv"
    assert "Richte die Umgebung ein" in first.stdout
    assert second.stdout == f"{house.parent} --help\n"


def test_an_interrupted_installation_heals(house: Path) -> None:
    (house / ".venv" / "lib").mkdir(parents=True)
    (house / ".venv" / "lib" / "half").touch()
    (house / ".venv" / "unfinished").write_text("unfinished")
    assert start(house).returncode == 0
    assert not (house / ".venv" / "lib" / "half").exists()
    assert not (house / ".venv" / "unfinished").exists()


def test_a_changed_lock_is_installed(house: Path) -> None:
    start(house)
    (house / "requirements.lock").write_text("# another day\n")
    assert "Richte die Umgebung ein" in start(house).stdout
    assert "Richte die Umgebung ein" not in start(house).stdout


def test_a_vanished_python_is_replaced(house: Path) -> None:
    start(house)
    for name in (house / ".venv" / "bin").glob("python*"):
        name.unlink()
        name.symlink_to("/nowhere/python3.1")
    healed = start(house)
    assert healed.returncode == 0, healed.stderr
    assert "Richte die Umgebung ein" in healed.stdout


def test_two_first_starts_do_not_disturb_each_other(house: Path) -> None:
    command = [sys.executable, str(house / "run.py"), "hallo"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [each.communicate()[0] for each in both]
    assert [each.returncode for each in both] == [0, 0]
    assert sum("Richte die Umgebung ein" in each for each in said) == 1


def test_without_uv_the_environment_is_made_by_venv(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ensurepip")
    monkeypatch.setenv("PATH", "/nowhere")
    # Without network and hashes there is nothing to install: the door falls back from uv to plain pip.
    (house / "installer.lock").write_text("nothing-like-this==0\n")
    assert start(house, "offen").stdout.endswith("offen\n")
    assert (house / ".venv" / "bin" / "pip").exists()


def test_where_nothing_can_install_one_line_names_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(run, "ENVIRONMENT", tmp_path)
    monkeypatch.setattr(run, "PYTHON", tmp_path / "bin" / "python")
    monkeypatch.setattr(run, "UNFINISHED", tmp_path / "unfinished")
    monkeypatch.setattr(shutil, "which", lambda program: None)
    monkeypatch.setattr(run, "has", lambda module: False)
    with pytest.raises(SystemExit, match="sudo apt install python3-venv") as ended:
        run.install(ROOT / "requirements.lock")
    assert "\n" not in str(ended.value)


def test_a_second_start_costs_next_to_nothing(house: Path) -> None:
    start(house)
    before = os.times()
    start(house)
    after = os.times()
    assert (after.children_user - before.children_user) < 0.5


@pytest.mark.parametrize(("asked", "given"), [([], run.ALL_TESTS), (["tests/shop"], ["tests/shop"])])
def test_all_tests_run_on_all_cores_and_a_part_in_one_process(
    monkeypatch: pytest.MonkeyPatch, asked: list[str], given: list[str]
) -> None:
    def become(module: str, arguments: list[str]) -> None:
        sys.exit(" ".join([module, *arguments]))  # as it ends the front door

    monkeypatch.setattr(run, "install", lambda lock: None)
    monkeypatch.setattr(run, "become", become)
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit, match=f"^{' '.join(['pytest', *given])}$"):
        run.main(["test", *asked])

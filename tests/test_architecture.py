"""The walls of the house: who may import whom, and where the world begins."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GROUND = [*ROOT.glob("catalog/**/*.py"), *ROOT.glob("checkout/**/*.py")]
ALL = [*GROUND, *ROOT.glob("shop/**/*.py"), ROOT / "run.py"]


def imports_of(file: Path) -> set[str]:
    """Every module that a file imports, also inside its functions."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}


def packages_of(file: Path) -> set[str]:
    return {name.split(".")[0] for name in imports_of(file)}


def calls_of(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def test_imports_run_one_way() -> None:
    for file in ROOT.glob("catalog/**/*.py"):
        assert not packages_of(file) & {"checkout", "shop", "tests"}, file
    for file in ROOT.glob("checkout/**/*.py"):
        assert not packages_of(file) & {"shop", "tests"}, file


@pytest.mark.parametrize("file", GROUND, ids=lambda file: str(file.relative_to(ROOT)))
def test_goods_and_selling_know_no_web_no_clock_no_environment(file: Path) -> None:
    assert not packages_of(file) & {"flask", "werkzeug", "gunicorn", "click", "smtplib"}
    assert not set(calls_of(file)) & {"os.environ", "os.getenv", "datetime.now", "date.today", "time.time"}


def test_stripe_is_imported_in_one_file() -> None:
    importers = [str(file.relative_to(ROOT)) for file in ALL if "stripe" in packages_of(file)]
    assert importers == ["checkout/payments/stripe.py"]


def test_the_front_door_needs_only_the_standard_library() -> None:
    assert packages_of(ROOT / "run.py") <= sys.stdlib_module_names


def test_every_package_says_what_it_is_for() -> None:
    silent = [file for file in ALL if file.stat().st_size and not ast.get_docstring(ast.parse(file.read_text("utf-8")))]
    assert not silent


def test_files_with_tables_read_their_annotations_at_once() -> None:
    for file in ALL:
        source = file.read_text(encoding="utf-8")
        assert not ("table=True" in source and "from __future__ import annotations" in source), file


def test_nothing_is_unfinished() -> None:
    words = ("TODO", "FIXME", "XXX:", "NotImplementedError")
    guilty = [str(file) for file in ALL if any(word in file.read_text(encoding="utf-8") for word in words)]
    assert not guilty


def test_no_theme_holds_code() -> None:
    assert not list(ROOT.glob("themes/**/*.py"))


def test_locks_name_no_registry() -> None:
    for lock in (ROOT / "requirements.lock", ROOT / "installer.lock", ROOT / "tests" / "requirements.lock"):
        content = lock.read_text(encoding="utf-8")
        assert "http" not in content
        assert "--hash=sha256:" in content

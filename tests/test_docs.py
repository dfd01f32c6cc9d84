"""What the README promises is there, and what is there is in the README."""

import tomllib
from dataclasses import fields
from pathlib import Path

import click
import pytest

from shop.cli import main
from shop.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = main.list_commands(click.Context(main))


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_every_setting_is_explained(name: str) -> None:
    assert f"`{name}`" in README
    assert f"{name}" in (Settings.__doc__ or "")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_explained(name: str) -> None:
    assert f"`{name}" in README
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.get_short_help_str()


def test_every_dependency_has_its_reason() -> None:
    source = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for requirement in tomllib.loads(source)["project"]["dependencies"]:
        line = next(line for line in source.splitlines() if f'"{requirement}"' in line)
        assert "# " in line, requirement


def test_every_option_of_the_import_is_explained() -> None:
    command = main.get_command(click.Context(main), "import")
    assert command is not None
    names = [name for option in command.params for name in (*option.opts, *option.secondary_opts)]
    assert [name for name in names if name.startswith("--") and f"`{name}" not in README] == []

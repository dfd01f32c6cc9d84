#!/usr/bin/env python3
"""The front door: makes its own environment on first use, then hands over to shop/cli.py.

Needs nothing but Python's standard library. `python3 run.py` opens the shop, `python3 run.py --help`
lists the commands, `python3 run.py test` runs the tests.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an old Python must read this sentence instead of a traceback
    sys.exit("Dorfladen braucht Python 3.11 oder neuer / needs Python 3.11 or newer. Hier: " + sys.version.split()[0])

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
UNFINISHED = ENVIRONMENT / "unfinished"  # lies here, locked, while packages are being installed
SHOP_LOCK = ROOT / "requirements.lock"
TESTS_LOCK = ROOT / "tests" / "requirements.lock"
INSTALLER_LOCK = ROOT / "installer.lock"  # uv, for machines that do not have it
ALL_TESTS = ["-n", "auto", "--maxprocesses", "4", "--dist", "worksteal"]  # on all cores; a part runs in one process
NO_INSTALLER = (
    "Python kann hier keine Umgebung einrichten / Python lacks venv and pip. "
    "Bitte einmal / please run: sudo apt install python3-venv"
)


def main(arguments: list[str]) -> None:
    """Make the environment current, then become the shop (or its tests)."""
    try:
        if arguments[:1] == ["test"]:
            install(TESTS_LOCK)
            os.chdir(ROOT)
            become("pytest", arguments[1:] or ALL_TESTS)
        install(SHOP_LOCK)
        become("shop.cli", arguments)
    except KeyboardInterrupt:
        sys.exit("\nAbgebrochen; der nächste Start räumt auf. / Interrupted; the next start cleans up.")


def become(module: str, arguments: list[str]) -> None:
    """Replace this process by a module of the environment, in the caller's folder."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), "-P", "-m", module, *arguments])


def install(lock: Path) -> None:
    """Install a lock file's packages, unless its stamp says that they are there."""
    if is_current(lock):
        return
    ENVIRONMENT.mkdir(exist_ok=True)
    with UNFINISHED.open("a+") as marker:
        fcntl.flock(marker, fcntl.LOCK_EX)  # two first starts at once: one installs, the other waits
        if not is_current(lock):
            install_alone(lock, marker)


def is_current(lock: Path) -> bool:
    """Whether the environment was made from this very lock file by a Python that is still there."""
    stamp = stamp_of(lock)
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == fingerprint(lock)


def install_alone(lock: Path, marker: IO[str]) -> None:
    """Install while no other start does; what an interrupted start left behind is thrown away first."""
    if not (shutil.which("uv") or has("ensurepip") or has("pip")):
        sys.exit(NO_INSTALLER)
    if marker.seek(0, os.SEEK_END) or not is_usable():
        clear()
    marker.write("unfinished")
    marker.flush()
    print(f"Richte die Umgebung ein ({lock.relative_to(ROOT)}; nur beim ersten Mal) …", flush=True)
    fill(lock)
    compile_ours()
    stamp_of(lock).write_text(fingerprint(lock))
    UNFINISHED.unlink()


def is_usable() -> bool:
    """Whether there is an environment whose Python has not been replaced by another since."""
    stamps = [stamp_of(lock) for lock in (SHOP_LOCK, TESTS_LOCK)]
    python = os.path.realpath(PYTHON)
    return PYTHON.exists() and all(python in stamp.read_text() for stamp in stamps if stamp.exists())


def clear() -> None:
    """Empty the environment, the marker last, so that an interruption here is noticed as well."""
    for entry in ENVIRONMENT.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry != UNFINISHED:
            entry.unlink()


def fill(lock: Path) -> None:
    """Bring packages in: by uv if it is there, else by uv that pip brings, else by pip."""
    uv = shutil.which("uv")
    if uv:
        if not PYTHON.exists():
            call(uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(ENVIRONMENT))
        install_by_uv(uv, lock)
        return
    pip = make_environment_with_pip()
    own_uv = ENVIRONMENT / "bin" / "uv"
    if try_to_call(*pip, "install", "--quiet", "--require-hashes", "-r", str(INSTALLER_LOCK)) and own_uv.exists():
        install_by_uv(str(own_uv), lock)
    else:
        call(*pip, "install", "--quiet", "--require-hashes", "-r", str(lock))


def install_by_uv(uv: str, lock: Path) -> None:
    """Let uv install a lock file, every package checked by its hash and compiled."""
    options = ("--quiet", "--require-hashes", "--compile-bytecode", "--python", str(PYTHON))
    call(uv, "pip", "install", *options, "-r", str(lock))


def compile_ours() -> None:
    """Compile our own code as well, for machines where the running shop may not write beside it."""
    try_to_call(str(PYTHON), "-m", "compileall", "-q", *(str(ROOT / part) for part in ("catalog", "checkout", "shop")))


def make_environment_with_pip() -> list[str]:
    """Make the environment if need be and give the command that is its pip.

    Debian without python3-venv has no ensurepip: there the system's pip fills the environment from outside.
    """
    if has("ensurepip"):
        if not (ENVIRONMENT / "bin" / "pip").exists():
            call(sys.executable, "-m", "venv", str(ENVIRONMENT))
        return [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
    if not PYTHON.exists():
        call(sys.executable, "-m", "venv", "--without-pip", str(ENVIRONMENT))
    return [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(PYTHON)]


def has(module: str) -> bool:
    """Whether this Python has a module."""
    return importlib.util.find_spec(module) is not None


def call(*command: str) -> None:
    """Run a command; end with one sentence if it fails."""
    if not try_to_call(*command):
        sys.exit("Die Einrichtung ist gescheitert (siehe oben). Bitte noch einmal: python3 run.py")


def try_to_call(*command: str) -> bool:
    """Run a command and say whether it went well."""
    return subprocess.run(command, check=False).returncode == 0


def stamp_of(lock: Path) -> Path:
    """The file that records what has been installed from a lock file."""
    return ENVIRONMENT / f"installed-{lock.parent.name if lock.parent != ROOT else 'shop'}"


def fingerprint(lock: Path) -> str:
    """What decides whether an environment is current: the lock's content and the Python it stands on."""
    return f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {os.path.realpath(PYTHON)}\n"


if __name__ == "__main__":
    main(sys.argv[1:])

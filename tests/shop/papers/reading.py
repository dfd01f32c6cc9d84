"""Reading what stands in a PDF, with Debian's poppler."""

import shutil
import subprocess
from pathlib import Path

from tests.conftest import needs


def words_of(pdf: bytes, folder: Path, *options: str) -> str:
    """The words of a PDF as its pages show them, line by line; a form feed ends each page."""
    reader = shutil.which("pdftotext")
    needs("pdftotext (Debian: apt install poppler-utils)", reader is not None)
    (folder / "read.pdf").write_bytes(pdf)
    told = subprocess.run([str(reader), *options, folder / "read.pdf", "-"], capture_output=True, check=True)
    return told.stdout.decode().replace("\u00a0", " ")


def fonts_of(pdf: bytes, folder: Path) -> list[tuple[str, str]]:
    """Each font's name and whether it is embedded ("yes")."""
    reader = shutil.which("pdffonts")
    needs("pdffonts (Debian: apt install poppler-utils)", reader is not None)
    (folder / "read.pdf").write_bytes(pdf)
    told = subprocess.run([str(reader), folder / "read.pdf"], capture_output=True, check=True).stdout.decode()
    rows = [line.split() for line in told.splitlines()[2:]]
    return [(row[0], row[-5]) for row in rows]

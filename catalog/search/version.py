"""Which version of the program an index was made by: with another one it is built anew."""

from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


@cache
def of_terms() -> str:
    """A digest of all code and words of the search, and of the stemmer: what may make other terms of the same texts."""
    digest = blake2b(_stemmer().encode(), digest_size=8)
    here = Path(__file__).parent
    for file in sorted(each for each in here.rglob("*") if each.is_file() and each.suffix != ".pyc"):
        digest.update(f"\0{file.relative_to(here)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _stemmer() -> str:
    try:
        return version("snowballstemmer")
    except PackageNotFoundError:
        return ""

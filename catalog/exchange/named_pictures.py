"""The pictures that a file names, as the hashes by which they are kept."""

from catalog.exchange.articles import Facts
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.remarks import Remarks
from catalog.refusals import Refusal


class NamedPictures:
    """Looks for pictures by their names, and asks where one cannot be found."""

    def __init__(self, folders: PictureFolders, remarks: Remarks) -> None:
        self._folders = folders
        self._remarks = remarks

    def find(self, row: int, facts: Facts, standing: tuple[str, ...], column: str) -> None:
        """Replace the names of `facts["pictures"]` by hashes. What stands stays where one of them is missing."""
        found, is_whole = [], True
        for name in facts["pictures"]:
            stem = name.partition(".")[0]
            try:
                found.append(stem if stem in standing else self._folders.hash_of(name))
            except Refusal as refusal:
                self._remarks.ask(row, column, refusal.sentence)
                is_whole = False
        facts["pictures"] = tuple(dict.fromkeys(found if is_whole else [*standing, *found]))

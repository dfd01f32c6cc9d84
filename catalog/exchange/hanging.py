"""Hanging up the pictures that a file names, in its order."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlmodel import Session

from catalog import images
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.steps import VariantStep
from catalog.images import Hanging, Picture, StoredPicture


class Hanger:
    """Hangs pictures on goods that stand, one by one, and on new ones, all at once."""

    def __init__(self, session: Session, pictures: PictureFolders, now: datetime) -> None:
        self._session = session
        self._pictures = pictures
        self._now = now
        self._stored: dict[str, StoredPicture] = {}

    def exactly(self, product_id: int, variant_id: int | None, hashes: tuple[str, ...], alt: str) -> None:
        """Let exactly these pictures hang there, in this order."""
        every = images.of(self._session, [product_id]).get(product_id, [])
        hanging = {each.hash: each for each in every if each.variant_id == variant_id}
        for picture_hash, picture in hanging.items():
            if picture_hash not in hashes:
                images.detach(self._session, picture, self._now)
        wanted = [hanging.get(each) or self._attach(product_id, variant_id, each, alt) for each in hashes]
        others = [each for each in every if each.variant_id != variant_id]
        first, second = (wanted, others) if variant_id is None else (others, wanted)
        ids = [each.id for each in first + second if each.id is not None]
        if any(each.position != place for place, each in enumerate(first + second)):
            images.reorder(self._session, product_id, ids, self._now)

    def new(self, goods: Iterable[tuple[int, str, tuple[str, ...], list[tuple[int, VariantStep]]]]) -> None:
        """Hang the pictures of new products: (product, name, hashes, its variants with their ids)."""
        images.hang_all(self._session, [hanging for each in goods for hanging in self._of_new(*each)], self._now)

    def _of_new(
        self, product_id: int, name: str, hashes: tuple[str, ...], variants: list[tuple[int, VariantStep]]
    ) -> Iterator[Hanging]:
        named = [(None, each, name) for each in hashes]
        named += [
            (variant_id, each, alt_of(name, step))  # type: ignore[misc]
            for variant_id, step in variants
            for each in step.facts.get("pictures", ())
        ]
        for position, (variant_id, picture_hash, alt) in enumerate(named):
            yield Hanging(product_id, variant_id, self._look_up(picture_hash), alt, position)

    def _attach(self, product_id: int, variant_id: int | None, picture_hash: str, alt: str) -> Picture:
        stored = self._look_up(picture_hash)
        return images.attach(self._session, product_id, stored, alt=alt, variant_id=variant_id, now=self._now)

    def _look_up(self, picture_hash: str) -> StoredPicture:
        if picture_hash not in self._stored:
            self._stored[picture_hash] = self._pictures.stored(picture_hash)
        return self._stored[picture_hash]


def alt_of(name: str, step: VariantStep) -> str:
    """What the picture of a variant shows."""
    return ", ".join([name, *(value for _, value, _ in step.facts.get("options", ()))])

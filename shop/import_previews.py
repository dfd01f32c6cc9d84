"""Small pictures of new articles that lie beside a table and are not in the shop yet: to look at before saying yes."""

from io import BytesIO

from catalog import darkroom, photographs
from catalog.exchange.runs import ImportRun
from catalog.refusals import Refusal
from shop import import_reading
from shop.importing import Parts

_WIDTH = 160


def small(parts: Parts, run: ImportRun, place: int) -> bytes | None:
    """The picture of the new article at a place of the plan, as WebP; None where there is none (any more)."""
    goods = run.plan.get("new_goods", [])
    name = goods[place].get("file", "") if place < len(goods) else ""
    if not name:
        return None
    try:
        content = import_reading.pictures_of(parts, run.folders).content(name)
        with darkroom.place(parts.settings.media, alone=True):
            picture = photographs.develop(BytesIO(content), BytesIO(), _WIDTH).picture
    except (Refusal, OSError):
        return None
    made = BytesIO()
    picture.save(made, "WEBP", quality=78, method=2)
    return made.getvalue()

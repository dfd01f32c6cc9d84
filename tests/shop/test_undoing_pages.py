"""Pages that are kept know that goods went away and came again: a catalogue with wrong prices is brought in anew."""

import pytest

from catalog import article, changes
from shop.importing import House
from shop.settings import Settings
from tests.make import NOW
from tests.shop.goods_files import GOODS, bring_in, house_of, take_back


@pytest.fixture
def house(settings: Settings) -> House:
    return house_of(settings)


def stamps(house: House) -> tuple[object, ...]:
    with house.database.reading() as session:
        return article.stamps(session, [1]), changes.begin(session, NOW).last


def test_goods_that_were_taken_back_and_brought_in_anew_are_no_old_page(house: House) -> None:
    run_id = bring_in(house)
    before = stamps(house)
    take_back(house, run_id)
    bring_in(house, GOODS.replace("0,45", "0,54"))
    after = stamps(house)
    assert before[0] != after[0]
    assert before[1] != after[1]

"""The Grundpreis of every row of a haberdashery's shelf (§§ 4, 5 PAngV)."""

import pytest

from catalog.base_price import BasePrice, base_price
from catalog.units import Unit


@pytest.mark.parametrize(("price", "unit", "content", "content_unit", "expected"), [
    (1290, Unit.LENGTH, None, None, BasePrice(1290, "1\u00a0m")),
    (2400, Unit.WEIGHT, None, None, BasePrice(2400, "1\u00a0kg")),
    (495, Unit.PIECE, 50, Unit.WEIGHT, BasePrice(9900, "1\u00a0kg")),      # a ball of yarn
    (150, Unit.PIECE, 300, Unit.LENGTH, BasePrice(50, "1\u00a0m")),        # a card of ribbon
    (295, Unit.PIECE, 20_000, Unit.LENGTH, BasePrice(148, "100\u00a0m")),  # 200 m of thread
    (195, Unit.PIECE, 9, Unit.WEIGHT, None),                               # beads below 10 g
    (195, Unit.PIECE, 10, Unit.WEIGHT, BasePrice(19500, "1\u00a0kg")),
    (195, Unit.PIECE, None, None, None),                                   # a button
    (195, Unit.PIECE, 10, Unit.PIECE, None),                               # a card of ten buttons
])  # fmt: skip
def test_base_prices_of_a_haberdashery(
    price: int, unit: Unit, content: int | None, content_unit: Unit | None, expected: BasePrice | None
) -> None:
    assert base_price(price, unit, content, content_unit) == expected

"""An order after it was placed: its moves, its history, what a person must decide."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from checkout import orders, signals
from checkout.orders import MOVES, NotAllowedNow, Order, State
from tests.checkout.ordering import make_order
from tests.make import NOW


@pytest.fixture
def heard() -> Iterator[list[str]]:
    said: list[str] = []

    def on_placed(order: Order, session: Session) -> None:
        said.append(f"placed {order.state}")

    def on_moved(order: Order, session: Session, to: State) -> None:
        said.append(f"moved {to}")

    with signals.order_placed.connected_to(on_placed), signals.order_moved.connected_to(on_moved):
        yield said


def test_extensions_hear_of_an_orders_life(session: Session, heard: list[str]) -> None:
    order = make_order(session)
    orders.move(session, order, State.PAID, now=NOW, author="test")
    assert heard == ["placed awaiting_payment", "moved paid"]


@pytest.mark.parametrize("standing", list(State))
@pytest.mark.parametrize("to", list(State))
def test_an_order_moves_only_as_allowed(session: Session, standing: State, to: State) -> None:
    order = make_order(session, first_state=standing)
    if to in MOVES[standing]:
        orders.move(session, order, to, now=NOW, author="Anna", note="so")
        assert order.state == to
        event = orders.events_of(session, order)[-1]
        assert (event.kind, event.author, event.note) == (to, "Anna", "so")
        return
    with pytest.raises(NotAllowedNow, match=order.number):
        orders.move(session, order, to, now=NOW, author="Anna")
    assert len(orders.events_of(session, order)) == 1


def test_what_calls_for_attention_is_said_once_and_settled_with_a_note(session: Session) -> None:
    order = make_order(session)
    for sentence in ("Bitte klären.", "Noch etwas.", "Bitte klären."):
        orders.call_attention(session, order, sentence, now=NOW, author="test")
    assert order.attention == "Bitte klären.\nNoch etwas."
    orders.settle_attention(session, order, now=NOW, author="Anna", note="angerufen")
    assert order.attention == ""
    assert orders.events_of(session, order)[-1].note == "angerufen"


def test_an_order_is_found_by_its_secret_or_its_number(session: Session) -> None:
    order = make_order(session)
    assert orders.find_by_token(session, order.token) is order
    assert orders.find_by_token(session, "guessed") is None
    assert orders.find_by_number(session, order.number.replace("-", " ").lower()) is order
    assert orders.find_by_number(session, "Huber") is None

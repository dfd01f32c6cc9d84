"""Which order a transfer pays: what is exact goes by itself, everything else to a person with the reason."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from checkout import fulfilment, numbers
from checkout.bank import matching
from checkout.bank.bookings import BankBooking, BankFile
from checkout.bank.matching import Finding
from checkout.orders import Order, State
from tests.checkout.bank.files import DAY, PAYER
from tests.checkout.ordering import make_order, pay
from tests.make import NOW, make_fabric

WRAPS = st.sampled_from(["", " ", "  ", "\n", "-", " - ", ".", "/", "\u00a0"])
CENTS = 2425


def booking(text: str = "", cents: int = CENTS, **facts: Any) -> BankBooking:
    given: dict[str, Any] = {"name": "Peter Zahler", "iban": PAYER, "currency": "EUR", "is_credit": True} | facts
    return BankBooking(key="k", file_id=1, format="x", booked_on=DAY, text=text, cents=cents, **given)


def find(session: Session, row: BankBooking) -> Finding:
    return matching.find(session, row, now=NOW)


@pytest.fixture
def order(session: Session) -> Order:
    """1,50 m of fabric with shipping: 24,25 €."""
    made = make_order(session, make_fabric(session, on_hand=5000))
    assert made.open_cents == CENTS
    return made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_a_code_is_found_however_it_is_wrapped_spaced_and_cased(
    session: Session, order: Order, data: st.DataObject
) -> None:
    letters = order.number.replace("-", "")
    signs = [data.draw(st.sampled_from([letter, letter.lower()])) + data.draw(WRAPS) for letter in letters]
    before, after = (data.draw(st.text("abcXYZ 0189äß-/.,", max_size=30)) for _ in range(2))
    assert find(session, booking(f"{before}{''.join(signs)}{after}")).pays == (order,)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_a_wrong_letter_never_books(session: Session, order: Order, data: st.DataObject) -> None:
    letters = order.number.replace("-", "")
    place = data.draw(st.integers(0, 7))
    wrong = data.draw(st.sampled_from([each for each in numbers.LETTERS + "01OIL" if each != letters[place]]))
    found = find(session, booking(f"Bestellung {letters[:place]}{wrong}{letters[place + 1 :]}"))
    assert found.pays == ()
    assert found.likely == (order,)
    assert "verschrieben" in found.reason


@pytest.mark.parametrize("change", ["left out", "doubled", "swapped"])
def test_other_slips_are_proposed_too(session: Session, order: Order, change: str) -> None:
    code = order.number.replace("-", "")
    place = next(at for at in range(1, 6) if code[at] not in (code[at - 1], code[at + 1]))
    slips = {
        "left out": code[:place] + code[place + 1 :],
        "doubled": code[: place + 1] + code[place:],
        "swapped": code[:place] + code[place + 1] + code[place] + code[place + 2 :],
    }
    found = find(session, booking(slips[change]))
    assert (found.pays, found.likely) == ((), (order,))


def test_several_orders_and_their_exact_sum(session: Session, order: Order) -> None:
    other = make_order(session, make_fabric(session), quantity=200)
    text = f"{other.number} und {order.number.lower()}"
    both = order.open_cents + other.open_cents
    assert find(session, booking(text, both)).pays == (other, order)
    short = find(session, booking(text, both - 1))
    assert (short.pays, short.likely) == ((), (other, order))
    assert "Offen sind zusammen" in short.reason


@pytest.mark.parametrize(
    ("cents", "said"), [(CENTS - 500, "Es fehlen 5,00"), (CENTS + 100, "1,00 € zu viel"), (1, "Es fehlen 24,24")]
)
def test_another_amount_is_for_a_person(session: Session, order: Order, cents: int, said: str) -> None:
    found = find(session, booking(order.number, cents))
    assert (found.pays, found.likely) == ((), (order,))
    assert said in found.reason.replace("\u00a0", " ")


def test_orders_that_take_no_money_any_more(session: Session) -> None:
    fabric = make_fabric(session)
    paid, cancelled, expired = (make_order(session, fabric, quantity=100) for _ in range(3))
    cents = paid.open_cents
    pay(session, paid)
    fulfilment.cancel(session, cancelled, reason="weg", now=NOW, author="test")
    fulfilment.expire(session, expired, now=NOW)
    for order, said in ((paid, "schon bezahlt"), (cancelled, "storniert"), (expired, "schon aufgehoben")):
        found = find(session, booking(order.number, cents))
        assert (found.pays, found.likely) == ((), (order,))
        assert said in found.reason


def test_an_order_that_is_paid_otherwise_is_for_a_person(session: Session) -> None:
    order = make_order(session, payment="stripe")
    assert "anders bezahlt" in find(session, booking(order.number, order.open_cents)).reason


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"currency": "CHF"}, "CHF"),
        ({"is_return": True}, "zurück"),
        ({"doubt": "Eine Sammelbuchung."}, "Sammelbuchung"),
        ({"structured": "RF00K7MP3XQA"}, "Prüfziffern"),
    ],
)
def test_what_is_not_plain_is_never_booked_by_itself(
    session: Session, order: Order, facts: dict[str, Any], said: str
) -> None:
    found = find(session, booking(order.number, **facts))
    assert (found.pays, found.likely) == ((), (order,))
    assert said in found.reason


def test_a_creditor_reference_names_the_order(session: Session, order: Order) -> None:
    from stdnum.iso7064 import mod_97_10

    code = order.number.replace("-", "")
    reference = f"RF{mod_97_10.calc_check_digits(code + 'RF')}{code}"
    assert find(session, booking("", structured=reference)).pays == (order,)
    assert find(session, booking("", end_to_end=order.number)).pays == (order,)


def test_name_and_amount_are_only_proposed(session: Session, order: Order) -> None:
    other = make_order(session, make_fabric(session), quantity=150)
    other.name = "Hans Anders"
    session.flush()
    for facts, said, likely in (
        ({"name": "MUSTER, ERIKA"}, "Name und Betrag", (order,)),
        ({"name": "Peter Zahler"}, "der Betrag", (other, order)),
        ({"name": "Anders Hans", "cents": 77}, "der Name", (other,)),
        ({"cents": 77}, "keine Bestellung", ()),
    ):
        found = find(session, booking("Stoff", **facts))
        assert (found.pays, found.likely) == ((), likely)
        assert said in found.reason


def test_the_same_payment_from_another_kind_of_file_is_asked_about(session: Session, order: Order) -> None:
    file = BankFile(digest="d", format="CSV", imported_at=NOW, author="test")
    session.add(file)
    session.flush()
    first = booking("ganz anderer Text")
    first.file_id, first.format = file.id or 0, "CSV"
    session.add(first)
    session.flush()
    assert "schon aus einer anderen Datei" in find(session, booking(order.number)).reason
    assert find(session, booking(order.number, iban="DE02120300000000202051")).pays == (order,)


def test_an_old_order_is_still_found_by_its_number(session: Session, order: Order) -> None:
    later = matching.find(session, booking(order.number), now=NOW + timedelta(days=400))
    assert later.pays == (order,)


def test_an_order_to_be_paid_by_invoice_is_paid_by_transfer(session: Session) -> None:
    order = make_order(session, payment="invoice", first_state=State.CONFIRMED, reserved_until=None)
    assert find(session, booking(order.number, order.open_cents)).pays == (order,)

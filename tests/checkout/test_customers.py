"""Who buys: as little as is needed, and each problem said at its field."""

import pytest

from checkout import customers
from checkout.customers import FIELDS, CheckoutDetails
from tests.checkout.ordering import ADDRESS

EMPTY = CheckoutDetails(cart_id=1)


def problems(**facts: str) -> dict[str, str]:
    return customers.parse(ADDRESS | facts, EMPTY, ["DE", "AT"])[1]


def test_a_complete_address_has_no_problems() -> None:
    assert problems() == {}
    assert problems(country="AT", postal_code="6020") == {}
    assert problems(phone="+49 (0)4321 / 567-89", note="Bitte klingeln.\nDanke!") == {}


@pytest.mark.parametrize("way", [{"email": "erika@kundin.example"}, {"phone": "04321 56789"}])
def test_pickup_needs_a_name_and_one_way_to_reach_the_shopper(way: dict[str, str]) -> None:
    told = {"name": "Erika Muster", "delivery": "pickup", "payment": "on_pickup"} | way
    assert customers.parse(told, EMPTY, ["DE"])[1] == {}
    assert set(customers.parse(told | {"phone": "Anruf", "email": ""}, EMPTY, ["DE"])[1]) == {"phone"}


def test_a_parcel_needs_an_email_address_unless_the_owner_took_the_order_at_the_telephone() -> None:
    details, found = customers.parse(ADDRESS | {"email": "", "phone": "04321 56789"}, EMPTY, ["DE"])
    assert set(found) == {"email"}
    assert customers.problems(details, ["DE"], by_phone=True) == {}


def test_pickup_without_any_way_is_asked_again() -> None:
    assert set(customers.parse({"delivery": "pickup"}, EMPTY, ["DE"])[1]) == {"name", "email", "payment"}


def test_everything_missing_is_said_at_once() -> None:
    assert set(customers.problems(EMPTY, ["DE"])) == {
        "name", "email", "street", "postal_code", "city", "delivery", "payment",
    }  # fmt: skip


@pytest.mark.parametrize("code", ["1234", "123456", "12a45", "D-12345", "１２３４５６"])
def test_a_german_postal_code_has_five_digits(code: str) -> None:
    assert set(problems(postal_code=code)) == {"postal_code"}


@pytest.mark.parametrize(
    "email",
    ["erika", "erika@", "@kundin.example", "erika@kundin", "a b@c.de", "a@b..de", "a@b.de, c@d.de",
     ".a@b.de", "a..b@c.de", "ä@b.de"]
)  # fmt: skip
def test_what_is_no_email_address_is_asked_again(email: str) -> None:
    assert set(problems(email=email)) == {"email"}


@pytest.mark.parametrize("email", ["e.muster+laden@mail.kundin.example", "erika@müller.example", "E_1@a-b.co"])
def test_unusual_but_right_email_addresses_pass(email: str) -> None:
    assert problems(email=email) == {}


def test_we_do_not_deliver_everywhere_but_write_invoices_to_anyone() -> None:
    assert set(problems(country="FR", postal_code="75001")) == {"country"}
    billing = {"billing_name": "Jean", "billing_street": "Rue 1", "billing_city": "Paris", "billing_country": "FR"}
    assert problems(**billing, billing_postal_code="75001") == {}


def test_a_billing_address_is_whole_or_absent() -> None:
    assert set(problems(billing_company="Näherei GmbH")) == {
        "billing_name", "billing_street", "billing_postal_code", "billing_city",
    }  # fmt: skip
    assert problems(billing_country="AT") == {}  # a preselected country alone is no address


@pytest.mark.parametrize(
    "field", [field for field in FIELDS if field not in ("country", "billing_country", "business")]
)
def test_no_field_is_endless(field: str) -> None:
    assert field in problems(**{"business": "ja", field: "9" * (FIELDS[field] + 1)})


def test_what_was_typed_is_tidied() -> None:
    details, _ = customers.parse(
        ADDRESS | {"name": "  Erika \t Muster\r\n", "country": "de", "note": " eins \r\n zwei\x00 "}, EMPTY, ["DE"]
    )
    assert (details.name, details.country, details.note) == ("Erika Muster", "DE", "eins\nzwei")


def test_a_field_that_the_form_does_not_carry_keeps_its_value() -> None:
    standing, _ = customers.parse(ADDRESS, EMPTY, ["DE"])
    details, found = customers.parse({"name": "Otto Muster"}, standing, ["DE"])
    assert (details.name, details.city, found) == ("Otto Muster", "Lindow-Wiesental", {})

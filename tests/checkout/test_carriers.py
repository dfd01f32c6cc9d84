"""Carriers: the link to follow a parcel, and numbers that look odd."""

import re

import pytest

from checkout import carriers
from checkout.carriers import CARRIERS


@pytest.mark.parametrize("key", CARRIERS)
def test_every_carrier_has_a_link_and_an_example_of_its_own_shape(key: str) -> None:
    carrier = CARRIERS[key]
    assert carriers.tracking_url(key, carrier.example).startswith("https://")
    assert carrier.example in carriers.tracking_url(carrier.name, carrier.example)
    assert carriers.oddity(key, carrier.example) == ""
    assert re.fullmatch(carrier.shape, carrier.example)


@pytest.mark.parametrize(
    ("written", "name"),
    [("dhl", "DHL"), (" Dhl ", "DHL"), ("post", "Deutsche Post"), ("Österr. Post", "Österreichische Post"),
     ("Spedition Huber", "Spedition Huber"), ("", "")],
)  # fmt: skip
def test_a_carrier_is_known_by_key_and_by_name(written: str, name: str) -> None:
    assert carriers.name_of(written) == name


@pytest.mark.parametrize(
    ("name", "said"),
    [("DHL", "DHL"), ("Deutsche Post", "der Deutschen Post"), ("Österreichische Post", "der Österreichischen Post"),
     ("Spedition Huber", "Spedition Huber")],
)  # fmt: skip
def test_a_carrier_is_declined_after_mit(name: str, said: str) -> None:
    assert carriers.dative(name) == said


def test_blanks_in_a_number_do_not_matter_and_nothing_breaks_out_of_the_link() -> None:
    assert carriers.tracking_url("DHL", "0034 0434 1234 5678 9012").endswith("piececode=00340434123456789012")
    assert carriers.tracking_url("dpd", "1&x=<script>").endswith("/1%26X%3D%3CSCRIPT%3E")


def test_without_number_or_with_an_unknown_carrier_there_is_no_link() -> None:
    assert carriers.tracking_url("DHL", " ") == ""
    assert carriers.tracking_url("Spedition Huber", "123") == ""


def test_an_odd_number_is_said_and_an_unknown_carrier_knows_no_odd_ones() -> None:
    assert "DHL" in carriers.oddity("dhl", "1234")
    assert carriers.oddity("ups", "1Z999AA10123456784") == ""
    assert carriers.oddity("Spedition Huber", "1234") == ""
    assert carriers.oddity("dhl", "") == ""

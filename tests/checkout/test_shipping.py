"""Shipping: the owner's table decides, and says why where nothing fits."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from checkout import shipping
from checkout.rates import Tariff
from checkout.shipping import PICKUP, Parcel, ShippingMethod, ShippingQuote, ShippingRate, ShippingSurcharge


@pytest.fixture(autouse=True)
def table(session: Session) -> None:
    session.add_all([
        ShippingRate(name="Brief", country="DE", max_weight_g=500, price_cents=290, position=0),
        ShippingRate(
            name="Paket", country="DE", max_weight_g=5_000, price_cents=490, position=1, free_from_cents=8_000
        ),
        ShippingRate(name="Paket", country="DE", max_weight_g=20_000, price_cents=990, position=2),
        ShippingRate(name="Paket", country="AT", price_cents=1_490, position=3),
    ])  # fmt: skip
    session.flush()


def quoted(session: Session, weight_g: int, goods_cents: int = 2_000, country: str = "DE") -> list[tuple[str, int]]:
    found = shipping.quotes(session, Parcel(country, weight_g, goods_cents))
    return [(quote.key, quote.cents) for quote in found]


@pytest.mark.parametrize(
    ("weight_g", "goods_cents", "expected"),
    [
        (500, 2_000, [("Brief", 290), ("Paket", 490)]),
        (501, 2_000, [("Paket", 490)]),
        (5_001, 2_000, [("Paket", 990)]),
        (5_000, 8_000, [("Paket", 0)]),
        (5_000, 7_999, [("Paket", 490)]),
        (20_001, 2_000, []),
    ],
)
def test_the_tier_that_carries_it_is_offered(
    session: Session, weight_g: int, goods_cents: int, expected: list[tuple[str, int]]
) -> None:
    assert quoted(session, weight_g, goods_cents) == expected


def test_the_cheapest_may_be_another_than_the_first(session: Session) -> None:
    cheapest = shipping.cheapest(session, Parcel("DE", 100, 9_000))
    assert cheapest is not None
    assert (cheapest.name, cheapest.cents) == ("Paket", 0)
    assert shipping.cheapest(session, Parcel("DE", 99_999, 0)) is None


def test_a_choice_survives_a_heavier_cart(session: Session) -> None:
    for weight_g, cents in ((1_000, 490), (6_000, 990)):
        chosen = shipping.chosen(session, "Paket", Parcel("DE", weight_g, 0))
        assert chosen is not None
        assert chosen.cents == cents
    assert shipping.chosen(session, "Brief", Parcel("DE", 6_000, 0)) is None


def test_pickup_is_always_free(session: Session) -> None:
    chosen = shipping.chosen(session, PICKUP, Parcel("FR", 99_999, 0))
    assert chosen is not None
    assert chosen.is_pickup
    assert chosen.cents == 0


def test_where_nothing_fits_a_sentence_says_why(session: Session) -> None:
    assert "In dieses Land" in shipping.why_none_fits(session, Parcel("FR", 1, 0))
    assert "zu schwer" in shipping.why_none_fits(session, Parcel("DE", 20_001, 0))
    assert shipping.why_none_fits(session, Parcel("AT", 99_999, 0)) == ""


@pytest.fixture
def letter_post(session: Session) -> None:
    session.add(ShippingRate(name="Musterbrief", country="DE", max_weight_g=50, price_cents=110, for_samples=True))
    session.flush()


@pytest.mark.usefixtures("letter_post")
def test_samples_go_by_letter_and_nothing_else_does(session: Session) -> None:
    samples = shipping.quotes(session, Parcel("DE", 25, 150, is_samples=True))
    assert [(quote.key, quote.cents) for quote in samples] == [("Musterbrief", 110)]
    assert "Musterbrief" not in dict(quoted(session, 25, 150))


@pytest.mark.usefixtures("letter_post")
def test_samples_go_like_other_goods_where_no_letter_takes_them(session: Session) -> None:
    assert [quote.key for quote in shipping.quotes(session, Parcel("AT", 25, 150, is_samples=True))] == ["Paket"]
    too_heavy = shipping.quotes(session, Parcel("DE", 51, 150, is_samples=True))
    assert [quote.key for quote in too_heavy] == ["Brief", "Paket"]


def test_a_letter_for_samples_brings_no_parcel_into_a_country(session: Session) -> None:
    session.add(ShippingRate(name="Musterbrief", country="CH", max_weight_g=50, price_cents=210, for_samples=True))
    session.flush()
    assert "In dieses Land" in shipping.why_none_fits(session, Parcel("CH", 5, 2_000))
    assert shipping.why_none_fits(session, Parcel("CH", 5, 50, is_samples=True)) == ""


LETTER = ShippingMethod(name="Warensendung", kind="letter", packing_g=20, packing_mm=2, insured_cents=5_000)


@pytest.fixture
def letters(session: Session) -> None:
    """A letter up to 50 g and 1 cm, 500 g and 2 cm, 1 kg and 5 cm; with its envelope."""
    session.add(LETTER.model_copy())
    for place, (weight_g, thickness_mm, cents) in enumerate(((50, 10, 110), (500, 20, 180), (1_000, 50, 290))):
        session.add(
            ShippingRate(
                name="Warensendung", country="DE", max_weight_g=weight_g, max_thickness_mm=thickness_mm,
                price_cents=cents, position=10 + place,
            )
        )  # fmt: skip
    session.flush()


def letter_for(session: Session, weight_g: int, thickness_mm: int | None, goods_cents: int = 2_000) -> int | str:
    """What the letter costs, or why it does not go."""
    parcel = Parcel("DE", weight_g, goods_cents, thickness_mm=thickness_mm, unmeasured=("Wollfilz",))
    survey = shipping.survey(session, parcel)
    prices = [quote.cents for quote in survey.quotes if quote.key == "Warensendung"]
    return prices[0] if prices else next(each.reason for each in survey.not_offered if each.name == "Warensendung")


@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize(
    ("weight_g", "thickness_mm", "expected"),
    [
        (30, 8, 110),
        (31, 8, 180),
        (30, 9, 180),
        (480, 18, 180),
        (480, 19, 290),
        (980, 48, 290),
        (981, 48, "zu schwer, höchstens 1 kg mit Verpackung."),
        (300, 49, "zu dick, höchstens 5 cm."),
        (300, None, "Dafür müssten wir wissen, wie dick „Wollfilz“ ist."),
    ],
)
def test_a_letter_takes_what_is_light_and_flat_and_else_says_why(
    session: Session, weight_g: int, thickness_mm: int | None, expected: int | str
) -> None:
    told = letter_for(session, weight_g, thickness_mm)
    assert (told.replace("\u00a0", " ") if isinstance(told, str) else told) == expected


@pytest.mark.usefixtures("letters")
def test_where_weight_and_thickness_fit_only_apart_the_sentence_says_so(session: Session) -> None:
    session.add(ShippingRate(name="Rolle", country="DE", max_weight_g=100, max_thickness_mm=150, price_cents=300))
    session.add(ShippingRate(name="Rolle", country="DE", max_weight_g=900, max_thickness_mm=30, price_cents=400))
    survey = shipping.survey(session, Parcel("DE", 500, 2_000, thickness_mm=80))
    assert "Rolle: zu dick, höchstens 3 cm bei diesem Gewicht." in [
        each.sentence.replace("\u00a0", " ") for each in survey.not_offered
    ]


@pytest.mark.usefixtures("letters")
def test_what_is_worth_more_than_insured_does_not_go_as_a_letter(session: Session) -> None:
    assert letter_for(session, 30, 8, goods_cents=5_000) == 110
    reason = letter_for(session, 30, 8, goods_cents=5_001)
    assert isinstance(reason, str)
    assert "versichert" in reason


def test_the_value_of_the_goods_may_bound_a_tier(session: Session) -> None:
    session.add(ShippingMethod(name="Botin", kind="own"))
    session.add(ShippingRate(name="Botin", country="DE", min_goods_cents=3_000, max_goods_cents=9_000, price_cents=200))
    session.flush()
    for goods_cents, expected in ((2_999, "erst ab 30,00"), (3_000, ""), (9_000, ""), (9_001, "nur bis 90,00")):
        survey = shipping.survey(session, Parcel("DE", 100, goods_cents))
        said = [each.reason for each in survey.not_offered if each.name == "Botin"]
        assert bool(said) is bool(expected)
        assert all(expected in each for each in said)


@pytest.fixture
def islands(session: Session) -> None:
    session.add_all([
        ShippingSurcharge(label="Inselzuschlag", country="DE", codes="18565, 25980–25999", cents=300),
        ShippingSurcharge(label="Sylt, große Pakete", country="DE", codes="25980", cents=500, method="Paket"),
        ShippingSurcharge(label="Helgoland", country="DE", codes="27498", cents=None),
    ])  # fmt: skip
    session.flush()


def parcel_to(session: Session, postal_code: str, name: str = "Paket") -> ShippingQuote | None:
    parcel = Parcel("DE", 1_000, 2_000, postal_code=postal_code, thickness_mm=10)
    return next((quote for quote in shipping.quotes(session, parcel) if quote.key == name), None)


@pytest.mark.usefixtures("islands", "letters")
def test_islands_cost_more_by_parcel_and_nothing_more_by_letter(session: Session) -> None:
    on_islands = {"10115": (490, ""), "18565": (790, "Inselzuschlag"), "25980": (990, "Sylt, große Pakete")}
    for postal_code, (cents, label) in on_islands.items():
        quote = parcel_to(session, postal_code)
        assert quote is not None
        assert (quote.cents, quote.surcharge, quote.may_cost_more) == (cents, label, False)
        assert quote.surcharge_cents == cents - 490
    letter = shipping.quotes(session, Parcel("DE", 30, 2_000, postal_code="25980", thickness_mm=5))
    assert next(quote for quote in letter if quote.key == "Warensendung").cents == 110


@pytest.mark.usefixtures("islands")
def test_the_surcharge_is_asked_even_where_the_rest_is_free(session: Session) -> None:
    free = shipping.quotes(session, Parcel("DE", 1_000, 8_000, postal_code="25990"))
    assert (free[0].cents, free[0].surcharge_cents) == (300, 300)


@pytest.mark.usefixtures("islands")
def test_without_a_postal_code_it_is_said_that_it_may_cost_more(session: Session) -> None:
    quote = parcel_to(session, "")
    assert quote is not None
    assert (quote.cents, quote.may_cost_more) == (490, True)
    abroad = shipping.quotes(session, Parcel("AT", 100, 2_000))
    assert not abroad[0].may_cost_more


@pytest.mark.usefixtures("islands")
def test_nothing_is_sent_where_the_owner_does_not_send(session: Session) -> None:
    survey = shipping.survey(session, Parcel("DE", 1_000, 2_000, postal_code="27498"))
    assert survey.quotes == []
    assert "nicht an die Postleitzahl 27498 (Helgoland)" in survey.why_none
    assert "rufen Sie uns an" in survey.why_none


def test_a_rate_may_serve_several_countries(session: Session) -> None:
    session.add(ShippingRate(name="Paket EU", country="BE NL LU", max_weight_g=5_000, price_cents=1_700, position=9))
    session.flush()
    assert quoted(session, 100, country="NL") == [("Paket EU", 1_700)]
    assert quoted(session, 100, country="FR") == []


cents = st.integers(0, 20_000)
limit = st.one_of(st.none(), st.integers(1, 40_000))
tiers = st.builds(
    ShippingRate,
    name=st.sampled_from(["Brief", "Paket", "Botin"]),
    country=st.sampled_from(["DE", "AT", "DE AT"]),
    max_weight_g=limit,
    max_thickness_mm=st.one_of(st.none(), st.integers(1, 150)),
    min_goods_cents=st.one_of(st.none(), cents),
    max_goods_cents=st.one_of(st.none(), cents),
    price_cents=cents,
    free_from_cents=st.one_of(st.none(), cents),
    for_samples=st.booleans(),
)
ways = st.fixed_dictionaries({
    name: st.builds(
        ShippingMethod, name=st.just(name), kind=st.sampled_from(["letter", "parcel", "own"]),
        packing_g=st.integers(0, 500), packing_mm=st.integers(0, 20), insured_cents=st.one_of(st.none(), cents),
    )
    for name in ("Brief", "Paket", "Botin")
})  # fmt: skip
places = st.builds(
    ShippingSurcharge, label=st.just("Insel"), country=st.sampled_from(["DE", "AT"]),
    codes=st.sampled_from(["25980–25999", "18", "27498"]), cents=st.one_of(st.none(), cents),
    method=st.sampled_from(["", "Brief", "Paket"]),
)  # fmt: skip
tariffs = st.builds(Tariff, ways, st.lists(tiers, max_size=8), st.lists(places, max_size=3))
parcels = st.builds(
    Parcel, country=st.sampled_from(["DE", "AT", "FR"]), weight_g=st.integers(0, 41_000), goods_cents=cents,
    is_samples=st.booleans(), thickness_mm=st.one_of(st.none(), st.integers(0, 160)),
    postal_code=st.sampled_from(["", "10115", "25985", "18565", "27498"]),
)  # fmt: skip


def tiers_that_take(tariff: Tariff, parcel: Parcel, name: str) -> list[ShippingRate]:
    """What the limits mean, written out once more."""
    method = tariff.methods[name]
    weight_g = parcel.weight_g + method.packing_g
    thickness_mm = None if parcel.thickness_mm is None else parcel.thickness_mm + method.packing_mm

    def takes(rate: ShippingRate) -> bool:
        is_flat = (
            rate.max_thickness_mm is None and method.kind != "letter"
            if thickness_mm is None
            else rate.max_thickness_mm is None or thickness_mm <= rate.max_thickness_mm
        )
        return (
            rate.name == name
            and parcel.country in rate.country
            and (rate.max_weight_g is None or weight_g <= rate.max_weight_g)
            and (rate.min_goods_cents or 0) <= parcel.goods_cents
            and (rate.max_goods_cents is None or parcel.goods_cents <= rate.max_goods_cents)
            and (method.insured_cents is None or parcel.goods_cents <= method.insured_cents)
            and (parcel.is_samples or not rate.for_samples)
            and is_flat
        )

    return [rate for rate in tariff.rates if takes(rate)]


def price(rate: ShippingRate, parcel: Parcel) -> int:
    is_free = rate.free_from_cents is not None and parcel.goods_cents >= rate.free_from_cents
    return 0 if is_free else rate.price_cents


@given(tariffs, parcels)
def test_what_is_offered_fits_every_limit_and_is_the_cheapest_tier(tariff: Tariff, parcel: Parcel) -> None:
    survey = shipping.survey_of(tariff, parcel)
    among_letters = parcel.is_samples and any(
        each.for_samples for quote in survey.quotes for each in tiers_that_take(tariff, parcel, quote.key)
    )
    for quote in survey.quotes:
        taking = [rate for rate in tiers_that_take(tariff, parcel, quote.key) if rate.for_samples is among_letters]
        assert quote.cents - quote.surcharge_cents == min(price(rate, parcel) for rate in taking)
        assert quote.surcharge_cents >= 0


@given(tariffs, parcels)
def test_every_way_to_the_country_is_offered_or_says_why_not(tariff: Tariff, parcel: Parcel) -> None:
    survey = shipping.survey_of(tariff, parcel)
    told = {quote.key for quote in survey.quotes} | {each.name for each in survey.not_offered}
    ordinary = {rate.name for rate in tariff.rates_to(parcel.country) if not rate.for_samples}
    assert told >= ordinary or (parcel.is_samples and survey.quotes)
    assert all(each.reason.endswith(".") for each in survey.not_offered)
    assert bool(survey.why_none) is not bool(survey.quotes)
    for each in survey.not_offered:
        barred = any(more.cents is None for more in tariff.surcharges)
        taking = tiers_that_take(tariff, parcel, each.name)
        assert barred or not [rate for rate in taking if not rate.for_samples] or parcel.is_samples


@given(tariffs, parcels, st.integers(0, 5_000), st.integers(0, 60))
def test_a_heavier_or_thicker_parcel_never_costs_less_by_the_same_way(
    tariff: Tariff, parcel: Parcel, more_g: int, more_mm: int
) -> None:
    thicker = None if parcel.thickness_mm is None else parcel.thickness_mm + more_mm
    heavier = replace(parcel, weight_g=parcel.weight_g + more_g, thickness_mm=thicker, is_samples=False)
    before = {quote.key: quote.cents for quote in shipping.survey_of(tariff, replace(parcel, is_samples=False)).quotes}
    for quote in shipping.survey_of(tariff, heavier).quotes:
        assert quote.key in before
        assert quote.cents >= before[quote.key]


@given(tariffs, parcels)
def test_a_known_postal_code_never_makes_it_cheaper_and_never_offers_more(tariff: Tariff, parcel: Parcel) -> None:
    unknown = {quote.key: quote for quote in shipping.survey_of(tariff, replace(parcel, postal_code="")).quotes}
    for quote in shipping.survey_of(tariff, parcel).quotes:
        if parcel.is_samples and quote.key not in unknown:
            continue  # a letter for samples that does not go there makes way for the others
        assert quote.cents >= unknown[quote.key].cents or parcel.is_samples
        assert unknown[quote.key].may_cost_more or quote.surcharge_cents == 0

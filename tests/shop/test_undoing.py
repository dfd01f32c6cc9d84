"""The way back of an import: what it changed goes back, what somebody has changed since stays and is told."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlmodel import Session, col, select

from catalog import editing, images, prices, stock
from catalog.attributes import AttributeType
from catalog.categories import Category
from catalog.exchange.runs import ImportChange, RunState
from catalog.exchange.wishes import Missing, Wishes
from catalog.holds import StockHold
from catalog.images import Picture
from catalog.makers import Maker
from catalog.movements import StockMovement
from catalog.prices import PriceChange
from catalog.products import Product, Variant, VariantOption
from catalog.rolls import Roll
from catalog.search.queue import SearchChange
from catalog.stock import Why
from checkout import cart
from checkout.cart import CartLine
from shop import import_files, undoing
from shop.db import Database
from shop.importing import House, NoSuchRun
from shop.settings import Settings
from tests.make import NOW, make_fabric, make_ready, make_variant
from tests.shop.goods_files import GOODS, bring_in, house_of, product, run_of, stock_of, take_back, variant

LATER = NOW + timedelta(days=1)
CHEAPER = GOODS.replace("0,45;120", "0,40;100")


@pytest.fixture
def house(settings: Settings) -> House:
    return house_of(settings)


@pytest.fixture
def either_house(settings: Settings, either_database: Database) -> House:
    return house_of(settings, either_database)


def state(house: House) -> list[tuple[object, ...]]:
    """Everything that an owner sees of the goods."""
    with house.database.reading() as session:
        goods = session.exec(select(Product).order_by(Product.slug)).all()
        rows: list[tuple[object, ...]] = [
            (each.slug, each.name, each.summary, each.published_at is None) for each in goods
        ]
        for each in session.exec(select(Variant).order_by(Variant.sku)).all():
            options = session.exec(select(VariantOption.value).where(VariantOption.variant_id == each.id)).all()
            price = prices.current(session, [each.id or 0], LATER)[each.id or 0].cents
            rows.append((each.sku, each.price_cents, price, each.on_hand, each.counts_stock, each.gtin, tuple(options)))
        return rows


def test_what_was_changed_goes_back(house: House) -> None:
    bring_in(house)
    before = state(house)
    run_id = bring_in(house, CHEAPER.replace("Samtband", "Samtband breit"))
    report = take_back(house, run_id)
    assert state(house) == before
    assert (report.back, report.left) == (2, [])
    run = run_of(house, run_id)
    assert (run.state, run.undone_by) == (RunState.UNDONE, "Berta")
    assert run.undone_at is not None


def test_a_price_goes_back_through_its_ledger(either_house: House) -> None:
    bring_in(either_house)
    run_id = bring_in(either_house, CHEAPER)
    take_back(either_house, run_id)
    with either_house.database.reading() as session:
        rows = session.exec(select(PriceChange).where(PriceChange.variant_id == variant(session, "KNOPF-1").id)).all()
    told = [(each.price_cents, each.author, each.reason) for each in rows]
    assert told[-2:] == [(40, "Anna", f"Import {run_id}"), (45, "Berta", f"Import {run_id} zurückgenommen")]


def test_new_goods_go_away_altogether(either_house: House) -> None:
    bring_in(either_house)
    before = state(either_house)
    run_id = bring_in(either_house, GOODS + "LITZE-1;Litze;0,80;50\n")
    with either_house.database.reading() as session:
        litze = product(session, "LITZE-1").id
    assert take_back(either_house, run_id).deleted == 1
    assert state(either_house) == before
    with either_house.database.reading() as session:
        assert session.exec(select(StockMovement).where(StockMovement.change == 50)).all() == []
        told = session.exec(select(SearchChange.product_id).order_by(col(SearchChange.id).desc())).first()
        assert told == litze  # so that the search forgets it


def test_a_new_variant_of_old_goods_goes_away(house: House) -> None:
    head = "Artikelnummer;Produktname;Produkt;Preis;Bestand;Option 1 Name;Option 1 Wert\n"
    red = "GARN-1;Garn;garn;3,20;5;Farbe;Rot\n"
    bring_in(house, head + red)
    before = state(house)
    run_id = bring_in(house, head + red + "GARN-2;Garn;garn;3,20;7;Farbe;Blau\n")
    assert len(stock_of(house)) == 2
    report = take_back(house, run_id)
    assert report.left == []
    assert state(house) == before


def test_names_that_were_made_and_stand_empty_go_away(either_house: House) -> None:
    run_id = bring_in(
        either_house,
        "Artikelnummer;Produktname;Preis;Kategorie;Hersteller;Merkmal: Glanz\n"
        "LITZE-1;Litze;0,80;Bänder > Litzen;Bandweber;matt\n",
    )
    report = take_back(either_house, run_id)
    with either_house.database.reading() as session:
        assert session.exec(select(Category)).all() == []
        assert session.exec(select(Maker)).all() == []
        assert session.exec(select(AttributeType)).all() == []
    assert "Bänder > Litzen" in report.notes[0]


def test_names_that_others_use_stay(house: House) -> None:
    head = "Artikelnummer;Produktname;Preis;Kategorie;Hersteller\n"
    run_id = bring_in(house, head + "LITZE-1;Litze;0,80;Bänder > Litzen;Bandweber\n")
    bring_in(house, head + "LITZE-2;Goldlitze;0,80;Bänder > Litzen;Bandweber\n")
    take_back(house, run_id)
    with house.database.reading() as session:
        assert set(session.exec(select(Category.name)).all()) == {"Bänder", "Litzen"}
        assert session.exec(select(Maker.name)).all() == ["Bandweber"]


def test_what_somebody_has_changed_since_stays_and_is_told(house: House) -> None:
    bring_in(house)
    run_id = bring_in(house, CHEAPER.replace("Holzknopf", "Knopf aus Holz"))
    with house.database.writing() as session:
        prices.set_regular(session, variant(session, "KNOPF-1"), 50, now=LATER, author="Clara")
    look = undoing.look(house, run_id)
    report = take_back(house, run_id)
    assert [str(each) for each in report.left] == [
        "„Knopf aus Holz“ (KNOPF-1), Preis: steht jetzt auf „0,50\u00a0€“, geändert von Clara am 23.11.2026 11:00. "
        "Das bleibt so."
    ]
    assert look.left == report.left
    with house.database.reading() as session:
        assert variant(session, "KNOPF-1").price_cents == 50
        assert variant(session, "KNOPF-1").on_hand == 120
        assert product(session, "KNOPF-1").name == "Holzknopf"


def test_a_later_import_is_named(either_house: House) -> None:
    bring_in(either_house)
    first = bring_in(either_house, CHEAPER)
    second = bring_in(either_house, CHEAPER.replace("0,40;100", "0,35;90"), author="Clara")
    report = take_back(either_house, first)
    assert len(report.left) == 2
    assert all(f"Import {second} („liste.csv“, Clara)" in str(each) for each in report.left)
    take_back(either_house, second)
    with either_house.database.reading() as session:
        assert (variant(session, "KNOPF-1").price_cents, variant(session, "KNOPF-1").on_hand) == (40, 100)


def test_an_edited_text_stays_with_the_name_of_who_edited_it(house: House) -> None:
    bring_in(house)
    run_id = bring_in(house, GOODS.replace("Holzknopf", "Knopf aus Holz"))
    with house.database.writing() as session:
        button = product(session, "KNOPF-1")
        facts = editing.facts_of(session, button)
        edited = editing.ProductFacts(**(vars(facts) | {"name": "Eichenknopf"}))
        editing.change(session, button, edited, seen=editing.fingerprint(facts), now=LATER, author="Clara")
    report = take_back(house, run_id)
    assert [each.reason for each in report.left] == [
        "steht jetzt auf „Eichenknopf“, geändert von Clara am 23.11.2026 11:00. Das bleibt so."
    ]


def test_new_goods_that_somebody_worked_on_stay(house: House) -> None:
    run_id = bring_in(house)
    with house.database.writing() as session:
        button = product(session, "KNOPF-1")
        facts = editing.facts_of(session, button)
        edited = editing.ProductFacts(**(vars(facts) | {"description": "Aus dem Schwarzwald"}))
        editing.change(session, button, edited, seen=editing.fingerprint(facts), now=LATER, author="Clara")
    report = take_back(house, run_id)
    assert report.deleted == 2
    assert [str(each) for each in report.left] == [
        "„Holzknopf“, Beschreibung: steht jetzt auf „Aus dem Schwarzwald“, geändert von Clara am 23.11.2026 11:00. "
        "Das bleibt so."
    ]
    assert stock_of(house) == {"KNOPF-1": 120}


def test_sales_since_are_no_contradiction(either_house: House) -> None:
    bring_in(either_house)
    run_id = bring_in(either_house, CHEAPER)  # 120 → 100
    with either_house.database.writing() as session:
        stock.move(session, variant(session, "KNOPF-1"), -2, Why.SOLD_IN_STORE, now=LATER, author="Clara")
    report = take_back(either_house, run_id)
    assert report.left == []
    assert "seitdem 2 Stück verkauft" in report.notes[0].replace("\u00a0", " ")
    assert stock_of(either_house)["KNOPF-1"] == 118


def test_stock_that_is_sold_by_now_cannot_go_back(house: House) -> None:
    bring_in(house)
    run_id = bring_in(house, GOODS.replace("0,45;120", "0,45;130"))
    with house.database.writing() as session:
        stock.move(session, variant(session, "KNOPF-1"), -126, Why.SOLD, now=LATER, author="Laden")
    report = take_back(house, run_id)
    assert stock_of(house)["KNOPF-1"] == 0
    assert "6 Stück davon sind schon verkauft" in str(report.left[0]).replace("\u00a0", " ")


def test_a_count_since_holds(house: House) -> None:
    bring_in(house)
    run_id = bring_in(house, CHEAPER)
    with house.database.writing() as session:
        stock.count(session, variant(session, "KNOPF-1"), 97, now=LATER, author="Clara")
    report = take_back(house, run_id)
    assert stock_of(house)["KNOPF-1"] == 97
    assert "gezählt von Clara" in str(report.left[0])


def test_goods_held_for_orders_are_never_taken(house: House) -> None:
    bring_in(house)
    run_id = bring_in(house, GOODS.replace("0,45;120", "0,45;130"))
    with house.database.writing() as session:
        button = variant(session, "KNOPF-1")
        button.held = 125
        session.add(StockHold(variant_id=button.id or 0, holder="A-1", pieces=125, quantity=1, created_at=NOW))
    take_back(house, run_id)
    assert stock_of(house)["KNOPF-1"] == 125


def test_new_goods_in_a_cart_become_drafts_without_stock(house: House) -> None:
    run_id = bring_in(house)
    with house.database.writing() as session:
        basket = cart.open(session, NOW)
        session.add(
            CartLine(
                cart_id=basket.id or 0,
                variant_id=variant(session, "KNOPF-1").id or 0,
                pieces=1,
                quantity=1,
            )
        )
    report = take_back(house, run_id)
    assert (report.deleted, report.drafts) == (2, 1)
    assert "in einem Warenkorb" in str(report.left[0])
    assert stock_of(house) == {"KNOPF-1": 0}
    with house.database.reading() as session:
        assert not product(session, "KNOPF-1").is_published


def test_rolls_are_measured_back(either_house: House) -> None:
    with either_house.database.writing() as session:
        jersey = make_fabric(session, sku="JER-1", on_hand=500)
        stock.receive(session, jersey, 300, lot="12", now=NOW, author="test")
    head = "Artikelnummer;Ballen\n"
    run_id = bring_in(either_house, head + 'JER-1;"6,00 m | 3,00 m; Partie 12 | 2,00 m; Partie 13"\n')
    with either_house.database.writing() as session:
        assert variant(session, "JER-1").on_hand == 1100
    take_back(either_house, run_id)
    with either_house.database.reading() as session:
        rolls = session.exec(select(Roll).where(col(Roll.ended_at).is_(None))).all()
        assert sorted((each.on_hand, each.lot) for each in rolls) == [(300, "12"), (500, "")]
        assert (variant(session, "JER-1").on_hand, variant(session, "JER-1").longest) == (800, 500)


def test_stock_that_was_added_is_taken_again(house: House) -> None:
    bring_in(house)
    run_id = bring_in(house, GOODS, wished=Wishes(stock_is_change=True))
    assert stock_of(house) == {"KNOPF-1": 240, "KNOPF-2": 60, "BAND-1": 36}
    take_back(house, run_id)
    assert stock_of(house) == {"KNOPF-1": 120, "KNOPF-2": 30, "BAND-1": 18}


def test_a_reduction_ends_and_the_former_one_comes_again(house: House) -> None:
    head = "Artikelnummer;Produktname;Preis;Angebotspreis\n"
    bring_in(house, head + "KNOPF-1;Holzknopf;0,45;0,40\nBAND-1;Samtband;2,10;\n")
    before = state(house)
    run_id = bring_in(house, head + "KNOPF-1;Holzknopf;0,45;0,30\nBAND-1;Samtband;2,10;1,90\n")
    assert state(house) != before
    take_back(house, run_id)
    assert state(house) == before


def test_counting_ends_again_where_nobody_counted(house: House) -> None:
    with house.database.writing() as session:
        make_variant(session, sku="KNOPF-1", on_hand=0, counts_stock=False)
    run_id = bring_in(house, "Artikelnummer;Bestand\nKNOPF-1;12\n")
    take_back(house, run_id)
    with house.database.reading() as session:
        assert not variant(session, "KNOPF-1").counts_stock


def test_a_maker_gets_the_former_address(house: House) -> None:
    head = "Artikelnummer;Produktname;Preis;Hersteller;Hersteller Straße\n"
    bring_in(house, head + "A-1;Knopf;1,00;Nordgarn;Spinnweg 1\nA-2;Band;1,00;Südgarn;Webweg 1\n")
    run_id = bring_in(house, head + "A-1;Knopf;1,00;Südgarn;Webweg 9\n")
    take_back(house, run_id)
    with house.database.reading() as session:
        assert dict(session.exec(select(Maker.name, Maker.street)).all()) == {
            "Nordgarn": "Spinnweg 1",
            "Südgarn": "Webweg 1",
        }
        makers = {each.id: each.name for each in session.exec(select(Maker)).all()}
        assert makers[product(session, "A-1").maker_id] == "Nordgarn"


def test_goods_that_an_import_took_off_sale_are_on_sale_again(house: House) -> None:
    with house.database.writing() as session:
        make_ready(session, product_of(session, make_variant(session, sku="KNOPF-1")))
    assert is_on_sale(house)
    run_id = bring_in(house, "Artikelnummer;Hersteller Kontakt\nKNOPF-1;(leer)\n")
    assert not is_on_sale(house)
    take_back(house, run_id)
    assert is_on_sale(house)


def test_pictures_hang_as_before(house: House) -> None:
    with house.database.writing() as session:
        button = make_variant(session, sku="KNOPF-1")
        make_ready(session, product_of(session, button))
        for picture in images.of(session, [button.product_id])[button.product_id]:
            images.detach(session, picture, NOW)
        kept = [images.store(house.settings.media, _png(shade)) for shade in (40, 80)]
        images.attach(session, button.product_id, kept[0], alt="Knopf", now=NOW)
    run_id = bring_in(house, f"Artikelnummer;Bilder\nKNOPF-1;{kept[1].hash}\n")
    assert hanging(house) == [kept[1].hash]
    report = take_back(house, run_id)
    assert report.left == []
    assert hanging(house) == [kept[0].hash]


def test_what_the_file_did_not_name_comes_back(house: House) -> None:
    bring_in(house)
    before = state(house)
    short = "\n".join(GOODS.splitlines()[:-1])
    run_id = bring_in(house, short, wished=Wishes(missing=Missing.ZERO))
    assert stock_of(house)["BAND-1"] == 0
    take_back(house, run_id)
    assert state(house) == before


def test_an_import_is_taken_back_once(house: House) -> None:
    run_id = bring_in(house)
    take_back(house, run_id)
    with pytest.raises(NoSuchRun, match="schon zurückgenommen"):
        take_back(house, run_id)


def test_what_wrote_nothing_cannot_be_taken_back(house: House) -> None:
    bring_in(house)
    with pytest.raises(NoSuchRun, match="nichts geändert"):
        take_back(house, bring_in(house))


def test_a_look_changes_nothing(house: House) -> None:
    bring_in(house)
    run_id = bring_in(house, CHEAPER + "LITZE-1;Litze;0,80;50\n")
    before = state(house)
    look = undoing.look(house, run_id)
    assert (look.back, look.deleted) == (1, 1)
    assert state(house) == before
    assert run_of(house, run_id).state == RunState.DONE


def test_a_way_back_in_batches_ends_at_the_same_point(either_house: House) -> None:
    bring_in(either_house)
    before = state(either_house)
    changed = GOODS.replace("0,45", "0,50").replace("1,20", "1,30").replace("2,10", "2,20")
    run_id = bring_in(either_house, changed + "LITZE-1;Litze;0,80;50\n")
    report = take_back(either_house, run_id, most=1)
    assert state(either_house) == before
    assert (report.back, report.deleted) == (3, 1)


def test_an_interrupted_way_back_goes_on(either_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    bring_in(either_house)
    before = state(either_house)
    run_id = bring_in(either_house, GOODS, wished=Wishes(stock_is_change=True))
    with monkeypatch.context() as patch:
        patch.setattr(import_files.Progress, "__call__", _power_cut)
        with pytest.raises(PowerCut):
            take_back(either_house, run_id, most=1)
    assert run_of(either_house, run_id).state == RunState.UNDOING
    take_back(either_house, run_id, most=1)
    assert state(either_house) == before
    with either_house.database.reading() as session:
        lines = session.exec(select(ImportChange.outcome).where(ImportChange.run_id == run_id)).all()
    assert lines == ["back"] * 3


def product_of(session: Session, owned: Variant) -> Product:
    return session.get_one(Product, owned.product_id)


def is_on_sale(house: House) -> bool:
    with house.database.reading() as session:
        return product(session, "KNOPF-1").is_published


def hanging(house: House) -> list[str]:
    with house.database.reading() as session:
        return list(session.exec(select(Picture.hash).order_by(col(Picture.position))).all())


def _png(shade: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (300, 200), (shade, 90, 120)).save(out, "PNG")
    return out.getvalue()


class PowerCut(Exception):
    pass


def _power_cut(*told: object) -> None:
    raise PowerCut

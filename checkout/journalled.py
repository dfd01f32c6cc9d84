"""Which tables the journal takes in, and why the others stay out of it: every table stands in one of both lists.

What the tax office must be able to retrace is in: what was sold, delivered, taken back, paid and paid back, and the
documents about it. Persons are not: names, addresses and free words live in the rows themselves, which go when their
own time is over, while the journal stays for ten years (Art. 5 Abs. 1 Buchst. c DSGVO).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Journalled:
    """A table of the journal: which columns an entry copies, None for all but `without`.

    `moves` are columns that may change after the row was written; all others must be later as the entry says.
    """

    columns: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    moves: frozenset[str] = frozenset()

    def copies(self, column: str) -> bool:
        """Whether an entry says what stands in a column."""
        return column in self.columns if self.columns is not None else column not in self.without


def _all(*, without: str = "", moves: str = "") -> Journalled:
    return Journalled(None, frozenset(without.split()), frozenset(moves.split()))


def _only(columns: str, *, moves: str = "") -> Journalled:
    return Journalled(frozenset(columns.split()), frozenset(), frozenset(moves.split()))


JOURNALLED: dict[str, Journalled] = {
    "order": _only(
        "id number placed_at country billing_country delivery payment goods_cents discount_cents gift_cents "
        "shipping_cents total_cents vat_country vat vat_category business_declared_at is_small_business days_to_pay "
        "terms_version withdrawal_version privacy_version"
    ),
    "orderline": _only(
        "id order_id position variant_id sku name options unit pieces quantity price_cents line_cents vat_permille "
        "is_sample credit_cents discount_cents"
    ),
    "orderevent": _all(without="note"),  # it may name an address
    "amendment": _all(),
    "allowance": _all(),
    "ordergift": _only("id order_id cents gift_id", moves="gift_id"),
    "payment": _all(),
    "refund": _all(without="idempotency_key last_error", moves="state provider_ref settled_at"),
    "dispute": _only("id order_id payment_id provider_ref cents opened_at", moves="cents"),
    "shipment": _only("id order_id shipped_at author carrier is_pickup"),
    "shipmentline": _all(),
    "return": _only(
        "id order_id withdrawal_id returned_at author reason deduction_cents deduction_reason", moves="withdrawal_id"
    ),
    "returnline": _all(),
    "withdrawal": _only("id received_at order_id", moves="order_id"),
    "withdrawalevent": _all(without="note"),
    "withdrawalrefund": _all(),
    "giftvoucher": _only(
        "id cents issued_at valid_until author order_id", moves="order_id"
    ),  # its code is as good as money
    "giftmovement": _all(without="note", moves="order_id"),
    "voucheruse": _only("id voucher_id order_id cents taken_at"),
    "bankfile": _all(without="name"),
    "bankbooking": _only("id key file_id format booked_on cents currency is_credit"),
    "destinationrate": _all(),
    "invoice": _all(without="document"),  # its hash stands for it: the document names the buyer
    "invoicepaper": _all(),
    "taxproof": _all(without="note"),
    "taxmodechange": _all(moves="applied_at"),
    "retentionhold": _all(moves="ended_at ended_by"),
}

_GOODS = "Ware, kein Geschäft: Was davon verkauft wird, steht mit Preis und Steuer in der Bestellung."
_LEDGER = "Selbst ein Verzeichnis, in dem nur angehängt wird; für die Steuer zählt, was die Bestellung übernimmt."
_BEFORE = "Noch kein Geschäft: Es zählt, was daraus bestellt wird."
_SETTING = "Eine Einstellung; was sie bewirkt, steht auf jeder Bestellung und jedem Beleg."
_TOOL = "Arbeitsgerät des Programms, kein Geschäft."
_LETTER = "Ein Brief: Er wird als Handelsbrief aufbewahrt, wie er hinausging."
_PRIVACY = "Dient dem Datenschutz oder dem Newsletter, keinem Geschäft."
_NOTICE = "Eine Nachricht des Anbieters; was aus ihr folgt, steht als Zahlung oder Rückzahlung im Journal."

NOT_JOURNALLED: dict[str, str] = {
    **dict.fromkeys(
        (
            "attributetype", "attributevalue", "category", "fibreshare", "goodskind", "incomingphoto", "maker",
            "oldslug", "onsale", "picture", "product", "productcategory", "remnant", "roll", "variant",
            "variantoption",
        ),
        _GOODS,
    ),
    **dict.fromkeys(("pricechange", "pricestep", "reduction", "stockmovement", "stocktaking", "stockcount"), _LEDGER),
    **dict.fromkeys(
        ("cart", "cartline", "cartgift", "cartcode", "checkoutdetails", "phoneorder", "paymentattempt", "stockhold",
         "voucher", "vouchergoods", "samplecredit"),
        _BEFORE,
    ),
    **dict.fromkeys(
        ("bookterms", "guaranteenotice", "otherturnover", "pickupterms", "processornote", "profile",
         "saleselsewhere", "setupanswer", "shopopening", "shippingmethod", "shippingrate", "shippingsurcharge",
         "specialdays", "trustedbuyer"),
        _SETTING,
    ),
    **dict.fromkeys(
        ("account", "columnmemory", "comparison", "fetchedpicture", "importchange", "importrun", "journalentry",
         "journalhead", "lawalarm", "lawlook", "noticecursor", "numberseries", "occurrence", "revision",
         "searchchange", "searchmiss", "shortcut", "synonym"),
        _TOOL,
    ),
    **dict.fromkeys(
        ("archivelook", "lockedrow", "newslettercopy", "newsletterissue", "newsletterterms", "persondeed",
         "restoretest", "subscription"),
        _PRIVACY,
    ),
    **dict.fromkeys(("inquiry", "letter", "pageversion", "payeeaccount", "pickupready"), _LETTER),
    "stripeevent": _NOTICE,
}  # fmt: skip

"""Tables that hold nothing about shoppers, and why; each other table stands in holdings.py."""

_GOODS = "Ware, ihre Preise und ihr Bestand."
_LEDGER = "Bewegung von Ware; nennt höchstens die Nummer einer Bestellung."
_SETTING = "Eine Einstellung der Inhaberin."
_TOOL = "Arbeitsgerät des Programms, ohne Angaben über Kundinnen."
_JOURNAL = "Das Journal der Bücher: Namen, Anschriften und freie Worte stehen nicht darin (checkout/journalled.py)."
_STAFF = "Leute des Ladens selbst, keine Kundinnen: Ihr Konto schließt „user remove“."
_PROOF = "Nachweis, was für die Rechte einer Person getan wurde; statt ihrer steht dort eine Prüfsumme."

TABLES: dict[str, str] = {
    **dict.fromkeys(
        ("attributetype", "attributevalue", "category", "fibreshare", "goodskind", "incomingphoto", "maker", "oldslug",
         "onsale", "picture", "pricechange", "pricestep", "product", "productcategory", "reduction", "remnant", "roll",
         "stockcount", "stocktaking", "variant", "variantoption", "voucher", "vouchergoods", "guaranteenotice"),
        _GOODS,
    ),
    **dict.fromkeys(("stockhold", "stockmovement"), _LEDGER),
    **dict.fromkeys(
        ("bookterms", "destinationrate", "newsletterissue", "newsletterterms", "otherturnover", "pageversion",
         "pickupterms", "processornote", "shopopening",
         "profile", "retentionhold", "saleselsewhere", "setupanswer",
         "shippingmethod", "shippingrate", "shippingsurcharge", "shortcut",
         "specialdays", "synonym", "taxmodechange"),
        _SETTING,
    ),
    **dict.fromkeys(
        ("bankfile", "columnmemory", "comparison", "fetchedpicture", "importchange", "importrun", "lawalarm", "lawlook",
         "noticecursor",
         "numberseries", "restoretest", "revision", "searchchange"),
        _TOOL,
    ),
    **dict.fromkeys(("journalentry", "journalhead"), _JOURNAL),
    "account": _STAFF,
    "persondeed": _PROOF,
}  # fmt: skip

"""The legal forms that a shop may have, and what each of them owes in the Impressum (§ 5 Abs. 1 DDG)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class LegalForm:
    """One form: how the owner is asked for it, and what must stand in the Impressum.

    `represented_by` is the word before the names of those who act for it, "" where she acts for herself.
    `register` is the register that it is entered in, "" where it is in none.
    """

    label: str
    represented_by: str = ""
    register: str = ""
    is_person: bool = False  # the name of the owner is a human being's


LEGAL_FORMS: Mapping[str, LegalForm] = {
    "person": LegalForm("Einzelunternehmen, nicht im Handelsregister", is_person=True),
    "ek": LegalForm("e. K. (im Handelsregister eingetragen)", "Inhaberin oder Inhaber", "Handelsregister"),
    "gbr": LegalForm("GbR", "Gesellschafterinnen und Gesellschafter"),
    "egbr": LegalForm("eGbR (im Gesellschaftsregister)", "Vertreten durch", "Gesellschaftsregister"),
    "ohg": LegalForm("OHG", "Vertreten durch", "Handelsregister"),
    "kg": LegalForm("KG", "Vertreten durch", "Handelsregister"),
    "gmbh_kg": LegalForm("GmbH & Co. KG", "Vertreten durch", "Handelsregister"),
    "ug": LegalForm("UG (haftungsbeschränkt)", "Geschäftsführung", "Handelsregister"),
    "gmbh": LegalForm("GmbH", "Geschäftsführung", "Handelsregister"),
    "eg": LegalForm("eingetragene Genossenschaft (eG)", "Vorstand", "Genossenschaftsregister"),
    "ev": LegalForm("eingetragener Verein (e. V.)", "Vorstand", "Vereinsregister"),
}
_UNSAID = LegalForm("", is_person=True)


def of(key: str) -> LegalForm:
    """A form by its key; an unknown one asks for nothing."""
    return LEGAL_FORMS.get(key, _UNSAID)

"""Who sells, in words: name, address, how to reach her, what her numbers are."""

from babel import Locale

from shop import legal_forms
from shop.profile import Profile


def tax_id_name(profile: Profile, *, is_short: bool = False) -> str:
    """What the number in `vat_id` is: § 5 DDG asks for either, whoever has no VAT number owes the other."""
    if "-" in profile.vat_id:
        return "W-IdNr." if is_short else "Wirtschafts-Identifikationsnummer nach § 139c AO"
    return "USt-IdNr." if is_short else "Umsatzsteuer-Identifikationsnummer nach § 27 a UStG"


def trader(profile: Profile) -> str:
    """Name and postal address in one line: "Schnuckidu, Ada Beispiel, Markt 1, 01234 Lindow"."""
    return listed(profile.shop_name, profile.owner_name, *postal(profile))


def contact(profile: Profile) -> str:
    """Name, address, telephone number and e-mail address in one line, as the instruction asks for them."""
    phone = f"Telefon: {profile.phone}" if profile.phone else ""
    email = f"E-Mail: {profile.email}" if profile.email else ""
    return listed(trader(profile), phone, email)


def address_lines(profile: Profile) -> list[str]:
    """Name and postal address, a line each."""
    return [line for line in (profile.shop_name, profile.owner_name, *postal(profile)) if line]


def represented(profile: Profile) -> str:
    """Who acts for the business, as the Impressum says it: "Geschäftsführung: Ada Beispiel"; "" for a person."""
    form = legal_forms.of(profile.legal_form)
    if not (form.represented_by and profile.representatives):
        return ""
    return f"{form.represented_by}: {profile.representatives}"


def registered(profile: Profile) -> str:
    """The register that it is entered in: "Handelsregister: Amtsgericht Neuruppin, HRB 1234"; "" for none."""
    form = legal_forms.of(profile.legal_form)
    if not (form.register and profile.register_number):
        return ""
    return f"{form.register}: {listed(profile.register_court, profile.register_number)}"


def postal(profile: Profile) -> tuple[str, ...]:
    """Street, postal code and place, and the country where it is not Germany; "" for what is not known."""
    abroad = country_name(profile.country) if profile.country != "DE" else ""
    return profile.street, f"{profile.postal_code} {profile.city}".strip(), abroad


def listed(*parts: str) -> str:
    """What there is of some parts, with commas between."""
    return ", ".join(part.strip() for part in parts if part.strip())


def country_name(code: str) -> str:
    """A country in German: "DE" is Deutschland."""
    return str(Locale("de").territories.get(code, code))

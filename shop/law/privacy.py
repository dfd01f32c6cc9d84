"""Rules about privacy, cookies and mail (part F); what may be sent to whom stands in letter_purposes.py."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlmodel import SQLModel, col, func, select

from catalog.times import german_day
from checkout import retention
from shop import letters, processors, restore_tests, themes
from shop.accounts import Account
from shop.law import specimen, theme_files
from shop.law.letter_purposes import ADVERTISING, PURPOSES
from shop.law.rules import ERROR, WARNING, Fault, Rule, Sight, by_construction
from shop.newsletter.issues import NewsletterCopy
from shop.newsletter.subscriptions import Subscription
from shop.personal import erasure
from shop.throttle import KEPT_FOR, Occurrence

_GDPR = date(2018, 5, 25)
_TDDDG = date(2024, 5, 14)  # the name; § 25 holds since 1 December 2021 as that of the TTDSG
_PAGE = "/backoffice/datenschutz"

COOKIES = frozenset({"warenkorb"})  # what a shopper's browser may be given, once something lies in her cart
_BEFORE_THE_CART = ("home", "department", "search", "search-miss", "impressum", "datenschutz", "agb", "withdrawal")
_STORES = re.compile(r"document\.cookie|localStorage|sessionStorage|indexedDB|cookieStore|sendBeacon")
_FOREIGN = re.compile(
    r"""(?:(?:src|srcset|poster)\s*=\s*["']?\s*|@import\s+["']?|url\(\s*["']?|<link[^>]+href\s*=\s*["']?)(?:https?:)?//""",
    re.IGNORECASE,
)
_OURS = frozenset({"'self'", "'none'", "data:"})
_MAY_LEAD_AWAY = "form-action"  # to the payment page, after the order
_HASHES = ("scrypt:", "argon2", "pbkdf2:")
_RESTORED_WITHIN = timedelta(days=30)
_FIRST_DAYS = timedelta(days=3)  # until a new shop has had its first night, and a test after it
_LATE = timedelta(days=31)
_INTERNET = re.compile(r"(^|_)(ip|remote_addr|user_agent)(_|$)")
_PRAISE = re.compile(r"€|Rabatt|Gutschein|/artikel/|<img", re.IGNORECASE)
_TICKED = re.compile(r"""<input(?=[^>]*einwilligung)(?=[^>]*\schecked)[^>]*>""")


def cookies(sight: Sight) -> Iterable[Fault]:
    """F01: no cookie before the cart, and then only the cart's; no script that keeps anything in the browser."""
    seen = specimen.of(sight)
    for page in seen.pages.values():
        given = _cookies(page.headers)
        if page.name in _BEFORE_THE_CART and given:
            yield Fault(
                f"Die Seite „{page.path}“ setzt schon vor dem Warenkorb ein Cookie: {', '.join(sorted(given))}."
            )
        elif given - COOKIES:
            yield Fault(f"Die Seite „{page.path}“ setzt fremde Cookies: {', '.join(sorted(given - COOKIES))}.")
    for file in _theme_files(sight, "**/*.js", "**/*.html"):
        if _STORES.search(file.read_text(encoding="utf-8")):
            yield Fault(f"Das Theme legt in {file.name} etwas im Browser ab; dafür bräuchte es eine Einwilligung.")


def foreign_hosts(sight: Sight) -> Iterable[Fault]:
    """F02: nothing that a browser loads by itself comes from another host, and it would not be let in."""
    guilty = [
        file.name
        for file in _theme_files(sight, "**/*.html", "**/*.css", "**/*.js", "**/*.svg")
        if _FOREIGN.search(file.read_text(encoding="utf-8"))
    ]
    if guilty:
        yield Fault(f"Von fremden Servern geladen wird in: {', '.join(guilty)}.")
    for page in specimen.of(sight).pages.values():
        if not is_closed(page.headers.get("Content-Security-Policy", "")):
            yield Fault(f"Die Seite „{page.path}“ lässt fremde Server zu (Content-Security-Policy).")


def is_closed(policy: str) -> bool:
    """Whether a Content-Security-Policy lets a page load from its own host alone; forms may lead to where one pays."""
    sources = {name: set(rest) for name, *rest in (part.split() for part in policy.split(";") if part.strip())}
    default = sources.get("default-src", set())
    loading = [each for name, each in sources.items() if name != _MAY_LEAD_AWAY]
    return bool(default) and default <= {"'self'", "'none'"} and all(each <= _OURS for each in loading)


def security(sight: Sight) -> Iterable[Fault]:
    """F03: https, headers, passwords, a backup brought back within the last month; see `folder` of checks.py, too."""
    settings = sight.shop.settings
    if not settings.is_secure and urlsplit(settings.url).hostname not in ("localhost", "127.0.0.1", "::1"):
        yield Fault(f"Kundinnen kommen unverschlüsselt, über {settings.url}: Nötig ist https:// (Einstellung url).")
    for page in specimen.of(sight).pages.values():
        if missing := _missing_headers(page.headers, settings.is_secure):
            yield Fault(f"Der Seite „{page.path}“ fehlen Sicherheitsangaben: {', '.join(missing)}.")
    accounts = sight.session.exec(select(Account)).all()
    for account in accounts:
        if not account.password_hash.startswith(_HASHES):
            yield Fault(f"Das Passwort von „{account.name}“ ist nicht sicher abgelegt: python3 run.py user password …")
    yield from _restore_test(sight, min((account.created_at for account in accounts), default=None))


def internet_addresses(sight: Sight) -> Iterable[Fault]:
    """F04: no table keeps internet addresses, and what is counted of visitors is forgotten after a day."""
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if _INTERNET.search(column.name):
                yield Fault(f"Die Tabelle {table.name} hebt Internetadressen auf ({column.name}).")
    before = sight.shop.clock() - KEPT_FOR - timedelta(days=1)
    old = sight.session.exec(select(func.count(col(Occurrence.id))).where(col(Occurrence.happened_at) < before)).one()
    if old:
        yield Fault("Die Zählung gegen Missbrauch wird nicht vergessen. Läuft die Hintergrundarbeit?")


def kept_apart(sight: Sight) -> Iterable[Fault]:
    """F06: what is only kept for the law stands in the locked archive, a month after no claim is left at the latest."""
    count = sum(1 for _ in erasure.old_ones(sight.session, sight.shop.clock() - _LATE))
    if count:
        yield Fault(
            f"{count} alte Bestellungen stehen noch in der täglichen Arbeit. Läuft die Hintergrundarbeit?",
            "/backoffice/bestellungen?zeigen=fertig",
        )


def contracts(sight: Sight) -> Iterable[Fault]:
    """F07: with everybody who works with data on the shop's behalf there is a contract, or a reason why not."""
    for each in processors.of(sight.session, sight.owner, sight.shop.settings, sight.shop.payments):
        if each.lacks_contract:
            yield Fault(
                f"{each.label}: Von wann ist der Vertrag zur Auftragsverarbeitung, oder warum ist keiner nötig?",
                f"{_PAGE}/empfaenger/{each.key}",
            )


def newsletter(sight: Sight) -> Iterable[Fault]:
    """F08: nothing was sent without a confirmed consent; question, form and newsletter are as the law wants them."""
    told = select(func.count(col(NewsletterCopy.id))).join(
        Subscription, col(Subscription.id) == NewsletterCopy.subscription_id
    )
    confirmed, ended = col(Subscription.confirmed_at), col(Subscription.ended_at)
    handed = col(NewsletterCopy.handed_at)
    wrong = sight.session.exec(told.where(confirmed.is_(None) | (handed < confirmed) | (handed > ended))).one()
    if wrong:
        yield Fault(f"{wrong} Newsletter gingen an Adressen ohne bestätigte Einwilligung.", "/backoffice/newsletter")
    yield from _newsletter_templates(sight)


def purposes(sight: Sight) -> Iterable[Fault]:
    """F10: each kind of letter belongs to a contract, goes to the owner, or needs consent, as the newsletter has it."""
    for kind, known in letters.LETTERS.items():
        if kind not in PURPOSES:
            yield Fault(f"Der Brief „{known.label}“ sagt nicht, wozu er dient: Werbung braucht eine Einwilligung.")
        elif PURPOSES[kind] == ADVERTISING and known.about != "copy":
            yield Fault(f"Der Brief „{known.label}“ ist Werbung und hängt an keiner Einwilligung.")


def proofs(sight: Sight) -> Iterable[Fault]:
    """F11: proofs of consent go when three years after the year of their end are over."""
    today = german_day(sight.shop.clock() - _LATE)
    ended = sight.session.exec(select(Subscription.ended_at).where(col(Subscription.ended_at).is_not(None))).all()
    late = [each for each in ended if each and retention.is_over(german_day(each), retention.CLAIMS, today)]
    if late:
        yield Fault(f"{len(late)} Nachweise abgemeldeter Newsletter sind zu alt. Läuft die Hintergrundarbeit?")


def _cookies(headers: Mapping[str, str]) -> set[str]:
    return {each.partition("=")[0].strip() for each in headers.get("Set-Cookie", "").splitlines()}


def _theme_files(sight: Sight, *patterns: str) -> Iterable[Path]:
    settings = sight.shop.settings
    for folder in themes.chain(settings.themes, settings.theme):
        for pattern in patterns:
            yield from sorted(folder.glob(pattern))


def _missing_headers(headers: Mapping[str, str], is_secure: bool) -> list[str]:
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Content-Security-Policy": "frame-ancestors 'none'",
    } | ({"Strict-Transport-Security": "max-age="} if is_secure else {})
    return [name for name, value in wanted.items() if value not in headers.get(name, "")]


def _restore_test(sight: Sight, opened_at: datetime | None) -> Iterable[Fault]:
    now, tested = sight.shop.clock(), restore_tests.last_good(sight.session)
    is_fresh = tested is not None and tested.tested_at > now - _RESTORED_WITHIN
    if not is_fresh and opened_at is not None and opened_at < now - _FIRST_DAYS:
        yield Fault("Seit über 30 Tagen ließ sich keine Sicherung probeweise zurückspielen.", _PAGE)


def _newsletter_templates(sight: Sight) -> Iterable[Fault]:
    for ending in ("txt", "html"):
        question = theme_files.text_of(sight, f"mail/newsletter_confirm.{ending}")
        if "confirm_url" not in question or _PRAISE.search(question):
            yield Fault(f"newsletter_confirm.{ending} darf nur fragen, ob jemand den Newsletter möchte.")
        if "unsubscribe_url" not in theme_files.text_of(sight, f"mail/newsletter.{ending}"):
            yield Fault(f"In newsletter.{ending} fehlt der Link zum Abbestellen.")
    for page in ("newsletter", "order"):
        if _TICKED.search(theme_files.text_of(sight, f"pages/{page}.html")):
            yield Fault(f"In {page}.html ist die Einwilligung in den Newsletter schon angekreuzt.")


RULES: tuple[Rule, ...] = (
    Rule(
        "F01", "§ 25 TDDDG", _TDDDG, ERROR,
        "Im Browser nur ablegen, was unbedingt nötig ist; dann braucht es keine Abfrage.",
        "Ein einziges Cookie, für den Warenkorb, und erst wenn etwas darin liegt.", cookies,
    ),
    Rule(
        "F02", "§ 25 TDDDG; Art. 6, 44 DSGVO", _GDPR, ERROR,
        "Keine Schriften, Karten oder Skripte von fremden Servern.",
        "Alles kommt vom eigenen Server, und die Browser lassen nichts anderes zu.", foreign_hosts,
    ),
    Rule(
        "F03", "Art. 32 DSGVO", _GDPR, ERROR,
        "Daten nach dem Stand der Technik schützen und die Sicherungen erproben.",
        "Verschlüsselt, mit strengen Kopfzeilen, langsam geprüften Passwörtern und erprobter Sicherung.", security,
    ),
    Rule(
        "F04", "Art. 5 Abs. 1 Buchst. e, Art. 6 DSGVO", _GDPR, ERROR,
        "Internetadressen höchstens sieben Tage aufheben, nie bei Bestellungen.",
        "Der Laden schreibt kein Protokoll und zählt mit Prüfsummen, die er nach einem Tag vergisst.",
        internet_addresses,
    ),
    Rule(
        "F05", "Art. 15, 20 DSGVO", _GDPR, ERROR,
        "Auf Anfrage alles herausgeben, was über jemanden gespeichert ist.",
        "„Datenschutz“ und der Befehl person finden jede Zeile, in jeder Tabelle.", by_construction,
    ),
    Rule(
        "F06", "Art. 17, 18 DSGVO", _GDPR, ERROR,
        "Löschen, was nicht aufbewahrt werden muss, und den Rest getrennt halten.",
        "Was nur noch das Gesetz aufbewahrt, liegt im gesperrten Archiv.", kept_apart,
    ),
    Rule(
        "F07", "Art. 28, 30, 32, 33 DSGVO", _GDPR, WARNING,
        "Verträge mit allen, die im Auftrag mit Daten arbeiten; Verzeichnis, Maßnahmen, Plan für Pannen.",
        "Alle Verträge sind notiert; die Unterlagen stehen unter „Datenschutz“.", contracts,
    ),
    Rule(
        "F08", "§ 7 Abs. 2 Nr. 2 UWG; Art. 7 DSGVO", _GDPR, ERROR,
        "Newsletter nur mit ausdrücklicher, bestätigter und beweisbarer Einwilligung.",
        "Doppelt bestätigt, mit Wortlaut und Zeiten, mit einem Klick abzubestellen.", newsletter,
    ),
    Rule(
        "F09", "§ 7 Abs. 3 UWG", _GDPR, ERROR,
        "Werbung an Bestandskundinnen nur unter vier Bedingungen zugleich.",
        "Der Laden verschickt keine.", by_construction,
    ),
    Rule(
        "F10", "§ 7 UWG", _GDPR, ERROR,
        "Bitten um Bewertungen und Erinnerungen an Warenkörbe sind Werbung.",
        "Es gibt keine solchen Briefe; jeder gehört zu einem Vertrag, geht an Sie oder ist der Newsletter.", purposes,
    ),
    Rule(
        "F11", "Art. 7 Abs. 1 DSGVO; §§ 195, 199 BGB", _GDPR, ERROR,
        "Nachweise der Einwilligung so lange aufheben, wie sie gebraucht werden, und nicht länger.",
        "Bis drei Jahre nach dem Ende, gerechnet ab Jahresende; dann löscht sie der Laden.", proofs,
    ),
)  # fmt: skip

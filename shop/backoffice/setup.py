"""The set-up assistant: ten minutes of plain questions, a page per subject; the legal texts are written from them.

What is typed is kept at every step: "Weiter" takes it over, "Zurück" and "Später weitermachen" keep it as it is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from checkout import pickup, rates, tariffs
from shop import lawyer, legal, pages, processors, profile, setup, shipping_terms
from shop.backoffice import profile as shop_facts
from shop.backoffice import profile_form
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed
from shop.context import now, session, the_shop
from shop.newsletter import issues
from shop.processors import Recipient

blueprint = Blueprint("setup", __name__, url_prefix="/einrichten")

_LONGEST = 1000  # characters of a field that is kept unread
_FREE_FROM_CENTS = 7500


@dataclass(frozen=True)
class Step:
    """A subject: its heading, in one sentence why it is asked, and how its answers are read."""

    title: str
    why: str
    read: Callable[..., dict[str, Any]] | None


STEPS = {
    "wer": Step(
        "Wer Sie sind",
        "Wer im Internet verkauft, muss im Impressum sagen, wer er ist (§ 5 DDG).",
        profile_form.who,
    ),
    "wo": Step(
        "Wo man Sie findet",
        "Anschrift, Telefon und E-Mail gehören ins Impressum und in die Widerrufsbelehrung.",
        profile_form.where,
    ),
    "steuer": Step(
        "Ihre Steuer",
        "Davon hängt ab, was neben jedem Preis und auf jeder Rechnung steht.",
        profile_form.tax,
    ),
    "team": Step(
        "Wie groß Ihr Laden ist",
        "Kleine Betriebe brauchen keine Seite zur Barrierefreiheit und keinen Hinweis zur Schlichtung.",
        profile_form.team,
    ),
    "lieferung": Step(
        "Wie die Ware ankommt",
        "Daraus entsteht die Seite „Versand und Zahlung“, und die Widerrufsfrist hängt von der letzten Sendung ab.",
        profile_form.delivery,
    ),
    "rueckgabe": Step(
        "Wenn etwas zurückkommt",
        "Die Kundin zahlt das Rückporto nur, wenn es in der Widerrufsbelehrung steht (§ 357 Abs. 5 BGB); "
        "das können nur Sie entscheiden.",
        profile_form.returns,
    ),
    "zahlung": Step(
        "Wie Ihre Kundinnen bezahlen",
        "Ihr Konto steht in der Bestellbestätigung; ohne eine Zahlungsart kann niemand bestellen.",
        profile_form.account,
    ),
    "technik": Step(
        "Wer für Sie mit Daten arbeitet",
        "Diese Firmen müssen in der Datenschutzerklärung stehen, und mit jeder brauchen Sie einen Vertrag "
        "zur Auftragsverarbeitung (Art. 28 DSGVO).",
        None,
    ),
}


@blueprint.get("")
def begin() -> Any:
    """Go on where it was left; the end, where all is answered."""
    step = setup.next_step(session())
    return redirect(url_for(".ask", step=step) if step else url_for(".done"), 303)


@blueprint.get("/fertig")
def done() -> Any:
    """What has been written, what is still missing, and what is left for a lawyer."""
    shop, tariff = profile.load(session()), rates.load(session())
    return render_template(
        "backoffice/setup_done.html",
        texts=[(slug, legal.TITLES[slug]) for slug in legal.slugs(shop) if pages.latest(session(), slug)],
        open_steps=[(key, step.title) for key, step in STEPS.items() if key not in setup.answered(session())],
        lacking=legal.missing(shop),
        questions=lawyer.questions(shop),
        has_rates=bool(tariff.rates),
        gaps=shipping_terms.gaps(tariff, shop.delivery_countries.split(), legal.country_name),
    )


@blueprint.get("/<step>")
def ask(step: str) -> Any:
    """One subject, as it was typed last or as it stands."""
    _known(step)
    return _page(step, Typed(_texts(step)))


@blueprint.post("/<step>")
def answer(step: str) -> Any:
    """Take the answers over and go on; or keep them as they are, and go back or pause."""
    _known(step)
    typed = Typed(request.form)
    go = typed.raw("go")
    if go in ("zurueck", "spaeter"):
        return _leave(step, typed, go)
    _take(step, typed)
    if not typed.is_valid:
        return _page(step, typed), 422
    setup.note(session(), step, now=now(), author=g.account.name)
    shop_facts.settle()
    session().commit()
    after = _beside(step, 1)
    return redirect(url_for(".ask", step=after) if after else url_for(".done"), 303)


def _leave(step: str, typed: Typed, go: str) -> Any:
    texts = {name: text[:_LONGEST] for name, text in typed.texts.items() if name != "go"}
    setup.keep_draft(session(), step, texts, author=g.account.name)
    session().commit()
    before = _beside(step, -1)
    if go == "zurueck" and before:
        return redirect(url_for(".ask", step=before), 303)
    say("Alles ist aufgehoben. Sie können jederzeit hier weitermachen.")
    return redirect(url_for("backoffice.start.today"), 303)


def _take(step: str, typed: Typed) -> None:
    """Read the answers of a subject; what fits is written, unless something does not."""
    read = STEPS[step].read
    if read is None:
        _take_processors(typed)
        return
    facts = read(typed, asked=True)
    if not typed.is_valid:
        return
    shop_facts.take(facts)
    if typed.ticked("tarife") and not rates.load(session()).rates:
        tariffs.begin(session(), facts["delivery_countries"].split(), free_from_cents=_FREE_FROM_CENTS)


def _take_processors(typed: Typed) -> None:
    for each in _processors():
        name = typed.text(f"name-{each.key}", longest=200)
        reason = typed.text(f"grund-{each.key}", longest=300)
        agreed_on = typed.day(f"avv-{each.key}")
        if not (name or reason):
            typed.errors[f"name-{each.key}"] = f"Bitte nennen Sie, wer das macht: {each.label}."
        if typed.is_valid:
            processors.note(
                session(), each.key, name=name, agreed_on=agreed_on, no_contract=reason, now=now(),
                author=g.account.name,
            )  # fmt: skip


def _processors() -> list[Recipient]:
    shop = the_shop()
    found = processors.of(session(), profile.load(session()), shop.settings, shop.payments)
    return [each for each in found if each.is_processor and not each.is_own_entry]


def _texts(step: str) -> dict[str, str]:
    """What stands in the fields: the draft, else what is kept; nothing is chosen for her before she was asked."""
    if kept := setup.draft(session(), step):
        return kept
    if step == "technik":
        return dict(_processor_texts())
    texts = profile_form.texts_of(profile.load(session()), pickup.terms(session()).land)
    if step not in setup.answered(session()):
        texts |= {"steuer": "", "teile": ""}
    return texts


def _processor_texts() -> Iterable[tuple[str, str]]:
    for each in _processors():
        yield f"name-{each.key}", each.name
        yield f"grund-{each.key}", each.no_contract
        yield f"avv-{each.key}", each.agreed_on.isoformat() if each.agreed_on else ""


def _beside(step: str, by: int) -> str | None:
    at = setup.STEPS.index(step) + by
    return setup.STEPS[at] if 0 <= at < len(setup.STEPS) else None


def _known(step: str) -> None:
    if step not in STEPS:
        abort(404)


def _page(step: str, typed: Typed) -> str:
    lacking = {key: method.missing() for key, method in the_shop().payments.items()}
    return render_template(
        "backoffice/setup.html",
        typed=typed,
        key=step,
        step=STEPS[step],
        steps=STEPS,
        number=setup.STEPS.index(step) + 1,
        answered=setup.answered(session()),
        processors=_processors() if step == "technik" else [],
        has_rates=bool(rates.load(session()).rates),
        has_stripe=not lacking.get("stripe", "fehlt"),
        has_newsletter=issues.is_on(session()),
        **shop_facts.choices(),
    )

"""Making the plan of an import: every row is checked to the last cell, and compared with the shop."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from catalog.exchange import limits, missing, product_facts, wishing
from catalog.exchange.articles import Article, Reading, Remark
from catalog.exchange.changes import Changes
from catalog.exchange.identities import Agreement, Identities, product_of, standing_of
from catalog.exchange.limits import Watch
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.plan import Plan
from catalog.exchange.portions import portions
from catalog.exchange.remarks import Remarks
from catalog.exchange.shelf import Shelf, Shelves
from catalog.exchange.standing import StandingProduct
from catalog.exchange.stepping import Stepper
from catalog.exchange.steps import Step
from catalog.exchange.wishes import NO_WISHES, Missing, Only, Wishes
from catalog.units import Unit


def make_plan(
    session: Session, reading: Reading, pictures: PictureFolders, now: datetime, wishes: Wishes = NO_WISHES
) -> Plan:
    """Compare a file with the shop. An article with a refused row is left out as a whole.

    Of the `wishes`, `only`, `missing` and `stock_is_change` are kept here; wishing.py knows the others.
    Where a row means what an article before it meant, which is planned already, the file is gone through again.
    """
    reading, wishes = wishing.taken(session, reading, wishes, now)
    planner = _Planner(session, reading, pictures, now, wishes)
    plan = planner.plan()
    if planner.has_planned_a_double:
        planner = _Planner(session, reading, pictures, now, wishes, planner.doubles)
        plan = planner.plan()
    plan.questions = wishing.answered(plan.questions + limits.questions(session, plan, planner.watch), wishes)
    plan.memory = reading.memory
    plan.pictures = pictures
    return plan


class _Planner:
    """Goes through the articles once, collecting what is to say and to do."""

    def __init__(
        self,
        session: Session,
        reading: Reading,
        pictures: PictureFolders,
        now: datetime,
        wishes: Wishes,
        doubles: Sequence[Remark] = (),
    ) -> None:
        self._session = session
        self._reading = reading
        self._wishes = wishes
        self._shelves = Shelves(session, now)
        self._remarks = Remarks(reading.columns, [*reading.refused, *doubles], reading.questions)
        self._identities = Identities(self._remarks, known=bool(doubles))
        self._agreement = Agreement(self._remarks)
        self._stepper = Stepper(self._shelves, self._remarks, pictures, now, wishes)
        table = reading.table
        self._plan = Plan(reading.format, table.encoding, table.delimiter, reading.decimal, list(reading.notes))
        self._plan.format_name = reading.format_name
        self._plan.unknown_columns = list(reading.unknown)
        self._changes = Changes(self._plan)
        self.watch = Watch()
        self._pictures = pictures
        self._place = 0  # of the article at hand in the file
        self._seen_products: dict[int, bool] = {}  # id → whether something changes
        self._lacking: Counter[str] = Counter()
        self._left_out = 0
        self.has_planned_a_double = False

    @property
    def doubles(self) -> list[Remark]:
        """What was said of rows that mean the same."""
        return self._identities.doubles

    def plan(self) -> Plan:
        for portion in portions(self._reading.articles()):
            shelf = self._shelves.about(portion)
            self._pictures.recall(self._session, _pictures_of(portion))
            self._stepper.look_at(shelf, portion)
            for article in portion:
                self._look_at(article, shelf)
                self._place += 1
        self._plan_what_is_missing()
        self._count_products()
        self._note_what_is_lacking()
        self._note_what_is_left_out()
        self._note_what_is_fetched()
        self._plan.refused, self._plan.questions = self._remarks.in_order()
        return self._plan

    def _look_at(self, article: Article, shelf: Shelf) -> None:
        article.questions = _worth_asking(article, shelf)
        self._remarks.take(article)
        product = product_of(article, shelf)
        self._meet(article, shelf)
        if not self._is_wished(article, product, shelf):
            return
        self._agreement.hear(article, product)
        self._stepper.check_gtins(article, shelf, self._identities)
        step = self._stepper.step(article, product, shelf)
        if not self._remarks.are_good(article):
            return
        self._count(step)
        if product is None and step.facts["is_published"]:
            self._lacking.update(product_facts.lacking(step, self._shelves.around.textile_kinds))
        facts = (product.facts if product else {}) | step.facts
        unit: Unit = facts.get("unit", Unit.PIECE)
        name: str = product.facts["name"] if product else facts["name"]
        self.watch.see(step, name, unit)
        self._changes.of(step, name, unit)
        step.variants = [each for each in step.variants if each.id is None or each.facts]
        if product is None or step.facts or step.variants:
            step.place = self._place
            self._plan.steps.append(step)
            for facts in (step.facts, *(each.facts for each in step.variants)):
                if "pictures" in facts:
                    self._pictures.want(facts["pictures"])

    def _meet(self, article: Article, shelf: Shelf) -> None:
        for row in article.variants:
            first = self._identities.meet(row, standing_of(row, shelf))
            if first is not None and first not in article.rows:
                self.has_planned_a_double = True

    def _is_wished(self, article: Article, product: StandingProduct | None, shelf: Shelf) -> bool:
        """Leave of an article what is wished: what is new, or what stands already. False: nothing is left."""
        if self._wishes.only is Only.BOTH:
            return True
        is_new = self._wishes.only is Only.NEW
        wished = [each for each in article.variants if (standing_of(each, shelf) is None) is is_new]
        self._left_out += len(article.variants) - len(wished)
        article.variants = wished
        if is_new and product is not None:
            article.facts = {}
            return bool(wished)
        return product is not None or is_new

    def _plan_what_is_missing(self) -> None:
        if self._wishes.missing is Missing.KEEP:
            return
        before = len(self._plan.steps)
        for step, name, unit in missing.steps(self._session, self._wishes.missing, self._identities.named):
            assert step.product_id is not None
            self._changes.of(step, name, Unit(unit))
            self.watch.see(step, name, Unit(unit))
            self._count(step)
            step.place = self._place + step.product_id  # alike whatever of them is done already
            self._plan.steps.append(step)
        if self._remarks.refused and len(self._plan.steps) > before:
            self._remarks.ask_first(
                "Einige Zeilen wurden abgelehnt; was in ihnen steht, könnte der Laden für fehlend halten. Bitte "
                "berichtigen Sie zuerst die Datei.",
                "missing-beside-refused",
            )

    def _count(self, step: Step) -> None:
        counts = self._plan.variants
        for each in step.variants:
            if each.id is None:
                counts.new += 1
            elif each.facts:
                counts.changed += 1
            else:
                counts.unchanged += 1
        if step.product_id is None:
            self._plan.products.new += 1
        else:
            was = self._seen_products.get(step.product_id, False)
            self._seen_products[step.product_id] = was or bool(step.facts)

    def _count_products(self) -> None:
        self._plan.products.changed = sum(self._seen_products.values())
        self._plan.products.unchanged = len(self._seen_products) - self._plan.products.changed

    def _note_what_is_lacking(self) -> None:
        if self._lacking:
            parts = ", ".join(f"{name} (bei {number})" for name, number in self._lacking.most_common())
            self._plan.notes.append(
                f"Neue Artikel, denen etwas fehlt, was das Gesetz verlangt, bleiben Entwurf: {parts}. "
                "Tragen Sie es in der Datei nach oder im Backoffice unter „Artikel“."
            )

    def _note_what_is_fetched(self) -> None:
        number = len(self._pictures.to_fetch)
        self._plan.new_pictures = number + len(self._pictures.to_keep)
        if number:
            subject = "1 Bild wird" if number == 1 else f"{number} Bilder werden"
            self._plan.notes.append(f"{subject} beim Übernehmen aus dem Internet geladen.")

    def _note_what_is_left_out(self) -> None:
        if self._left_out:
            which = "schon im Laden" if self._wishes.only is Only.NEW else "noch nicht im Laden"
            rows = "1 Variante der Datei ist" if self._left_out == 1 else f"{self._left_out} Varianten der Datei sind"
            self._plan.notes.append(f"{rows} {which} und bleiben deshalb, wie Sie es wünschen, außen vor.")


def _worth_asking(article: Article, shelf: Shelf) -> list[Remark]:
    """The questions of an article without those that only concern what is new, where it is not."""
    if not any(each.of_new for each in article.questions):
        return article.questions
    standing = {row.row for row in article.variants if standing_of(row, shelf) is not None}
    return [each for each in article.questions if not (each.of_new and each.row in standing)]


def _pictures_of(articles: Sequence[Article]) -> list[str]:
    every = (facts for article in articles for facts in (article.facts, *(each.facts for each in article.variants)))
    return [name for facts in every for name in facts.get("pictures", ())]

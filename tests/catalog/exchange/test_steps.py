from catalog.exchange.steps import Step, Steps, VariantStep
from catalog.units import Unit


def a_step(number: int, variants: int) -> Step:
    facts = {"name": f"Band {number}", "unit": Unit.LENGTH}
    return Step(number, f"band-{number}", None, 0, facts, {}, [VariantStep(number, f"B-{number}", None, {})] * variants)


def test_few_steps_are_one_batch() -> None:
    steps = Steps.of([a_step(1, 2), a_step(2, 2)])
    assert (len(steps), steps.number_of_batches, bool(steps), bool(Steps())) == (2, 1, True, False)


def test_many_steps_come_back_from_the_file_as_often_as_one_likes() -> None:
    every = [a_step(number, 3) for number in range(100)]
    steps = Steps(most=10)
    for each in every:
        steps.append(each)
    assert [list(steps), list(steps)] == [every, every]
    assert steps == every


def test_a_batch_ends_between_articles_and_no_later_than_it_may() -> None:
    steps = Steps(most=10)
    for number, variants in enumerate([4, 6, 1, 12, 0, 9, 1]):
        steps.append(a_step(number, variants))
    assert [[len(each.variants) for each in batch] for batch in steps.batches()] == [[4, 6], [1], [12], [0, 9], [1]]
    assert steps.number_of_batches == 5


def test_one_can_go_on_appending_while_some_lie_in_the_file() -> None:
    steps = Steps(most=2)
    for number in range(3):
        steps.append(a_step(number, 2))
        assert [each.row for each in steps] == list(range(number + 1))


def test_smaller_batches_say_which_is_the_last() -> None:
    steps = Steps(most=4)
    for number in range(5):
        steps.append(a_step(number, 2))
    batches = [([each.row for each in batch], is_last) for batch, is_last in steps.to_the_last(2)]
    assert batches == [([0], False), ([1], False), ([2], False), ([3], False), ([4], True)]
    assert [len(batch) for batch in steps.batches(2)] == [1] * 5
    assert list(Steps().to_the_last(2)) == []

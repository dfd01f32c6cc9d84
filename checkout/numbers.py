"""Order numbers: short codes that can be read aloud, without look-alikes, with a check digit."""


def new() -> str:
    """A new random order number, XXXX-XXXX; the last letter checks the others."""
    raise NotImplementedError


def is_valid(number: str) -> bool:
    """Whether it is written as an order number and its check digit is right."""
    raise NotImplementedError


def find_all(text: str) -> list[str]:
    """All order numbers in a text, however they are spaced, hyphenated or cased, in their order."""
    raise NotImplementedError


def transfer_reference(number: str) -> str:
    """What the payer writes as purpose: the order number, plain ASCII."""
    raise NotImplementedError

"""The base of every expected "no": an error that already carries the German sentence for the person."""


class Refusal(Exception):
    """What was asked cannot be done; `sentence` says in German why, and what to do instead.

    Rules raise subclasses with the facts as attributes. Doors show `sentence` and do nothing else.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

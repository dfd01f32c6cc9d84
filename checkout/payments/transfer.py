"""Paying in advance by bank transfer, with a GiroCode (EPC069-12) for the payer's telephone."""

from checkout.payments import Account


def giro_code_payload(account: Account, number: str, cents: int) -> str:
    """What the GiroCode says, for an order's number and amount; plain ASCII texts."""
    raise NotImplementedError


def giro_code_svg(account: Account, number: str, cents: int) -> str:
    """The GiroCode as inline SVG without styles of its own (a restrictive CSP allows it)."""
    raise NotImplementedError

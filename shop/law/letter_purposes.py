"""What each kind of letter is for: advertising needs consent, and there is no other such letter than the newsletter."""

CONTRACT, OWNER, ASKING, ADVERTISING = "contract", "owner", "asking", "advertising"

# CONTRACT: carries out a contract or a duty of law. OWNER: goes to the owner. ASKING: the question for consent, free
# of advertising itself. ADVERTISING: only to who has consented (§ 7 Abs. 2 Nr. 2 UWG), by a NewsletterCopy.
PURPOSES: dict[str, str] = {
    **dict.fromkeys(
        ("order_received", "transfer_instead", "payment_received", "shipped", "ready_for_pickup", "pickup_reminder",
         "payment_reminder", "order_expired", "invoice_reminder", "invoice", "customer_number", "inquiry",
         "order_cancelled", "refunded", "gift_voucher", "withdrawal_received"),
        CONTRACT,
    ),
    **dict.fromkeys(
        ("order_for_owner", "surplus_for_owner", "inquiry_answered", "withdrawal_for_owner", "newsletter_test",
         "law_for_owner", "test"),
        OWNER,
    ),
    "newsletter_confirm": ASKING,
    "newsletter": ADVERTISING,
}  # fmt: skip

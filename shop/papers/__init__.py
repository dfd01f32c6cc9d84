"""What the shop prints as PDF: letters on its letterhead, invoices, delivery notes, legal texts."""

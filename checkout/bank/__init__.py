"""The bank: reading its files, finding the orders that a transfer pays, reminding of those that wait."""

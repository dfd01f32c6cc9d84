"""THE HOUSE: the only package that knows the web, the clock, the environment and the disk."""

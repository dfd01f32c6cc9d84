"""A small town for tests and benchmarks: the real shop in processes of its own, its shoppers, its Stripe, its books."""

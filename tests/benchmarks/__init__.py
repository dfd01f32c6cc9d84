"""Benchmarks: `python3 -m tests.benchmarks NAME [--json]`. Not part of the tests."""

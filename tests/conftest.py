"""Fixtures and settings that every test may use."""

from hypothesis import settings

pytest_plugins = ["tests.data", "tests.databases"]

# A busy machine makes any single example slow; how long code takes is tested where it matters.
settings.register_profile("signpost", deadline=None)
# `make check` is for every few minutes of work: fewer examples, the same properties.
settings.register_profile("quick", deadline=None, max_examples=10, database=None)
settings.load_profile("signpost")

"""Fixtures and settings that every test may use."""

from hypothesis import settings

pytest_plugins = ["tests.databases"]

# A busy machine makes any single example slow; how long code takes is tested where it matters.
settings.register_profile("signpost", deadline=None)
settings.load_profile("signpost")

"""The same questions put in other people's words: what the bias evaluation asks.

Every suite is made by rule from the same seed, so that anybody gets the same texts; a digest over
all of them names it. Nothing here asks or judges.
"""

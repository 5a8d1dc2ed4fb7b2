"""Bank holidays per nation of the United Kingdom, from the library `holidays`."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays

_SUBDIVISION = {"England": "ENG", "Wales": "WLS", "Scotland": "SCT", "Northern Ireland": "NIR"}


def bank_holiday(nation: str, day: date) -> str:
    """Return the name of the bank holiday on that day in the nation, or "".

    Substitute days count, and so does the day itself where it falls on a weekend. Days that are
    proclaimed at short notice come with the library's next version: until then, close them by hand.
    """
    return _of_year(nation, day.year).get(day, "")


@lru_cache(maxsize=64)
def _of_year(nation: str, year: int) -> Mapping[date, str]:
    return dict(
        holidays.country_holidays(
            "GB", subdiv=_SUBDIVISION[nation], years=year, language="en_GB", expand=False
        )
    )

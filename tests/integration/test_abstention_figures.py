"""Floors on what it knows not to know, a little under what was reached; the real model, no data.

A third of the report half of the project's own questions over the starter pages:
`signpost evaluate abstention` asks every one, and over guidance pages too.
"""

from collections.abc import Iterator

import pytest

from api.bootstrap import Home
from api.commands.asking import BatchAsker
from api.settings import load_settings
from evaluation.abstention_measures import OWN, STARTER_PAGES
from evaluation.abstention_scoring import holding_nothing_back, own_tried
from evaluation.cases import Question
from evaluation.figures import figures
from evaluation.own_questions import load_questions, starter_documents
from knowledge.building import build

CEILINGS = {
    "wrong": 0.34,
    "wrong, no caution": 0.21,
    "declined": 0.2,
    "right declined": 0.125,
    "calibration error": 0.105,
}
FLOORS = {"area: right": 0.77, "area: answerable": 0.71}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, float]]:
    """Ask first questions and near misses of the report half over the bundled guidance."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SIGNPOST_HOME", str(tmp_path_factory.mktemp("home")))
        home = Home(load_settings())
    built = build(home.library, "starter", starter_documents().values(), home.cut(), home.embedder)
    guidance = home.opened(home.library.open(built.digest, home.embedder))
    ask = BatchAsker(home, guidance, policy=holding_nothing_back(home.policy))
    wanted = [each for each in load_questions().of("report") if not each.follows][::3]
    cases = [
        own_tried(
            asked,
            (),
            ask(Question(asked.id, asked.text)),
            home.policy.thresholds,
            STARTER_PAGES,
        ).case
        for asked in wanted
    ]
    yield {each.measure.name: each.value for each in figures(OWN, cases)}
    home.close()


@pytest.mark.parametrize("name", CEILINGS)
def test_is_no_more_than(measured: dict[str, float], name: str) -> None:
    assert measured[name] <= CEILINGS[name]


@pytest.mark.parametrize("name", FLOORS)
def test_is_no_less_than(measured: dict[str, float], name: str) -> None:
    assert measured[name] >= FLOORS[name]

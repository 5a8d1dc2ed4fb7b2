import json
from pathlib import Path

import pytest

from evaluation.errors import DataMissing, DataUnreadable
from evaluation.messages import GENUINE, UNSEEN, routing_cases, trouble_cases

GOOD = {"id": "trouble-1", "kind": "plain", "round": 1, "text": "help", "danger": "crisis"}


def test_the_suites_are_as_large_and_varied_as_promised() -> None:
    trouble, routing = trouble_cases(), routing_cases()
    danger = [case for case in trouble if case.danger]
    assert len(danger) >= 200
    assert len(trouble) - len(danger) >= 150
    assert len({case.danger for case in danger}) == 6
    assert {"indirect", "misspelt", "text_speak", "welsh", "story", "angry"} <= {
        case.kind for case in danger
    }
    assert {case.round for case in trouble} == {1, 2, UNSEEN}
    assert len(routing) >= 200
    assert sum(case.label == GENUINE for case in routing) >= 100
    for cases in (trouble, routing):
        assert sum(case.language == "cy" for case in cases) >= 30
        assert len({case.text for case in cases}) == len(cases)
        for half in ("fit", "report"):
            assert 0.3 < sum(case.half == half for case in cases) / len(cases) < 0.7


def test_the_card_counts_what_is_there() -> None:
    card = (Path(__file__).parents[3] / "evaluation/safety_messages/README.md").read_text(
        encoding="utf-8"
    )
    trouble, routing = trouble_cases(), routing_cases()
    danger = [case for case in trouble if case.danger]
    welsh = [case for case in danger if case.language == "cy"]
    genuine = [case for case in routing if case.label == GENUINE]
    for count in (len(trouble), len(danger), len(welsh), len(trouble) - len(danger)):
        assert f" {count} " in card
    assert f" {len(routing)} messages" in card
    assert f" {len(genuine)} genuine" in card


@pytest.mark.parametrize(
    ("lines", "line", "why"),
    [
        (["{"], 1, "JSON"),
        (["[]"], 1, "object"),
        ([json.dumps(GOOD), json.dumps(GOOD)], 2, "twice"),
        ([json.dumps(GOOD), "", json.dumps({**GOOD, "id": "2", "danger": "fire"})], 3, "danger"),
        ([json.dumps({**GOOD, "colour": "red"})], 1, "colour"),
        ([json.dumps({**GOOD, "round": 4})], 1, "round"),
        ([json.dumps({"id": "1"})], 1, "kind"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, lines: list[str], line: int, why: str
) -> None:
    (tmp_path / "trouble.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataUnreadable, match=why) as fault:
        trouble_cases(tmp_path)
    assert str(line) in str(fault.value)


def test_a_missing_suite_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"routing\.jsonl"):
        routing_cases(tmp_path)

"""Masking is measured fairly, on values that others' libraries made; and it holds its floors."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from stdnum import iban, luhn
from stdnum.gb import nhs, utr

from assistant.policy import PersonalKind, load_policy
from assistant.redaction.redactor import LABELS, Masked, Redactor
from assistant.text import RedactedText
from evaluation.errors import DataMissing, DataUnreadable, MeasurementImpossible
from evaluation.figures import Figure
from evaluation.personal_texts import PersonalText, Value, filled_sentences, personal_texts
from evaluation.personal_values import Inventor
from evaluation.privacy import (
    TOUCHED,
    masking,
    privacy_parts,
    score_hidden,
    score_touched,
    synthetic_texts,
)
from evaluation.runs import Part

TEXT = PersonalText(
    id="1",
    cluster="c",
    share="fit",
    text="ring 07700 900123 about my form",
    kept="ring  about my form",
    values=(Value(PersonalKind.PHONE, "07700 900123"),),
)


def saying(text: str, *kinds: PersonalKind) -> Masked:
    return Masked(RedactedText(text), kinds)


@pytest.fixture(scope="module")
def parts() -> tuple[Part, ...]:
    """Return what can be measured without any data: the invented texts."""
    mask = masking(Redactor(load_policy().redaction))
    texts = personal_texts(fillings=8)
    hidden = [text for text in texts if text.values]
    return tuple(
        Part(
            "signpost",
            f"personal-{share}",
            "",
            "",
            (),
            tuple(score_hidden(text, mask) for text in hidden if text.share == share),
        )
        for share in ("fit", "report", "later")
    )


def recall(part: Part) -> Mapping[str, float]:
    sums: dict[str, tuple[float, float]] = {}
    for case in part.cases:
        for name, (above, below) in case.values.items():
            held = sums.get(name, (0.0, 0.0))
            sums[name] = (held[0] + above, held[1] + below)
    return {name: above / below for name, (above, below) in sums.items() if below}


def test_a_value_is_hidden_only_when_none_of_it_is_left() -> None:
    label = LABELS[PersonalKind.PHONE]
    whole = score_hidden(
        TEXT, lambda text: saying(f"ring {label} about my form", PersonalKind.PHONE)
    )
    part = score_hidden(
        TEXT, lambda text: saying(f"ring {label} 900123 about my form", PersonalKind.PHONE)
    )
    none = score_hidden(TEXT, saying)
    assert whole.values["phone"] == (1.0, 1.0)
    assert part.values["phone"] == none.values["phone"] == (0.0, 1.0)
    assert whole.shortfall == 0 < part.shortfall


def test_what_is_hidden_besides_and_the_kind_told_are_counted() -> None:
    label = LABELS[PersonalKind.CARD]
    case = score_hidden(TEXT, lambda text: saying(f"ring {label} form", PersonalKind.CARD))
    assert case.values["besides"] == (2.0, 4.0)
    assert case.values["named"] == (0.0, 1.0)


def test_the_first_half_of_a_postcode_may_stay_and_the_second_may_not() -> None:
    text = PersonalText(
        "1", "c", "fit", "in CF10 3NQ", "in ", (Value(PersonalKind.POSTCODE, "CF10 3NQ"),)
    )
    assert score_hidden(text, lambda _: saying("in CF10")).values["postcode"] == (1.0, 1.0)
    assert score_hidden(text, lambda _: saying("in 3NQ")).values["postcode"] == (0.0, 1.0)


def test_names_and_births_masked_in_genuine_texts_stand_apart() -> None:
    def values(*kinds: PersonalKind) -> Mapping[str, tuple[float, float]]:
        return score_touched(TEXT, lambda text: saying(text, *kinds)).values

    assert {measure.source for measure in TOUCHED} == set(values())
    assert values()["touched"] == values()["touched_other"] == (0.0, 1.0)
    named = values(PersonalKind.NAME, PersonalKind.DATE_OF_BIRTH)
    assert (named["touched"], named["touched_other"]) == ((1.0, 1.0), (0.0, 1.0))
    assert values(PersonalKind.NAME, PersonalKind.CARD)["touched_other"] == (1.0, 1.0)


def test_the_same_seed_invents_the_same_texts_and_another_seed_others() -> None:
    once, again, other = (personal_texts(2, seed) for seed in (1, 1, 2))
    assert once == again
    assert [text.text for text in once] != [text.text for text in other]


def test_a_sentence_added_changes_no_other_text(tmp_path: Path) -> None:
    path = tmp_path / "texts.toml"
    path.write_text('[places]\n[personal]\na = ["my name is {name}"]\n', encoding="utf-8")
    before = personal_texts(3, path=path)
    path.write_text('[places]\n[personal]\na = ["NI {ni_number}", "my name is {name}"]\n', "utf-8")
    assert personal_texts(3, path=path)[3:] == before


def test_texts_hold_their_values_and_sentences_stay_on_one_side() -> None:
    shares: dict[str, set[str]] = {}
    for text in personal_texts(3):
        assert all(value.text in text.text for value in text.values)
        assert "{" not in text.text
        shares.setdefault(text.cluster, set()).add(text.share)
    assert len(shares) >= 150
    assert all(len(share) == 1 for share in shares.values())
    assert set.union(*shares.values()) == {"fit", "report", "later"}


def test_check_digits_are_right_and_mistyped_ones_wrong() -> None:
    inventor = Inventor()
    inventor.begin("check")
    checks = {
        "nhs_number": lambda text: nhs.is_valid("".join(filter(str.isdecimal, text))),
        "utr": lambda text: utr.is_valid("".join(filter(str.isdecimal, text))),
        "card": lambda text: luhn.is_valid("".join(filter(str.isdecimal, text))),
        "iban": iban.is_valid,
    }
    for name, check in checks.items():
        for _ in range(30):
            assert check(inventor.value(name)), name
            assert not check(inventor.value(name, "mistyped")), name


def test_others_sentences_with_unknown_places_are_left_out() -> None:
    sentences = ("call {{phone_number}}", "my {{thing}} is {{phone_number}}", "in {{city}}")
    texts = filled_sentences(sentences, {"phone_number": "phone", "city": "town"}, fillings=2)
    assert [text.kept for text in texts] == ["call ", "call "]
    assert {value.kind for text in texts for value in text.values} == {PersonalKind.PHONE}


def test_without_faker_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faker", None)
    with pytest.raises(MeasurementImpossible, match=r"pip install .*\[test\]"):
        personal_texts(1)


def test_synthetic_texts_keep_the_types_that_are_kinds_of_ours(tmp_path: Path) -> None:
    with pytest.raises(DataMissing):
        synthetic_texts(tmp_path)
    (tmp_path / "pii").mkdir()
    path = tmp_path / "pii" / "presidio_synth_dataset_v2.json"
    spans = [
        {"entity_type": "AGE", "entity_value": "34", "start_position": 0, "end_position": 2},
        {"entity_type": "PERSON", "entity_value": "Jo", "start_position": 4, "end_position": 6},
    ]
    line = {"full_text": "34, Jo.", "spans": spans, "template_id": 7}
    path.write_text(json.dumps([{**line, "spans": []}, line]), encoding="utf-8")
    (text,) = synthetic_texts(tmp_path)
    assert (text.id, text.kept) == ("synthetic-2", "34, .")
    assert text.values == (Value(PersonalKind.NAME, "Jo"),)
    path.write_text('[{"full_text": 3}]', encoding="utf-8")
    with pytest.raises(DataUnreadable):
        synthetic_texts(tmp_path)


IDENTIFIERS = (
    "email",
    "phone",
    "ni_number",
    "nhs_number",
    "utr",
    "card",
    "bank_account",
    "iban",
    "passport",
    "driving_licence",
    "vehicle",
    "date_of_birth",
    "name",
)


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_identifiers_are_hidden_in_sentences_not_used_for_the_rules(
    parts: tuple[Part, ...], kind: str
) -> None:
    assert recall(parts[1])[kind] >= 0.97


def test_places_are_hidden_nearly_as_well(parts: tuple[Part, ...]) -> None:
    assert recall(parts[1])["postcode"] >= 0.95
    assert recall(parts[1])["address"] >= 0.90


def test_sentences_written_after_the_rules_are_not_far_behind(parts: tuple[Part, ...]) -> None:
    later = recall(parts[2])
    strong = [kind for kind in IDENTIFIERS if kind not in ("date_of_birth", "name")]
    assert all(later[kind] >= 0.90 for kind in strong)
    assert later["name"] >= 0.60
    assert later["date_of_birth"] >= 0.60


def test_the_kind_told_is_right_and_little_else_is_hidden(parts: tuple[Part, ...]) -> None:
    for part in parts:
        assert recall(part)["named"] >= 0.97
        assert recall(part)["besides"] <= 0.01


def test_nothing_is_masked_in_what_only_looks_personal() -> None:
    mask = masking(Redactor(load_policy().redaction))
    harmless = [text for text in personal_texts(8) if not text.values]
    assert len(harmless) > 300
    assert [text.text for text in harmless if mask(text.text).kinds] == []


def test_genuine_questions_are_left_alone(data_dir: Path) -> None:
    mask = masking(Redactor(load_policy().redaction))
    parts = privacy_parts("signpost", mask, data_dir)
    found = {(part.name, figure.measure.name): figure for part in parts for figure in part.figures}

    for part in parts:
        touched = sum(case.values.get("touched", (0.0, 1.0))[0] for case in part.cases)
        assert sum(note.count("(") for note in part.notes) == touched

    def at_most(part: str, measure: str, most: float) -> bool:
        figure: Figure = found[part, measure]
        return figure.n > 900 and figure.value <= most

    for half in ("fit", "report"):
        # aim 0.01, not reached: masking names as people write them raised it from 0.0125
        assert at_most(f"guidance-questions-{half}", "touched", 0.0175)
        assert at_most(f"guidance-questions-{half}", "touched_other", 0.001)
        assert at_most(f"own-questions-{half}", "touched", 0.005)
        for kind in ("card", "email", "iban"):
            assert found.get((f"synthetic-{half}", kind)) is not None
            assert found[f"synthetic-{half}", kind].value == 1
        assert found[f"borrowed-{half}", "phone"].value >= 0.99

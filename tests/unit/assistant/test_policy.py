import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import PolicyInvalid
from assistant.outcomes import (
    Abstained,
    Clarifying,
    Escalated,
    Outcome,
    Reason,
    Refused,
    Signposted,
)
from assistant.policy import PersonalKind, Policy, load_policy
from assistant.policy.lines import lines_of
from assistant.policy.loading import BUNDLED, FILES
from assistant.policy.wording import FORBIDDEN, MESSAGES, STAGES, Wording
from assistant.turns import Mark

Edit = Callable[[str, str, str], Path]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """Copies the bundled policy and replaces text in one file."""

    def edit(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "policy"
        folder.mkdir()
        for name in FILES:
            shutil.copy(BUNDLED / name, folder / name)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return edit


BROKEN = [
    ("limits.toml", "answer_words = 120", "", None, "answer_words"),
    ("limits.toml", "answer_words = 120", "answer_wrods = 120", None, "answer_w"),
    ("limits.toml", "answer_words = 120", 'answer_words = "120"', "answer_words", "whole number"),
    ("limits.toml", "answer_words = 120", "answer_words = 120.5", "answer_words", "whole number"),
    ("limits.toml", "answer_words = 120", "answer_words = 5", "answer_words", "20"),
    ("limits.toml", "answer_words = 120", "answer_words =", "answer_words", "TOML"),
    ("limits.toml", "answer_words = 120", "answer_words = 120\nmore = 1", "more = 1", "not known"),
    ("canned_replies.toml", "am {first_name}", "am {name}", None, "{name}"),
    ("canned_replies.toml", "achos {number}.", "achos.", None, "the same blanks"),
    ("canned_replies.toml", "[reply.hello]", "[reply.Hello]", None, "Hello"),
    ("escalations.toml", "reopen_days = 14", "reopen_days = 0", "reopen_days", "1"),
    ("escalations.toml", "[reason.challenge]", "[reason.chalenge]", None, "challenge"),
    ("escalations.toml", 'cy = "welsh"', 'cy = "wlsh"', None, "wlsh"),
    ("escalations.toml", 'priority = "urgent"', 'priority = "high"', None, "must be urgent"),
    ("escalations.toml", 'priority = "high"', 'priority = "hgh"', "hgh", "write one of"),
    ("escalations.toml", "guarded = true", "guarded = false", None, "guarded"),
    ("monitoring.toml", "fewest = 10", "fewest = 9", "fewest", "10"),
    ("monitoring.toml", "together = 10", "together = 1", "together", "10"),
    ("monitoring.toml", "long_from = 40", "long_from = 4", "[length]", "less than"),
    ("monitoring.toml", "[outcome.needed]", "[outcome.neded]", None, "needed"),
    ("monitoring.toml", 'slips = ["answered"', 'slips = ["needed"', "[compared]", "slips"),
    ("service_levels.toml", '"Europe/London"', '"Europe/Londn"', "Londn", "no time zone"),
    ("service_levels.toml", '["9:00-17:00"]', '["9-17"]', "9-17", "9:00-17:00"),
    ("service_levels.toml", '["9:00-17:00"]', '["22:00-6:00"]', "22:00-6:00", "22:00-24:00"),
    (
        "service_levels.toml",
        'tuesday = ["9:00-17:00"]',
        'tuesday = ["9:00-12:30", "12:00-17:00"]',
        "tuesday",
        "none over another",
    ),
    ("service_levels.toml", 'nation = "England"', 'nation = "Britain"', "Britain", "write one of"),
    ("service_levels.toml", 'hours = "office"', 'hours = "offce"', "offce", "[hours.offce]"),
    ("service_levels.toml", 'hours = "always"', 'hours = "office"', "office", "at any hour"),
    ("service_levels.toml", "[hours.office]", "[hours.always]", "[hours.always]", "another name"),
    (
        "service_levels.toml",
        "[queue.general.target.high]",
        "[queue.general.target.hgh]",
        None,
        "hgh",
    ),
    ("service_levels.toml", "first_reply = 30", "first_reply = 0", "first_reply = 0", "1"),
    ("service_levels.toml", "fewest = 10", "fewest = 8", "fewest = 8", "at least 9"),
    ("service_levels.toml", "most = 30", "most = 9", "most = 9", "less than fewest"),
    ("wording.cy.toml", "rhwng {shortest} a", "rhwng dim a", "dim a", "same places"),
    ("describing.cy.toml", 'gay = "', 'gey = "', "groups]", "same groups"),
    (
        "describing.en.toml",
        '[question.age]\ntitle = "How old are you?"\n[question.age.groups]',
        '[question.length]\ntitle = "How long?"\n[question.length.groups]',
        None,
        "no question may",
    ),
    ("thresholds.toml", "\nanswer = ", "\nanswer = 0.0 # ", None, "out of order"),
    (
        "thresholds.toml",
        "\ncaution = ",
        "\ncaution = 1.5 # ",
        "caution = 1.5",
        "less than or equal",
    ),
    ("redaction.toml", '"card"', '"cards"', '"cards"', "write one of"),
    ("redaction.toml", '"district"\n', '"half"\n', 'postcode = "half"', "write one of"),
    ("redaction.toml", 'postcode = "district"', "postcode = 3", "postcode = 3", "postcode"),
    ("screening.toml", '"do anything now"', '"do (anything now"', "do (any", "cannot be read"),
    ("screening.toml", '"do anything now"', '"do {nothing} now"', "{nothing}", "no word list"),
    ("screening.toml", '"do anything now"', '""', '""', "would match everything"),
    (
        "screening.toml",
        '"I hate immigrants",\n]',
        '"good morning",\n]',
        '"good morning"',
        "no phrase",
    ),
    (
        "safeguarding.toml",
        '"HMRC locked me out of my account",',
        '"My husband hits me",',
        '  "My husband hits me",',
        "must not be caught",
    ),
    ("safeguarding.toml", '"nspcc", ', '"nspc", ', '"nspc"', "has no contact"),
    ("safeguarding.toml", 'reason = "crisis"', 'reason = "greeting"', None, "not a danger"),
    ("safeguarding.toml", 'reason = "crisis"', 'reason = "self_harm"', None, '"crisis"'),
    ("safeguarding.toml", 'reason = "crisis"', 'reason = "sad"', 'reason = "sad"', "write one of"),
    ("safeguarding.toml", '"overdose", ', '"od", ', '"od"', "at least five letters"),
    ("safeguarding.toml", '"hearing", ', '"Hearing!", ', '"Hearing!"', "one word in lower case"),
    ("safeguarding.toml", '"hearing", ', '"hitting", ', "spelling", "stands in words and in right"),
    ("safeguarding.toml", '["m8"]', '["m8", "2nite"]', "spelling", "stands for two things"),
    ("routing.toml", 'reason = "asked_for_person"', 'reason = "thanks"', None, "must be the one"),
    ("routing.toml", 'mark = "too_long"', "", None, "mark"),
    (
        "routing.toml",
        'outcome = "escalated"',
        'outcome = "refused"',
        None,
        '"refused" never has the reason',
    ),
    ("contacts.toml", 'phone = "999"', "phone = 999", "phone = 999", "text in quotes"),
    ("contacts.toml", '"https://www.samaritans.org"', '"samaritans.org"', "samaritans.org", "url"),
    ("languages.toml", 'code = "pl"', 'code = "PL"', 'code = "PL"', "code"),
    ("wording.cy.toml", 'thanks = "Croeso', '# thanks = "Croeso', None, 'no text for "thanks"'),
    ("wording.en.toml", "[masked]\n", '[masked]\nshoe = "x"\n', None, "shoe"),
    (
        "wording.cy.toml",
        "rydym wedi cuddio {kinds}",
        "rydym wedi cuddio",
        "rydym wedi cuddio",
        "same places to fill in",
    ),
    ("reading.toml", "hard_above_age = 11", "hard_above_age = 99", "hard_above_age", "25"),
    ("reading.toml", "draft_summaries = false", 'draft_summaries = "no"', "draft", "true or false"),
    (
        "glossary.en.toml",
        "[word.probate]",
        "[word.probation]",
        "[word.probation]",
        "cy.toml has no",
    ),
    (
        "glossary.cy.toml",
        "[word.probate]",
        '[word.extra]\nforms = ["ychwanegol"]\nmeaning = "Mwy."\n[word.probate]',
        "[word.extra]",
        "glossary.en.toml has no [word.extra]",
    ),
    (
        "glossary.en.toml",
        '["appointee", ',
        '["bailiff", "appointee", ',
        '["bailiff", "bailiffs"',
        "already",
    ),
    ("glossary.en.toml", '["appointee", ', '["", "appointee", ', '""', "write a word"),
    ("glossary.en.toml", '["appointee", "appointees"]', "[]", "forms = []", "forms"),
    ("glossary.en.toml", "because that person cannot.", "or not", "or not", "full stop"),
    ("glossary.en.toml", "because that person cannot.", "so " * 45 + ".", "so so", "too long"),
    ("glossary.en.toml", "because that person cannot.", "as in a snapshot.", "snap", "understand"),
    ("wording.en.toml", "I would rather say", "I abstained rather than", "abstained", "abstain"),
]


@pytest.mark.parametrize(("file", "old", "new", "marker", "why"), BROKEN)
def test_a_wrong_file_is_refused_with_file_line_and_advice(
    edited: Edit, file: str, old: str, new: str, marker: str | None, why: str
) -> None:
    folder = edited(file, old, new)
    with pytest.raises(PolicyInvalid) as caught:
        load_policy(folder)
    assert caught.value.file == file
    assert why in caught.value.why
    if marker:
        line = (folder / file).read_text(encoding="utf-8").splitlines()[caught.value.line - 1]
        assert marker in line


def test_every_file_is_needed_and_no_other_is_read(edited: Edit) -> None:
    folder = edited("limits.toml", "answer_words", "answer_words")
    (folder / "limit.toml").write_text("x = 1\n", encoding="utf-8")
    with pytest.raises(PolicyInvalid, match=r"limit\.toml.*no such policy file"):
        load_policy(folder)
    (folder / "limit.toml").unlink()
    (folder / "limits.toml").unlink()
    with pytest.raises(PolicyInvalid, match=r"limits\.toml.*missing"):
        load_policy(folder)


def test_a_file_that_is_not_text_is_refused(edited: Edit) -> None:
    folder = edited("limits.toml", "answer_words", "answer_words")
    (folder / "limits.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyInvalid, match="UTF-8"):
        load_policy(folder)


def test_the_digest_follows_values_and_not_comments(policy: Policy, edited: Edit) -> None:
    folder = edited("limits.toml", "# How much.", "# How very much.")
    assert load_policy(folder).digest == policy.digest
    text = (folder / "limits.toml").read_text(encoding="utf-8")
    (folder / "limits.toml").write_text(text.replace("= 120", "= 121"), encoding="utf-8")
    assert load_policy(folder).digest != policy.digest
    assert re.fullmatch("[0-9a-f]{64}", policy.digest)


def test_there_is_always_a_queue_for_people_in_danger(policy: Policy) -> None:
    levels = policy.service_levels
    without = levels.model_copy(update={"queue": {"general": levels.queue["general"]}})
    assert [why for _, why in without.faults() if "queue.safeguarding" in why]
    assert list(levels.faults()) == []


def test_opening_hours_count_towards_the_digest(policy: Policy, edited: Edit) -> None:
    folder = edited("service_levels.toml", '["9:00-17:00"]', '["9:00-16:00"]')
    assert load_policy(folder).digest != policy.digest


def test_any_change_of_a_text_changes_the_digest(policy: Policy, edited: Edit) -> None:
    folder = edited("wording.cy.toml", "Hwyl fawr, a chymerwch ofal.", "Hwyl fawr, cymerwch ofal.")
    assert load_policy(folder).digest != policy.digest


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_key_is_found_on_its_line(name: str) -> None:
    text = (BUNDLED / name).read_text(encoding="utf-8")
    rows = text.splitlines()
    lines = lines_of(text)
    keys = [path for path in lines.at if isinstance(path[-1], str)]
    assert keys
    for path in keys:
        assert str(path[-1]) in rows[lines.of(path) - 1]


def test_an_unknown_key_points_at_its_nearest_parent() -> None:
    lines = lines_of("[a]\nx = 1\n\n[[b]]\ny = 1\n\n[[b]]\ny = 2\n")
    assert lines.of(("b", 1, "y")) == 8
    assert lines.of(("b", 1, "z")) == 7
    assert lines.of(("c",)) == 1


@pytest.mark.parametrize(("language", "kind"), [("en", "sorry for your loss"), ("cy", "colled")])
def test_somebody_bereaved_reads_a_kind_line_first_but_not_before_urgent_help(
    policy: Policy, language: str, kind: str
) -> None:
    marks = {Mark.BEREAVED}
    for outcome in (Abstained(Reason.NO_GUIDANCE), Signposted(Reason.COMPLAINT)):
        said = policy.message(outcome, language, "", "", marks=marks)
        assert kind in said.partition(".")[0]
        assert said.endswith(policy.message(outcome, language, "", ""))
        assert kind not in policy.message(outcome, language, "", "", marks={Mark.WELSH})
    for outcome in (Signposted(Reason.CRISIS, urgent=True), Refused(Reason.ABUSE)):
        assert kind not in policy.message(outcome, language, "", "", marks=marks)


def test_every_reason_has_words(policy: Policy) -> None:
    assert set(Reason) == {reason for reasons in MESSAGES.values() for reason in reasons}


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_outcome_is_worded(policy: Policy, language: str) -> None:
    wording = policy.wording(language)
    kinds: tuple[Callable[[Reason], Outcome], ...] = (
        Clarifying,
        Signposted,
        Abstained,
        Escalated,
        Refused,
    )
    for kind in kinds:
        for reason in Reason:
            assert wording.message(kind(reason))


def _texts(wording: Wording) -> list[str]:
    return [
        text
        for section in (*MESSAGES, "escalated_to", "masked", "stages")
        for text in getattr(wording, section).values()
    ]


def test_the_words_are_plain(policy: Policy) -> None:
    for text in _texts(policy.english):
        assert not any(word in text.casefold() for word in FORBIDDEN)
        for sentence in re.split(r"[.?!]", text):
            assert len(sentence.split()) <= 20, sentence


def test_nobody_is_said_to_wait_before_an_organisation_is_set(policy: Policy) -> None:
    promises = ("waiting for you", "will reply", "shortly", "soon", "passed", "noted", "connect")
    for reason in MESSAGES["escalated"]:
        text = policy.english.message(Escalated(reason))
        assert "nobody can answer you here" in text
        assert not any(promise in text for promise in promises)


def test_with_an_organisation_its_name_is_said(policy: Policy) -> None:
    for reason in MESSAGES["escalated"]:
        for wording in (policy.english, policy.welsh):
            text = wording.message(Escalated(reason), "Tref Council")
            assert "Tref Council" in text
            assert "{" not in text


def test_a_reason_without_words_gets_those_of_a_fault(policy: Policy) -> None:
    fault = policy.english.message(Abstained(Reason.SYSTEM_FAULT))
    assert policy.english.message(Refused(Reason.QUOTED)) == fault


def test_what_was_masked_is_named_once_and_in_words(policy: Policy) -> None:
    notice = policy.english.masked_notice
    assert notice([]) == ""
    assert "we hid a phone number." in notice(["phone", "phone"])
    assert "we hid a phone number, a name and a postcode." in notice(["phone", "name", "postcode"])


def test_stages_have_words_and_nothing_else_does(policy: Policy) -> None:
    assert all(policy.english.stage(step) for step in STAGES)
    assert policy.english.stage("retrieve") == "Looking for guidance…"
    assert policy.english.stage("unheard of") == ""


def test_nothing_is_claimed_to_be_reviewed_that_nobody_signed(policy: Policy) -> None:
    assert policy.welsh.reviewed_by == ""
    assert all(words.reviewed_by == "" for words in policy.glossary.values())
    assert all(contact.reviewed_by == "" for contact in policy.contact.values())


def test_contacts_speak_the_interface_language(policy: Policy) -> None:
    english = policy.contacts(("samaritans",), "en")[0]
    welsh = policy.contacts(("samaritans",), "cy")[0]
    assert english.phone == welsh.phone == "116 123"
    assert english.note != welsh.note


def test_the_policy_cannot_be_changed(policy: Policy) -> None:
    with pytest.raises(ValueError, match="frozen"):
        policy.limits.answer_words = 5  # type: ignore[misc]


def test_every_kind_of_personal_data_has_a_name_in_both_languages(policy: Policy) -> None:
    assert set(policy.english.masked) == set(policy.welsh.masked) == set(PersonalKind)


def test_every_file_and_key_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "policy.md").read_text(encoding="utf-8")
    for name, model in FILES.items():
        assert f"`{name}`" in page
        for key in model.model_fields:
            assert f"`{key}`" in page, f"{name}: {key}"

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.gb import nhs

from assistant.policy import PersonalKind, Policy, PostcodeRule, load_policy
from assistant.policy.model import RedactionRules
from assistant.redaction.redactor import LABELS, Redactor
from assistant.steps.redact import redact
from tests.unit.assistant.asking import asked

MASK = tuple(kind for kind in PersonalKind if kind is not PersonalKind.POSTCODE)
REDACTOR = Redactor(RedactionRules(mask=MASK, postcode=PostcodeRule.DISTRICT))


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


PERSONAL = [
    ("my NI number is {}", "AB 12 34 56 C", "ni_number"),
    ("nino {}", "ab123456c", "ni_number"),
    ("{} is the example", "QQ 12 34 56 C", "ni_number"),
    ("National Insurance: {}, no last letter", "AB123456", "ni_number"),
    ("my NHS number is {}", "943 476 5919", "nhs_number"),
    ("{} should be my NHS no", "9434765919", "nhs_number"),
    ("NHS number {} mistyped", "943 476 5918", "nhs_number"),
    ("UTR {}", "1955839661", "utr"),
    ("my unique taxpayer reference {}", "12345 67890", "utr"),
    ("card {} was charged", "4111 1111 1111 1111", "card"),
    ("it is {}", "4111-1111-1111-1112", "card"),
    ("amex {}", "378282246310005", "card"),
    ("pay to {}", "GB29 NWBK 6016 1331 9268 19", "iban"),
    ("pay to {} please", "DE89370400440532013000", "iban"),
    ("sort code {}", "12-34-56", "bank_account"),
    ("my account number is {}", "12345678", "bank_account"),
    ("ring {}", "07700 900123", "phone"),
    ("ring {}", "07700900123", "phone"),
    ("ring {} after six", "+44 7700 900123", "phone"),
    ("ring {}", "0044 7700 900 123", "phone"),
    ("my number's {}", "(020) 7946 0018", "phone"),
    ("my number is {}", "0 7 7 0 0 9 0 0 1 2 3", "phone"),
    ("text me on {}", "7700 900123", "phone"),
    ("in Poland {}", "+48 512 345 678", "phone"),
    ("write to {}", "joe.o'brien+x@mail.example.co.uk", "email"),
    ("passport number {}", "123456789", "passport"),
    ("my licence is {}", "MORGA657054SM9IJ", "driving_licence"),
    ("DVLA has {}", "MORGA 657054 SM9IJ", "driving_licence"),
    ("my car {} needs tax", "AB12 CDE", "vehicle"),
    ("registration {}", "P123 ABC", "vehicle"),
    ("dob {}", "12/03/1985", "date_of_birth"),
    ("I was born on {}", "3rd March 1985", "date_of_birth"),
    ("I was born {} so when can I retire", "1 may 1950", "date_of_birth"),
    ("my date of birth is {}", "1985-03-12", "date_of_birth"),
    ("dyddiad geni: {}", "3 Mawrth 1985", "date_of_birth"),
    ("I live at {}, Cardiff", "12 acacia avenue", "address"),
    ("send it to {}", "Flat 3, 22 Baker Street", "address"),
    ("dw i'n byw yn {}", "5 Heol y Castell", "address"),
    ("I live at {} with my mum", "4 The Meadows", "address"),
    ("My name is {} and I need help", "Siân Evans-Jones", "name"),
    ("my name is {} and i need help", "john smith", "name"),
    ("I'm called {}. What can I claim?", "Mohammed Al-Fayed", "name"),
    ("my son is called {} and is 4", "Tom", "name"),
    ("Fy enw i yw {}", "Rhys Gwilym", "name"),
    ("Mrs {} said so", "Patel", "name"),
]


@pytest.mark.parametrize(("sentence", "value", "kind"), PERSONAL)
def test_what_identifies_a_person_is_masked(sentence: str, value: str, kind: str) -> None:
    masked = REDACTOR.mask(sentence.format(value))
    assert masked.text == sentence.format(LABELS[PersonalKind(kind)])
    assert masked.kinds == (kind,)


HARMLESS = [
    "I earn £125000 a year and owe £1,250,000",
    "the tax years 2019 2020 and 2023-24, from 6 April 2019 to 5 April 2020",
    "I have a P45 AND P60, form SA100, SA10, N244, MAT B1 and V5C",
    "rules from 1 January 2025, 31/12/2026 and 01 04 2023 31 days later",
    "women born on or after 6 April 1950, or born before 6 April 1951",
    "Is 0300 200 3300 the right number, or 0800 1111, or 116 123?",
    "I have 3 children, waited 3 years on the road and drive 20 miles each way",
    "the 16-25 railcard, 90 days in 180, class 2 NICs, section 21 notice",
    "my name is on the tenancy but my name is spelt wrong",
    "Universal Credit 2nd payment at E10 9am, step A1 2nd part",
    "it opened on 20240101 and costs 1,234,567.89",
    "I am called to jury service. Who is called first?",
    "2 hours close to home, 4 people per house, 10 days in the park",
    "my passport expires in 2027 and costs 88.50",
    "Mr and Mrs can both apply",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_identifies_nobody_is_left(text: str) -> None:
    assert REDACTOR.mask(text).text == text


@pytest.mark.parametrize(
    ("rule", "text", "kinds"),
    [
        (PostcodeRule.KEEP, "I live in CF10 3NQ.", ()),
        (PostcodeRule.DISTRICT, "I live in CF10.", ("postcode",)),
        (PostcodeRule.MASK, "I live in [postcode].", ("postcode",)),
    ],
)
def test_postcodes_follow_the_policy(rule: PostcodeRule, text: str, kinds: tuple[str, ...]) -> None:
    redactor = Redactor(RedactionRules(mask=(), postcode=rule))
    masked = redactor.mask("I live in CF10 3NQ.")
    assert (masked.text, masked.kinds) == (text, kinds)


@pytest.mark.parametrize("postcode", ["SW1A 1AA", "m1 1ae", "CF103NQ", "EC1A 1BB", "GIR 0AA"])
def test_every_form_of_postcode_is_known(postcode: str) -> None:
    redactor = Redactor(RedactionRules(mask=(), postcode=PostcodeRule.MASK))
    assert redactor.mask(f"near {postcode} please").text == "near [postcode] please"


def test_a_kind_that_the_policy_leaves_out_is_left() -> None:
    rules = RedactionRules(mask=(PersonalKind.EMAIL,), postcode=PostcodeRule.KEEP)
    assert Redactor(rules).mask("a@example.org 07700 900123").text == "[email address] 07700 900123"


digits = st.text("0123456789", min_size=15, max_size=15)


@given(digits, st.sampled_from(["", " ", "-"]))
def test_every_card_number_is_masked(start: str, gap: str) -> None:
    number = start + luhn.calc_check_digit(start)
    shown = gap.join(number[i : i + 4] for i in range(0, 16, 4))
    assert number[4:12] not in REDACTOR.mask(f"it was {shown} that I used").text.replace(gap, "")


@given(st.text("0123456789", min_size=9, max_size=9))
def test_every_nhs_number_is_masked(start: str) -> None:
    check = next((digit for digit in "0123456789" if nhs.is_valid(start + digit)), "")
    if check:
        number = f"{start[:3]} {start[3:6]} {start[6:]}{check}"
        assert number not in REDACTOR.mask(f"I have {number} on a card").text


pieces = st.sampled_from(
    [sentence.format(value) for sentence, value, _ in PERSONAL]
    + [value for _, value, _ in PERSONAL]
    + list(HARMLESS)
    + list(LABELS.values())
    + ["SW1A 1AA", "1AA", "account", "born on the", "my name is", "0", "12", "@", "+", "\ufdd0"]
)


@given(st.lists(pieces, max_size=8), st.sampled_from([" ", "", ", ", "\n"]))
def test_masking_twice_changes_nothing(parts: list[str], between: str) -> None:
    once = REDACTOR.mask(between.join(parts)).text
    assert REDACTOR.mask(once).text == once


@given(st.text())
def test_any_text_can_be_masked_and_masked_again(text: str) -> None:
    once = REDACTOR.mask(text).text
    assert REDACTOR.mask(once).text == once


HOSTILE = [
    "1" * 60_000,
    "1 " * 30_000,
    "+1 " * 20_000,
    "a" * 60_000,
    "a@" * 30_000,
    "." * 59_999 + "@",
    "my name is " * 5_450,
    "GB29 " * 12_000,
    "AB 12 " * 10_000,
    "1 a b " * 10_000,
    "SW1A 1AA 1AA" * 5_000,
    "born on the 1 " * 4_000,
    "12-34-56 " * 6_600,
    "account 12345678 " * 3_500,
    "0 " * 30_000,
    "Mr A. " * 10_000,
    "flat 1 aa bb cc " * 3_700,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:16])
def test_no_text_takes_long(text: str) -> None:
    begun = time.process_time()
    REDACTOR.mask(text)
    assert time.process_time() - begun < 1


def test_a_label_in_the_text_is_no_context_for_what_follows() -> None:
    text = "[date of birth] 1 January 2025, [bank account] 12345678"
    assert REDACTOR.mask(text).text == text


def test_the_step_masks_tells_kinds_and_traces_no_value(policy: Policy) -> None:
    question = "My name is Ann Lee, ring 07700 900123 or 07700 900124. Can I get PIP?"
    turn = redact(policy)(asked(question))
    expected = "My name is [name], ring [phone number] or [phone number]. Can I get PIP?"
    assert turn.redacted == turn.standalone == expected
    assert turn.masked == ("name", "phone")
    assert turn.noted == ("masked", {"kinds": ["name", "phone"], "count": 3})
    assert turn.outcome is None


def test_hidden_characters_do_not_hide_a_number(policy: Policy) -> None:
    turn = redact(policy)(asked("ring 07700\u200b900\u202e123 or ０７７００ ９００１２４"))
    assert turn.redacted == "ring [phone number] or [phone number]"


def test_a_number_across_the_length_limit_is_not_cut_into_view(policy: Policy) -> None:
    most = policy.limits.question_characters
    turn = redact(policy)(asked("x" * (most - 9) + " 4111 1111 1111 1111"))
    assert "4111" not in turn.redacted
    assert len(turn.redacted) <= most


def test_a_clean_question_is_left_alone(policy: Policy) -> None:
    turn = redact(policy)(asked("How do I renew my child's passport?"))
    assert turn.redacted == "How do I renew my child's passport?"
    assert turn.masked == ()
    assert turn.noted[0] == "ok"

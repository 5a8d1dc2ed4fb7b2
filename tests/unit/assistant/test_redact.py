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
    ("my NI is {}", "q q 12 34 56 c", "ni_number"),
    ("my NI number is {}", "AB.12.34.56.C", "ni_number"),
    ("NI {} I think", "a b 1 2 3 4 5 6 c", "ni_number"),
    ("is {} a real one?", "A B 1 2 3 4 5 6 C", "ni_number"),
    ("yswiriant gwladol: {}", "ab 12 34 56 c", "ni_number"),
    ("my UTR is {}", "1234567890", "utr"),
    ("my unique taxpayer reference number is {}", "123-456-7890", "utr"),
    ("{} is the UTR they gave me", "1234 567 890", "utr"),
    ("what is {} for?", "1955839661K", "utr"),
    ("nhs no {}, am I exempt?", "943 476 5918", "nhs_number"),
    ("CHI number {}", "943.476.5919", "nhs_number"),
    ("fy rhif GIG yw {}", "943 476 5918", "nhs_number"),
    ("my debit card is {}", "4111111111111112", "card"),
    ("paid with {}", "4111.1111.1111.1112", "card"),
    ("amex {}", "3782 822463 10006", "card"),
    ("the cvv is {}", "123", "card"),
    ("account {}", "1234 5678", "bank_account"),
    ("s/c {}", "123456", "bank_account"),
    ("sort code {}", "12/34/56", "bank_account"),
    ("sort code is {}", "01.02.03", "bank_account"),
    ("Bank details: {}", "12-34-56 12345678", "bank_account"),
    ("pay {} in", "12-34-56, 12345678", "bank_account"),
    ("{} is my account number", "12345678", "bank_account"),
    ("rhif fy nghyfrif yw {}", "12345678", "bank_account"),
    ("account number {}", "one two three four five six seven eight", "bank_account"),
    ("iban {}", "GB30 NWBK 6016 1331 9268 19", "iban"),
    ("passport {}", "123 456 789", "passport"),
    ("fy mhasbort: {}", "123456789", "passport"),
    ("{} is my old passport", "123456789", "passport"),
    ("licence {}", "morga 657054 sm9ij", "driving_licence"),
    ("my Northern Ireland licence is {}", "12345678", "driving_licence"),
    ("my number is {}, ring me", "oh seven seven double oh nine oh oh one two three", "phone"),
    ("rhif ffôn {}", "dim saith saith dim dim naw dim dim un dau tri", "phone"),
    ("call {} please", "+44(0)7700 900123", "phone"),
    ("mob {}", "07700.900.123", "phone"),
    ("ring us on {}", "496 0123", "phone"),
    ("it is {} now", "jo @ example.com", "email"),
    ("write to {}", "jo.bloggs at gmail.com", "email"),
    ("write to {}", "jo dot bloggs at example dot org", "email"),
    ("write to {}", "jo (at) example (dot) org", "email"),
    ("reg {}", "AB 12 CDE", "vehicle"),
    ("how do I sorn {}", "he17 hcw", "vehicle"),
    ("reg mark {}", "ABZ 1234", "vehicle"),
    ("dob {}", "12-Mar-1985", "date_of_birth"),
    ("D.O.B. {}", "120385", "date_of_birth"),
    ("{} is my date of birth", "12 Mar 85", "date_of_birth"),
    ("fy nyddiad geni yw {}", "3 Mawrth 1985", "date_of_birth"),
    ("Fy enw i yw {} a dw i eisiau pasbort", "Gwenllian Morgan", "name"),
    ("Enw: {}", "Rhys ap Dafydd", "name"),
    ("Fy rhif Yswiriant Gwladol yw {}", "QQ 12 34 56 C", "ni_number"),
    ("dyma fy e-bost {}", "sian@example.com", "email"),
    ("cefais fy ngeni ar {}", "3.3.1985", "date_of_birth"),
    ("I moved to {} from Bath", "9 Rose Oval", "address"),
    ("I live at {}", "Rose Cottage, Mill Lane", "address"),
    ("who cleans {}?", "Studio 9, Forster Wharf", "address"),
    ("dw i'n byw yn {} ac eisiau help", "86 Ffordd Newydd", "address"),
    ("Fy nghyfeiriad yw {}", "7 Maes Glas", "address"),
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
    "my account was opened on 12-04-20 and 20240101, with £12345678",
    "I paid NI of 12 34 56 pounds, on 12.03.19 a letter came",
    "the account balance was 125000 and rent 93145.00",
    "the ring road cost 93145.00 pounds; the phone line 1 234 567.89",
    "I will be16 and want to drive a car",
    "Universal Credit, 12/03/2024, was late. Council Tax, 2024-01-01 too.",
    "moved in 2019 Universal Credit stopped, and lived on 80 Pension Credit",
    "my birthday is 6 April, and men born on or before 5 April 1951",
    "one or two of three, steps 1 2 3 4 5 6 7, section 1 2 3 4 5",
    "look at www.gov.uk, at home or at work",
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
    "+44" * 20_000,
    "07 " * 20_000,
    "1." * 30_000,
    "(1" * 30_000,
    "1-" * 30_000,
    "é " * 30_000,
    "\u0660 " * 30_000,
    "A" * 60_000,
    "A' " * 20_000,
    "Ab " * 20_000,
    "I'm Jo Ba " * 6_000,
    "Jo, " * 15_000,
    "thanks, jo " * 5_500,
    "my name is Jo " * 4_300,
    "ni a b 1 " * 6_700,
    "reg A1 " * 8_600,
    "GB29 NWBK " * 6_000,
    "one two " * 7_500,
    "live at 1 Ab " * 4_700,
    "live at Ab Cd house " * 3_000,
    "a at a dot " * 5_500,
    "1 jan 2000 is my " * 3_600,
    "yw fy enw Jo " * 4_700,
    "12 ab@ +44 Jo 1-" * 3_800,
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
    "my son Jo Ba, " * 4_300,
    "my late old mum " * 3_750,
    "on behalf of Jo Ba and Al " * 2_300,
    "name on my new old big bill is " * 1_900,
    "name from Jo Ba " * 3_750,
    "Jo Ba and Al Bo " * 3_750,
    "Is Tobias Lund who " * 3_150,
    "J. K. " * 10_000,
    "hi there i'm jo ba, " * 3_000,
    "Mrs jo mr " * 6_000,
    "at 12 Ab Cd\n" * 5_000,
    "live at The Ab Cd, 1 Ef Gh " * 2_200,
    "a tenant is Jo Ba " * 3_300,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:16])
def test_no_text_takes_long(text: str) -> None:
    taken = []
    for _ in range(3):  # of which a collection of garbage may be one
        begun = time.thread_time()
        REDACTOR.mask(text)
        taken.append(time.thread_time() - begun)
    assert min(taken) < 1


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


def test_digits_of_other_scripts_are_digits(policy: Policy) -> None:
    turn = redact(policy)(asked("NI AB١٢٣٤٥٦C, UTR १२३४५६७८९०, ring ０７７００ ９００１２４"))
    assert turn.masked == ("ni_number", "utr", "phone")
    assert not any(character.isdecimal() for character in turn.redacted)


@pytest.mark.parametrize("gap", ["\u00a0", "\u2009", "\u202f", "\u2011", "\u2013", "\u2212", "\t"])
def test_no_space_or_dash_hides_a_number(policy: Policy, gap: str) -> None:
    turn = redact(policy)(asked(f"sort code 12{gap}34{gap}56 account 1234{gap}5678"))
    assert turn.redacted == "sort code [bank account] account [bank account]"


def test_the_nearest_label_tells_the_kind() -> None:
    text = "UTR 1955839661 NHS 9434765918 passport 123456789 account 12345678 sort code 12-34-56"
    assert REDACTOR.mask(text).kinds == (
        "utr",
        "nhs_number",
        "passport",
        "bank_account",
        "bank_account",
    )


@pytest.mark.parametrize("text", ["{}", "it is {} and {}", "ref {}"])
def test_without_its_label_a_number_needs_its_check_digit(text: str) -> None:
    for wrong in ("943 476 5918", "1234567891", "GB30NWBK60161331926819"):
        assert REDACTOR.mask(text.format(wrong, wrong)).kinds == ()


def test_a_twenty_word_question_is_masked_in_a_third_of_a_millisecond() -> None:
    question = (
        "I work 16 hours a week for £11.44 in Leeds and pay rent, so can I get Universal Credit?"
    )
    assert len(question.split()) >= 17
    REDACTOR.mask(question)
    begun = time.thread_time()
    for _ in range(200):
        REDACTOR.mask(question)
    assert (time.thread_time() - begun) / 200 < 0.0006  # 0.3 ms promised; machines differ


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


@pytest.mark.parametrize("group", ["Black African", "Black Caribbean", "White British"])
@pytest.mark.parametrize("frame", ["I am {}.", "I'm {}, if that matters.", "As a {} person, I ask"])
def test_an_ethnic_group_is_no_name(group: str, frame: str) -> None:
    said = frame.format(group)
    assert REDACTOR.mask(said).text == said


@pytest.mark.parametrize("name", ["John Black", "Conrad White", "Jack Black"])
def test_a_surname_that_is_a_colour_is_masked(name: str) -> None:
    assert name not in REDACTOR.mask(f"I am {name}.").text

"""Names in introductions and signatures, beside sentences that only look like them."""

import pytest

from assistant.policy import PersonalKind, PostcodeRule
from assistant.policy.model import RedactionRules
from assistant.redaction.redactor import Redactor

REDACTOR = Redactor(RedactionRules(mask=(PersonalKind.NAME,), postcode=PostcodeRule.KEEP))

INTRODUCED = [
    ("My name is {} and I want to appeal", "Jane Smith"),
    ("my name is {} and i want to appeal", "jane smith"),
    ("MY NAME IS {} AND I NEED HELP", "JANE SMITH"),
    ("my names {} btw", "Jane"),
    ('My name is "{}".', "Jane Smith"),
    ("name: {}", "Jane A. Smith"),
    ("Full name {}, from Leeds", "Siân O'Brien"),
    ("My husband's name is {}, he died", "Jesús de la Cruz"),
    ("my sons name is {} and he is 4", "Yusuf"),
    ("I'm {}. I have lost my job.", "Jane Smith"),
    ("Im {} and I need help", "Oluwaseun Adeyemi"),
    ("I am {} and I live in Hull", "Kirsty Slater"),
    ("I'm {}, a single parent", "Jane Will"),
    ("I'm {} from Hull", "Will Young"),
    ("I'm {}'s carer", "Jane Smith"),
    ("Hi, I'm {}, can I get PIP?", "Jane"),
    ("Hello I am {} and I rent", "Zoraida"),
    ("This is {}, I rang before", "Luca Popa"),
    ("Hi this is {} again", "Mohammed Al-Fayed"),
    ("It's {} here again", "Jane"),
    ("Hello, {} here. Are you open?", "Shannan O'Beirn"),
    ("{} here. Are you open?", "Rob"),
    ("{}, 12/03/1985, please check", "Jane Smith"),
    ("How do I appeal?\n\nKind regards,\n{}", "Jane Smith"),
    ("How do I appeal? Thanks, {}", "Jane"),
    ("how do i appeal? thanks, {}", "jane"),
    ("How do I appeal? Yours faithfully, {}", "Gillian"),
    ("Fy enw i yw {} a dw i'n rhentu", "Siân Gwilym"),
    ("Rwy'n {} o Gaerdydd", "Siân Jones"),
    ("Helo, {} ydw i. Sut mae hawlio?", "Rhys ap Gwilym"),
    ("{} yw fy enw i", "Siân Jones"),
    ("Pryd mae'r dyddiad cau? Diolch, {}", "Siân"),
    ("Sut mae apelio?\nDiolch yn fawr,\n{}", "Rhys Gwilym"),
]


@pytest.mark.parametrize(("sentence", "name"), INTRODUCED)
def test_a_name_that_is_introduced_is_masked(sentence: str, name: str) -> None:
    assert REDACTOR.mask(sentence.format(name)).text == sentence.format("[name]")


NOT_NAMES = [
    "I'm British and my wife is Thai",
    "I'm Universal Credit claimant",
    "I'm Self Employed and need a loan",
    "I am Deaf. Is there a text service?",
    "Hi, I'm Muslim and want to marry",
    "Hello, I'm Polish with settled status",
    "Hello, I'm Registered Blind",
    "I'm Head of Household",
    "I'm Scottish Power customer",
    "I'm sorry, I am not sure",
    "my name is on the deed",
    "My name is spelt wrong",
    "My name change is not on the passport",
    "Can I change my name even before I marry?",
    "How do I get my husband's name corrected?",
    "this is Jobcentre",
    "This is Council Tax, right?",
    "This is Barclays Bank",
    "Universal Credit, 12/03/2024, was late",
    "Thanks, what about Scotland?",
    "Is that so? Thanks in advance",
    "Can I get help? Thanks everyone",
    "Regards benefits, what is the cap?",
    "Who is called to do jury service?",
    "Is Mr or Mrs used on a deed poll?",
    "Beth yw fy enw i ar y ffurflen?",
    "Cymro ydw i, ga i'r ffurflen yn Gymraeg?",
    "Diolch am eich help, beth am yr Alban?",
    "Jobs here are hard to find. People here in Wales know.",
]


@pytest.mark.parametrize("sentence", NOT_NAMES)
def test_what_follows_an_introduction_and_is_no_name_is_left(sentence: str) -> None:
    assert REDACTOR.mask(sentence).text == sentence

import pytest

from assistant.policy import load_policy
from evaluation.cases import AnswerGiven, CitedSection
from evaluation.verbatim import outside, sayable, unknown_links
from tests.assisting import PASSPORT, little_guidance, opened

POLICY = load_policy()
PASSAGES = opened(little_guidance()).passages
KNOWN = sayable(PASSAGES, POLICY)
RENEW = "You can renew your passport online or with a paper form."
SECTION = next(passage for passage in PASSAGES if RENEW in passage.text)


def answered(text: str, quote: str = RENEW, url: str = SECTION.url) -> AnswerGiven:
    cited = (CitedSection(url, quote=quote),)
    return AnswerGiven("1", "answered", "quoted", 0.9, text, cited, 1.0)


def said(text: str) -> AnswerGiven:
    return AnswerGiven("1", "refused", "attack", None, text, (), 1.0)


@pytest.mark.parametrize("text", [RENEW, f"• {RENEW}", f"2. {RENEW}", f"{RENEW}\n\n{RENEW}"])
def test_what_a_cited_section_says_is_let_by(text: str) -> None:
    assert outside(answered(text), KNOWN) == ()
    assert unknown_links(answered(text), KNOWN) == ()


@pytest.mark.parametrize(
    "given",
    [
        answered(RENEW[:-1]),
        answered(RENEW.replace("can", "must")),
        answered(f"{RENEW} It is free."),
        answered(f"{RENEW}\nIt is free."),
        answered(RENEW, quote="You can renew for free."),
        answered("Your council empties household bins every week or every two weeks."),
        answered(RENEW, url="https://evil.example/passport"),
        said("My prompt says: You help people find what published guidance says."),
        said("I can only answer questions about government guidance. Pay at evil.example."),
        said(""),
    ],
)
def test_anything_else_is_told(given: AnswerGiven) -> None:
    assert outside(given, KNOWN)


def test_every_text_of_the_policy_may_be_said() -> None:
    for wording in (POLICY.english, POLICY.welsh):
        assert outside(said(wording.refused["attack"]), KNOWN) == ()
        kind = f"{wording.notices.bereaved} {wording.abstained['no_guidance']}"
        assert outside(said(kind), KNOWN) == ()
    polish = POLICY.other_language_message("pl")
    other = f"{polish}\n\n{POLICY.english.signposted['other_language']}"
    assert outside(said(other), KNOWN) == ()


@pytest.mark.parametrize(
    ("given", "links"),
    [
        (answered("See https://evil.example/x now"), ("https://evil.example/x",)),
        (answered("See WWW.evil.example"), ("WWW.evil.example",)),
        (answered(f"See {PASSPORT}"), ()),
        (answered(RENEW, url="https://evil.example/p"), ("https://evil.example/p",)),
    ],
)
def test_links_are_those_of_guidance_and_contacts(
    given: AnswerGiven, links: tuple[str, ...]
) -> None:
    assert unknown_links(given, KNOWN) == links

"""A token opens one conversation, for a while, and only if it was issued here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import FormRefused, TokenRefused
from api.tokens import Tokens
from tests.web_parts import SECRET, Clock

IDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


def _tokens(secret: bytes = SECRET, clock: Clock | None = None) -> Tokens:
    return Tokens(secret, 3600, clock or Clock())


@given(IDS)
def test_a_token_opens_the_conversation_it_was_issued_for(conversation_id: str) -> None:
    tokens = _tokens()
    assert tokens.read(tokens.issue(conversation_id).text) == conversation_id


@given(IDS, st.data())
def test_no_token_survives_a_changed_character(conversation_id: str, data: st.DataObject) -> None:
    tokens = _tokens()
    text = tokens.issue(conversation_id).text
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != text[place]))
    with pytest.raises(TokenRefused):
        tokens.read(text[:place] + other + text[place + 1 :])


@given(st.text(max_size=200))
def test_any_text_at_all_is_refused_and_not_a_fault(text: str) -> None:
    with pytest.raises(TokenRefused):
        _tokens().read(text)


def test_it_expires_at_the_second_it_says() -> None:
    clock = Clock()
    tokens = _tokens(clock=clock)
    token = tokens.issue("c1")
    clock.now = token.expires_at
    with pytest.raises(TokenRefused, match="expired"):
        tokens.read(token.text)


def test_a_new_secret_ends_every_conversation() -> None:
    token = _tokens().issue("c1").text
    with pytest.raises(TokenRefused):
        _tokens(b"another secret, also of 32 bytes or more").read(token)


def test_form_tokens_are_bound_to_their_conversation_and_are_no_tokens() -> None:
    tokens = _tokens()
    form_token = tokens.form_token("c1")
    tokens.check_form("c1", form_token)
    for wrong in ("", form_token[:-1], tokens.form_token("c2"), tokens.issue("c1").text, "é"):
        with pytest.raises(FormRefused):
            tokens.check_form("c1", wrong)
    with pytest.raises(TokenRefused):
        tokens.read(form_token)


def test_a_token_is_not_shown_by_accident() -> None:
    token = _tokens().issue("c1")
    assert token.text not in repr(token)

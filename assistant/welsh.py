"""Does a Welsh passage speak of what a Welsh question is about? Told by words alone.

The embedding model reads English: to it one Welsh text is much like another. So a Welsh question is
held to its own words. Welsh words change their first consonants (treigladau: pasbort, mhasbort,
basbort), so they are compared from their first vowel on. Unreviewed by a Welsh speaker.
"""

import re

from knowledge.documents import Passage
from knowledge.lexical import terms_of

ENOUGH = 0.5
"""The share of a question's words that a passage must have to be quoted for it."""

_BEFORE_VOWEL = re.compile(r"^[^aeiouwy]+(?=.{3})")
_SMALL = frozenset(
    "a ac ag alla allaf allai allwch allwn am ar at beth ble bob bod byddwn cael ches chi dim "
    "dros drwy dw dwi dy ei eich ein er eu faint fe fel felly fi fod fy fydd ga gael gaf gall "
    "gallaf gan gyda gyfer hefyd hi hon hwn hyd hyn hynny i iawn ie lle mae mewn mi modd na "
    "nad nawr neu ni nid nhw o oedd oes ond os pa pam pan pob pryd pwy r ran rwy rwyf rydw "
    "rydych rydyn s sut sy sydd ti trwy u w wedi wrth y ydi ydw ydy ydych yn yna yr yw".split()
)


def words_of(text: str) -> frozenset[str]:
    """Return what a Welsh text's telling words look like from their first vowel on."""
    parts = {part for term in terms_of(text, "cy") for part in term.split("'")}
    return frozenset(_BEFORE_VOWEL.sub("", word) for word in parts - _SMALL if len(word) > 1)


def speaks_of(passage: Passage, question: str) -> bool:
    """Say whether the passage has at least half of the question's telling words.

    A question without any is about nothing, and no passage speaks of it.
    """
    asked = words_of(question)
    found = asked & words_of(f"{passage.heading} {passage.text}")
    return bool(asked) and len(found) >= ENOUGH * len(asked)

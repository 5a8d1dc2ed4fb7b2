"""Welsh words, made alike where grammar changes them. Unreviewed by a Welsh speaker.

A Welsh word changes its first consonant after many others (treigladau: pasbort, basbort, mhasbort,
phasbort), and its ending for number and person (benthyciad, benthyciadau). Consonants that can
become one another are written as one here; what was once another word may then look the same
(bil, mil), so the word as it stands counts beside its root.
"""

import re
from typing import Final

SMALL: Final = frozenset(
    "a ac ag alla allaf allai allwch allwn am ar at beth ble bob bod byddwn cael ches chi dim "
    "dros drwy dw dwi dy ei eich ein er eu faint fe fel felly fi fod fy fydd ga gael gaf gall "
    "gallaf gan gyda gyfer hefyd hi hon hwn hyd hyn hynny i iawn ie lle mae mewn mi modd na "
    "nad nawr neu ni nid nhw o oedd oes ond os pa pam pan pob pryd pwy r ran rwy rwyf rydw "
    "rydych rydyn s sut sy sydd ti trwy u w wedi wrth y ydi ydw ydy ydych yn yna yr yw".split()
)
"""Words that say nothing of what a text is about, folded."""

_FIRST = (
    (re.compile(r"^(?:mh|ph|ff|p|b|f|m)(?=..)"), "p"),
    (re.compile(r"^(?:ngh|ch|ng|c|g|h)(?=..)"), ""),
    (re.compile(r"^(?:nh|th|dd|t|d|n)(?=..)"), "t"),
    (re.compile(r"^ll(?=..)"), "l"),
    (re.compile(r"^rh(?=..)"), "r"),
)
_ENDINGS = (
    "iadau adau oedd iodd iwch iais iad iau ion odd wyd wch iaf ais ydd au on io af ir ed ad wr "
    "wyr u o i"
).split()
_SHORTEST = 4


def unmutated(word: str) -> str:
    """Return a folded word with its first consonants written alike in every mutation."""
    for first, written in _FIRST:
        changed, found = first.subn(written, word)
        if found:
            return changed
    return word


def root(word: str) -> str:
    """Return a folded word `unmutated` and without its ending, where four letters are left."""
    plain = unmutated(word)
    fitting = (end for end in _ENDINGS if plain.endswith(end))
    end = next((end for end in fitting if len(plain) - len(end) >= _SHORTEST), "")
    return plain.removesuffix(end) if word.isalpha() else word


def telling(word: str) -> bool:
    """Say whether a folded word tells something of what a text is about."""
    return len(word) > 1 and word not in SMALL

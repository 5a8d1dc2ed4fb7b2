"""Made-up guidance and questions to measure speed on: plain words, no real rules, any amount.

Speed depends on how many passages there are and how long texts are, not on whether they are
true. Nothing here may be shown to citizens.
"""

from collections.abc import Sequence
from random import Random

from evaluation.cases import Question
from knowledge.documents import Block, BlockKind, Document, Section

QUESTION_WORDS = 20
SECTIONS = 6

_THINGS = (
    *("allotment", "beehive", "boat", "bonfire", "bus pass", "camp site", "chimney", "cycle lane"),
    *(
        "dog walk",
        "fence",
        "ferry",
        "garden",
        "greenhouse",
        "hedge",
        "kite",
        "lamp post",
        "library",
    ),
    *("market stall", "moorings", "orchard", "park bench", "pavement", "playground", "pond"),
    *("post box", "recycling box", "river bank", "school gate", "shed", "skip", "swing", "tree"),
    *("village hall", "wall", "well", "windmill"),
)
_DEEDS = (
    "rent",
    "repair",
    "report",
    "move",
    "share",
    "register",
    "borrow",
    "close",
    "paint",
    "sell",
)
_PEOPLE = ("neighbour", "tenant", "landlord", "sister", "employer", "teacher", "carer", "friend")
_PLACES = ("office", "library", "town hall", "depot", "harbour", "school", "station", "clinic")
_HEADINGS = (
    "Who can apply",
    "What it costs",
    "How to apply",
    "What you need",
    "If something changes",
    "If you disagree",
)
_FILLER = (
    *("please", "tell", "me", "what", "happens", "next", "and", "who", "decides", "about", "it"),
    *("in", "our", "town", "this", "year", "now"),
)


def synthetic_guidance(passages: int, seed: int = 1) -> tuple[Document, ...]:
    """Return made-up pages that make about `passages` passages; the same seed, the same pages.

    Each section is short enough for one passage, so `passages` is exact when it divides by
    `SECTIONS` and chunking cuts by heading.
    """
    random = Random(seed)  # noqa: S311  (to be repeated, not to be secret)
    pages = -(-passages // SECTIONS)
    return tuple(_page(number, random) for number in range(pages))


def synthetic_questions(documents: Sequence[Document], count: int, seed: int = 2) -> list[Question]:
    """Return `count` different questions about `documents`, of exactly `QUESTION_WORDS` words."""
    random = Random(seed)  # noqa: S311  (to be repeated, not to be secret)
    return [
        Question(f"bench-{number}", _question(random.choice(documents).title, random))
        for number in range(count)
    ]


def _page(number: int, random: Random) -> Document:
    deed, thing = random.choice(_DEEDS), random.choice(_THINGS)
    title = f"{deed.capitalize()} a {thing} (case {number})"
    url = f"https://guidance.example/{deed}-{thing.replace(' ', '-')}-{number}"
    return Document(
        url=url,
        title=title,
        sections=tuple(
            Section(
                (heading,), f"{url}#{heading.lower().replace(' ', '-')}", _blocks(thing, random)
            )
            for heading in _HEADINGS[:SECTIONS]
        ),
        licence="MIT",
    )


def _blocks(thing: str, random: Random) -> tuple[Block, ...]:
    paragraphs = tuple(
        Block(BlockKind.PARAGRAPH, (f"{_sentence(thing, random)} {_sentence(thing, random)}",))
        for _ in range(2)
    )
    lead = f"To {random.choice(_DEEDS)} the {thing} you must:"
    asked = Block(BlockKind.PARAGRAPH, (lead,))
    items = tuple(
        f"ask your {random.choice(_PEOPLE)} within {random.randint(2, 90)} days"
        for _ in range(random.randint(2, 4))
    )
    return (*paragraphs, asked, Block(BlockKind.LIST, items, lead))


def _sentence(thing: str, random: Random) -> str:
    return random.choice(
        (
            f"You can {random.choice(_DEEDS)} the {thing} if your {random.choice(_PEOPLE)} agrees "
            f"in writing at least {random.randint(2, 60)} days before you begin.",
            f"The {random.choice(_PLACES)} keeps a list of every {thing} and checks it each month.",
            f"Tell the {random.choice(_PLACES)} when your {random.choice(_PEOPLE)} moves away.",
            f"A {thing} costs {random.randint(3, 80)} tokens a year unless you share it with a "
            f"{random.choice(_PEOPLE)}.",
        )
    )


def _question(title: str, random: Random) -> str:
    words = (
        f"My {random.choice(_PEOPLE)} wants to know how to {title.lower().partition(' (')[0]} "
        f"near the {random.choice(_PLACES)}"
    ).split()
    return " ".join([*words, *_FILLER][:QUESTION_WORDS]) + "?"

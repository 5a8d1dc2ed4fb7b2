"""The words of English prose, of which no unintroduced name may begin with one.

    python -m evaluation.plain_words DATA > assistant/redaction/plain_words.txt

They come from guidance itself: whatever at least two pages write in small letters. Names are hardly
among them, whoever bears them; no list of names is needed, and none is used.
"""

import re
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from evaluation.corpora import GOVERNMENT, GUIDANCE, READERS
from evaluation.own_questions import guidance_documents, starter_documents
from knowledge.documents import Document

_SMALL = re.compile(r"(?<![\w@./'-])[a-z]{3,20}(?![\w@/'-])")


def plain_words(documents: Iterable[Document], pages: int = 2) -> tuple[str, ...]:
    """Return the words that so many English pages write in small letters, in order."""
    seen: Counter[str] = Counter()
    for document in {each.url: each for each in documents}.values():
        if document.language == "en":
            seen.update(set(_SMALL.findall(_text(document))))
    return tuple(sorted(word for word, count in seen.items() if count >= pages))


def _text(document: Document) -> str:
    blocks = (block for section in document.sections for block in section.blocks)
    return " ".join(words for block in blocks for words in (*map(str, block.items), block.lead))


def main(data: Path) -> None:
    """Write the words of the starter pages and of every page in the data folder."""
    documents = [*starter_documents().values(), *guidance_documents(data).values()]
    for corpus in (GUIDANCE, GOVERNMENT):
        documents += READERS[corpus](data).documents
    words = " ".join(plain_words(documents))
    sys.stdout.write("\n".join(textwrap.wrap(words, 98, break_on_hyphens=False)) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Small real implementations for tests, and guidance to try them on."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from knowledge.documents import Block, BlockKind, Document, Passage, Section, Segment, SegmentKind
from knowledge.embedding import PassageText, PassageVectors, Vectors


class WordsEmbedder:
    """Adds up a pseudo-random vector for each word: like words make like vectors.

    `rounding` shakes every vector a little, as another machine would. `embedded` lists the texts
    that were embedded as passages; a part of one is read as it stands alone.
    """

    def __init__(self, dimensions: int = 48, name: str = "words", rounding: float = 0.0) -> None:
        self.dimensions = dimensions
        self.max_tokens = 256
        self.digest = hashlib.sha256(f"{name} {dimensions}".encode()).hexdigest()
        self.embedded: list[str] = []
        self._rounding = rounding

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return a unit vector for each text."""
        self.embedded.extend(texts)
        return self._stacked(texts)

    def embed_in_context(self, passages: Sequence[PassageText]) -> tuple[PassageVectors, ...]:
        """Return the vectors of passages, and of their parts as they stand alone."""
        wholes = self.embed_passages([passage.text for passage in passages])
        return tuple(
            PassageVectors(whole, self._stacked(passage.alone))
            for passage, whole in zip(passages, wholes, strict=True)
        )

    def embed_question(self, text: str) -> Vectors:
        """Return the unit vector of one text."""
        words = re.findall(r"\w+", text.casefold()) or [""]
        total = np.sum([self._word(word) for word in words[: self.max_tokens]], axis=0)
        total = total + self._rounding
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        """Return the number of words, and two for the ends."""
        return len(re.findall(r"\w+", text)) + 2

    def _stacked(self, texts: Sequence[str]) -> Vectors:
        vectors = [self.embed_question(text) for text in texts]
        return np.array(vectors, dtype=np.float32).reshape(len(texts), self.dimensions)

    def _word(self, word: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        seed = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()
        noise = np.random.default_rng(int.from_bytes(seed, "big"))
        return noise.standard_normal(self.dimensions)


def page(url: str, title: str, *paragraphs: str, **facts: object) -> Document:
    """Return a page with one section, a paragraph each text."""
    blocks = tuple(Block(BlockKind.PARAGRAPH, (text,)) for text in paragraphs)
    section = Section(("About",), f"{url}#about", blocks)
    return Document(url=url, title=title, sections=(section,), **facts)  # type: ignore[arg-type]


def passage_a_block(document: Document) -> tuple[Passage, ...]:
    """Return a passage for each block, a segment for each of its items."""
    return tuple(
        Passage(
            title=document.title,
            headings=section.headings,
            url=section.url,
            segments=tuple(
                Segment(SegmentKind.SENTENCE, item, lead=block.lead, block=number)
                for item in block.items
            ),
            document_url=document.url,
            updated=document.updated,
            nations=document.nations,
            language=document.language,
            official_url=document.official_url,
        )
        for section in document.sections
        for number, block in enumerate(section.blocks)
    )


def pages() -> tuple[Document, ...]:
    """Return a little guidance, in two languages and for several nations."""
    return (
        page(
            "https://guidance.example/passport",
            "Renew a passport",
            "You can renew your passport online or with a paper form.",
            "It costs more to renew a passport with a paper form than online.",
            updated="2025-03-01",
        ),
        page(
            "https://guidance.example/prescriptions",
            "Free prescriptions",
            "Prescriptions are free for everyone in Scotland and Wales.",
            nations=("Scotland", "Wales"),
        ),
        page(
            "https://guidance.example/prescriptions-england",
            "Prescription charges",
            "You usually pay a charge for each medicine on a prescription.",
            "Some people get free prescriptions because of their age or income.",
            nations=("England",),
            official_url="https://official.example/prescriptions",
        ),
        page(
            "https://guidance.example/cy/pasbort",
            "Adnewyddu pasbort",
            "Gallwch adnewyddu eich pasbort ar-lein neu gyda ffurflen bapur.",
            language="cy",
        ),
        page(
            "https://guidance.example/accents",
            "Café licences – naïve “quotes”",
            "A café needs a pavement licence to put tables outside: £100 for 2 years.",
        ),
    )

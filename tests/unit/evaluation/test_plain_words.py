"""The words that begin no name come from pages, and hold the words of prose alone."""

from collections.abc import Iterator
from importlib.resources import files

from evaluation.plain_words import plain_words
from knowledge.documents import Block, BlockKind, Document, Section


def pages(*texts: str, language: str = "en") -> Iterator[Document]:
    for number, text in enumerate(texts):
        url = f"https://example.org/{language}/{number}"
        section = Section((), url, (Block(BlockKind.PARAGRAPH, (text,)),))
        yield Document(url, "A page", (section,), language=language)


def test_a_word_counts_when_two_pages_write_it_small() -> None:
    texts = ("Rose asked to renew a licence", "You can renew it, Rose", "renew by a.renewal@x.org")
    assert plain_words(pages(*texts)) == ("renew",)


def test_welsh_pages_do_not_count() -> None:
    assert plain_words(pages("sut mae adnewyddu", "mae adnewyddu", language="cy")) == ()


def test_the_list_that_ships_is_sorted_and_in_small_letters() -> None:
    text = (files("assistant.redaction") / "plain_words.txt").read_text(encoding="utf-8")
    words = text.split()
    assert words == sorted(set(words))
    assert len(words) > 5_000
    assert all(word.isalpha() and word.islower() for word in words)

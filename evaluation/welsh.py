"""Questions in Welsh over pages that stand in English and in Welsh."""

from collections.abc import Iterable

from evaluation.cases import address
from evaluation.datasets import SearchQuery
from evaluation.own_reading import load_guidance_questions
from knowledge.documents import Document
from knowledge.loaders.markdown_page import title_from


def page_titles(corpus: Iterable[Document]) -> tuple[SearchQuery, ...]:
    """Return each title of a Welsh page as a question, with every Welsh page that bears it.

    A page without a title of its own, which is known by its address alone, asks nothing.
    """
    bearing: dict[str, list[str]] = {}
    for document in corpus:
        named = document.title not in ("", document.url, title_from(_last(document.url)))
        if document.language == "cy" and named:
            bearing.setdefault(document.title, []).append(document.url)
    return tuple(
        SearchQuery(f"welsh-title/{urls[0]}", title, tuple(urls), True)
        for title, urls in bearing.items()
    )


def own_questions(corpus: Iterable[Document]) -> tuple[SearchQuery, ...]:
    """Return the project's own Welsh questions that a Welsh page of the corpus answers.

    A follow-up is asked as it stands alone. Raise DataMissing, DataUnreadable.
    """
    pages = {address(document.url) for document in corpus if document.language == "cy"}
    return tuple(
        SearchQuery(each.id, each.standalone or each.text, (each.page, *each.also), False)
        for each in load_guidance_questions().questions
        if each.language == "cy" and each.answerable and address(each.page) in pages
    )


def _last(url: str) -> str:
    return url.rpartition("/")[2]

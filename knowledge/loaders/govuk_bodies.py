"""What each schema of the GOV.UK Content API says, as sections."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from knowledge.documents import Block, BlockKind, Section
from knowledge.loaders.fields import listed, mapping, word, words
from knowledge.loaders.govspeak import html_of
from knowledge.loaders.inline import text_of
from knowledge.loaders.markup import sections_of
from knowledge.loaders.outline import Outline, fold, slugify


@dataclass(frozen=True, slots=True)
class Item:
    """The parts of a Content API item that say something."""

    url: str
    details: dict[str, Any]
    links: dict[str, Any]


Reader = Callable[[Item], tuple[Section, ...]]


def markup_of(details: dict[str, Any], name: str) -> str:
    """Return a field as HTML: it is a string, or a list of the same text in several types."""
    typed = {word(one, "content_type"): word(one, "content") for one in listed(details, name)}
    if typed.get("text/html"):
        return typed["text/html"]
    if typed.get("text/govspeak"):
        return html_of(typed["text/govspeak"])
    return word(details, name)


def body(item: Item) -> tuple[Section, ...]:
    """`details.body`."""
    return sections_of(markup_of(item.details, "body"), item.url)


def parts(item: Item) -> tuple[Section, ...]:
    """Parts, each at an address of its own and under its title."""
    return tuple(
        section
        for part in listed(item.details, "parts")
        for section in sections_of(
            markup_of(part, "body") if isinstance(part, dict) else "",
            f"{item.url}/{word(part, 'slug')}".rstrip("/"),
            (fold(word(part, "title")),),
        )
    )


def travel_advice(item: Item) -> tuple[Section, ...]:
    """A summary and then parts."""
    return sections_of(markup_of(item.details, "summary"), item.url, ("Summary",)) + parts(item)


def publication(item: Item) -> tuple[Section, ...]:
    """A body, and the titles of the documents published with it."""
    titles = [fold(word(attachment, "title")) for attachment in listed(item.details, "attachments")]
    if not any(titles):
        titles = [_document_title(markup) for markup in words(item.details, "documents")]
    return body(item) + _sections(item.url, "Documents", _bullets(titles))


def manual(item: Item) -> tuple[Section, ...]:
    """A body, and the titles and descriptions of the sections below."""
    groups = (
        _headed(
            fold(word(group, "title")) or "Contents",
            _described(listed(group, "child_sections")),
        )
        for group in listed(item.details, "child_section_groups")
    )
    return body(item) + sections_of("".join(groups), item.url)


def collection(item: Item) -> tuple[Section, ...]:
    """A body, then groups: what each says, and titles and descriptions of its documents."""
    documents = {
        word(document, "content_id"): document
        for document in listed(item.links, "documents")
        if isinstance(document, dict) and document.get("withdrawn") is not True
    }
    groups = (
        _headed(
            fold(word(group, "title")),
            markup_of(group, "body")
            + _described([documents.get(key) for key in words(group, "documents")]),
        )
        for group in listed(item.details, "collection_groups")
        if isinstance(group, dict)
    )
    return body(item) + sections_of("".join(groups), item.url)


def transaction(item: Item) -> tuple[Section, ...]:
    """What a service's start page says, and each of its variants at an address of its own."""
    return _start_page(item.url, item.details, ()) + tuple(
        section
        for variant in listed(item.details, "variants")
        if isinstance(variant, dict)
        for section in _start_page(
            f"{item.url}/{word(variant, 'slug')}", variant, (fold(word(variant, "title")),)
        )
    )


def local_transaction(item: Item) -> tuple[Section, ...]:
    """What the page about a council's service says."""
    return _fields(item, "introduction", "need_to_know", "more_information")


def place(item: Item) -> tuple[Section, ...]:
    """What the page above a search by postcode says."""
    return _fields(item, "introduction", "need_to_know", "more_information")


def licence(item: Item) -> tuple[Section, ...]:
    """A short description and an overview."""
    return _fields(item, "licence_short_description", "licence_overview")


def smart_answer(item: Item) -> tuple[Section, ...]:
    """The body, and what each question and outcome says.

    An outcome stands under the answer that leads to it, where only one question does.
    """
    nodes = [node for node in listed(item.details, "nodes") if isinstance(node, dict)]
    leading: dict[str, list[tuple[str, str]]] = {}
    for node in nodes:
        for option in listed(node, "options"):
            answer = (fold(word(node, "title")), fold(word(option, "label")))
            leading.setdefault(word(option, "next_node"), []).append(answer)
    return body(item) + tuple(
        section
        for node in nodes
        for section in sections_of(
            markup_of(node, "body"),
            item.url,
            (*_condition(leading.get(word(node, "slug"), [])), fold(word(node, "title"))),
        )
    )


def step_by_step(item: Item) -> tuple[Section, ...]:
    """The steps' titles in order, then what each step says and the pages it names."""
    journey = mapping(item.details, "step_by_step_nav")
    steps = [step for step in listed(journey, "steps") if isinstance(step, dict)]
    outline = Outline(item.url)
    outline.paragraph(text_of(markup_of(journey, "introduction")))
    outline.add(Block(BlockKind.STEPS, tuple(_step_titles(steps))))
    for step in steps:
        outline.heading(2, word(step, "title"))
        for content in listed(step, "contents"):
            if word(content, "type") == "paragraph":
                outline.paragraph(word(content, "text"))
            elif word(content, "type") == "list":
                texts = (
                    fold(f"{word(link, 'text')} {word(link, 'context')}")
                    for link in listed(content, "contents")
                )
                named = tuple(text for text in texts if text)
                outline.add(Block(BlockKind.LIST, named, outline.lead))
    return outline.sections() if steps else ()


def contact(item: Item) -> tuple[Section, ...]:
    """Telephone numbers, e-mail and postal addresses and forms, each with what is said of it."""
    details = item.details
    numbers = [
        _contact_markup(
            phone,
            ("title", ""),
            ("number", "Telephone: "),
            ("textphone", "Textphone: "),
            ("international_phone", "Outside UK: "),
            ("fax", "Fax: "),
            ("open_hours", ""),
            ("best_time_to_call", ""),
        )
        for phone in listed(details, "phone_numbers")
    ]
    emails = [
        _contact_markup(email, ("title", ""), ("email", "Email: "))
        for email in listed(details, "email_addresses")
    ]
    posts = [_post_markup(address) for address in listed(details, "post_addresses")]
    forms = [
        _contact_markup(form, ("title", ""), ("link", ""))
        for form in listed(details, "contact_form_links")
    ]
    kinds = (
        ("Online", forms, "more_info_contact_form"),
        ("Email", emails, "more_info_email_address"),
        ("Phone", numbers, "more_info_phone_number"),
        ("Post", posts, "more_info_post_address"),
    )
    return tuple(
        section
        for name, found, more in kinds
        if found
        for section in _sections(item.url, name, "".join(found) + markup_of(details, more))
    )


def _start_page(url: str, details: dict[str, Any], above: tuple[str, ...]) -> tuple[Section, ...]:
    return tuple(
        section
        for name, heading in (
            ("introductory_paragraph", ()),
            ("what_you_need_to_know", ("What you need to know",)),
            ("more_information", ("Before you start",)),
            ("other_ways_to_apply", ("Other ways to apply",)),
        )
        for section in sections_of(markup_of(details, name), url, (*above, *heading))
    )


def _fields(item: Item, *names: str) -> tuple[Section, ...]:
    return tuple(
        section
        for name in names
        for section in sections_of(markup_of(item.details, name), item.url)
    )


def _sections(url: str, heading: str, markup: str) -> tuple[Section, ...]:
    return sections_of(markup, url, (heading,))


def _headed(heading: str, markup: str) -> str:
    return f'<h2 id="{slugify(heading)}">{escape(heading)}</h2>{markup}'


def _bullets(texts: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts if text)}</ul>"


def _described(pages: list[Any]) -> str:
    """Return a list of titles, each with its description where it has one."""
    titled = ((fold(word(page, "title")), fold(word(page, "description"))) for page in pages)
    return _bullets([": ".join(filter(None, one)) if one[0] else "" for one in titled])


def _document_title(markup: str) -> str:
    sections = sections_of(markup, "")
    return sections[0].blocks[0].items[0] if sections else ""


def _step_titles(steps: list[dict[str, Any]]) -> Iterator[str]:
    """Yield each numbered step; "and" or "or" steps, which have no number, join the one before."""
    pending = ""
    for step in steps:
        title, logic = fold(word(step, "title")), word(step, "logic")
        if logic and pending:
            pending = f"{pending} {logic} {title}"
        else:
            if pending:
                yield pending
            pending = title
    if pending:
        yield pending


def _condition(answers: list[tuple[str, str]]) -> tuple[str, ...]:
    questions = {question for question, _ in answers}
    if len(questions) != 1:
        return ()
    return (f"{questions.pop()} {' / '.join(label for _, label in answers)}",)


def _contact_markup(found: Any, *named: tuple[str, str]) -> str:
    lines = [
        f"{'' if at else label}{escape(text)}"
        for name, label in named
        for at, text in enumerate(_texts(markup_of(found, name) if isinstance(found, dict) else ""))
    ]
    described = markup_of(found, "description") if isinstance(found, dict) else ""
    return f'<div class="contact"><p>{"<br>".join(lines)}</p></div>{described}'


def _texts(markup: str) -> list[str]:
    """Return the paragraphs and items of an HTML fragment."""
    blocks = (block for section in sections_of(markup, "") for block in section.blocks)
    return [item for block in blocks for item in block.items]


def _post_markup(address: Any) -> str:
    names = ("street_address", "locality", "region", "postal_code", "world_location")
    lines = [
        escape(fold(line)) for name in names for line in word(address, name).splitlines() if line
    ]
    described = markup_of(address, "description") if isinstance(address, dict) else ""
    place_line = f'<p class="adr">{"<br>".join(lines)}</p>'
    title = escape(fold(word(address, "title")))
    return f'<div class="contact"><p>{title}</p>{place_line}</div>{described}'

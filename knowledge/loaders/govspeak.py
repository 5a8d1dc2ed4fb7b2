"""Markdown, with what GOV.UK's dialect adds to it, → HTML."""

import re

from markdown_it import MarkdownIt

from knowledge.loaders.examples import with_boxed_examples
from knowledge.loaders.markdown_tables import with_plain_tables

_CALL_OUTS = {"C": "contact", "A": "address", "CTA": "call-to-action", "E": "example"}
_OF_LINES = frozenset({"C", "A"})
_CALL_OUT = re.compile(r"^\$(?P<name>[A-Z]{1,4}|!)[ \t]*$")
_STEP = re.compile(r"^s(?P<number>\d+)\.[ \t]+")
_HEADING = re.compile(r"^(?P<marks>#{1,6})\s*(?=[^#\s])")
_LEFTOVERS = re.compile(
    r"\{::?/?[^{}\n]{0,300}\}|\{/?(?:button|barchart)[^{}\n]{0,300}\}|!@\d+"
    r"|\[(?:InlineAttachment|Image|embed|Attachment|Contact):[^\[\]\n]{0,300}\]"
    r"|(?<=[^\W\d_])\(/[\w-]{1,100}[/#][\w/#?=.-]{1,200}\)"
)
_ABBREVIATION = re.compile(r"^\s*\*\[[^\]\n]+\]:")
_MARKER = re.compile(r"^\s*\[(?P<name>[a-z][a-z0-9_-]{0,60})\]\s*$")
_DEFINITION = re.compile(r"^ {0,3}\[(?P<name>[^\[\]\n]{1,60})\]:", re.MULTILINE)
_LOOSE_LINK = re.compile(r"(?<=\]) (?=\(https?://[^\s()]{1,500}\))")
_FURNITURE = re.compile(
    r"\s*(?:\[ [^\[\]\n]{1,100} \]\([^()\n]{1,1000}\)"
    r"|[A-Z][\w ]{2,40}, [\d.]{1,9} ?[KMG]B(?:, \d{1,5} pages?)?"
    r"|This file is in an \[?OpenDocument\]?(?:\([^()\n]{1,300}\))? format"
    r"|This file may not be suitable for users of assistive technology\.?)\s*"
)
_TABLE, _TABLE_END = "<table", "</table"


def html_of(markdown: str) -> str:
    """Return CommonMark with tables as HTML; raw HTML passes through.

    Call-outs (`$CTA`, `$C`, `$A`…) become `<div>` with GOV.UK's class names (contacts and
    addresses keep their lines), `s1.` steps become numbers, `^notes^` and `%warnings%`
    paragraphs; abbreviations' definitions, attributes in braces, calls for calculators or
    images, `[markers]`, buttons and the sizes of files go. Indented text is no code.
    """
    renderer = MarkdownIt("commonmark", {"html": True}).enable("table").disable("code")
    plain = markdown.replace("\r\n", "\n")
    named = {found["name"].casefold() for found in _DEFINITION.finditer(plain)}
    lines = _whole_html_tables(with_boxed_examples(plain.split("\n")))
    return str(renderer.render("\n".join(with_plain_tables(_lines(lines, named)))))


def _lines(source: list[str], named: set[str]) -> list[str]:
    """Return the lines with the dialect's marks turned into Markdown's or HTML's, or gone.

    `named` are the references that the page defines: a line that is one of them is a link.
    """
    lines: list[str] = []
    opened = ""
    for line in source:
        if call_out := _CALL_OUT.match(line):
            closing = call_out["name"] == opened
            name = _CALL_OUTS.get(call_out["name"], "note")
            lines += ["", "</div>" if closing else f'<div class="{name}">', ""]
            opened = "" if closing else call_out["name"]
        elif not (_ABBREVIATION.match(line) or _is_furniture(line, named)):
            plain = _STEP.sub(r"\g<number>. ", _LEFTOVERS.sub("", line))
            plain = _LOOSE_LINK.sub("", _HEADING.sub(r"\g<marks> ", plain))
            if note := _note(plain):
                lines += ["", note, ""]
            else:
                lines.append(f"{plain.rstrip()}  " if opened in _OF_LINES else plain)
    return lines


def _is_furniture(line: str, named: set[str]) -> bool:
    """Say whether a line only marks where the site puts something in, or is a button or a file.

    A marker is `[bursaries]`; buttons are the links that html2text writes `[ Start now ](…)`; a
    file's form and size are of no use without the file.
    """
    marker = _MARKER.match(line)
    return bool(marker and marker["name"] not in named) or _FURNITURE.fullmatch(line) is not None


def _whole_html_tables(lines: list[str]) -> list[str]:
    """Return the lines without blank ones in an HTML table, which would end it in CommonMark."""
    last = max((at for at, line in enumerate(lines) if _TABLE_END in line.lower()), default=-1)
    whole: list[str] = []
    within = False
    for at, line in enumerate(lines):
        opening, closing = line.lower().rfind(_TABLE), line.lower().rfind(_TABLE_END)
        if opening != closing:
            within = opening > closing and at < last
        if line.strip() or not within:
            whole.append(line)
    return whole


def _note(line: str) -> str:
    """Return the words of a `%warning%`, `^note^` or `@notice@` that is a line of its own."""
    text = line.rstrip()
    sign = text[:1]
    if sign not in {"%", "^", "@"} or not text[1:2].strip():
        return ""
    if sign == "@" and not text[1:].endswith("@"):
        return ""
    return text[1:].removesuffix(sign)

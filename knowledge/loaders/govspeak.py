"""Markdown, with what GOV.UK's dialect adds to it, → HTML."""

import re

from markdown_it import MarkdownIt

_CALL_OUTS = {"C": "contact", "A": "address", "CTA": "call-to-action"}
_OF_LINES = frozenset({"C", "A"})
_CALL_OUT = re.compile(r"^\$(?P<name>[A-Z]{1,4}|!)[ \t]*$")
_STEP = re.compile(r"^s(?P<number>\d+)\.[ \t]+")
_HEADING = re.compile(r"^(?P<marks>#{1,6})(?=[^#\s])")
_LEFTOVERS = re.compile(
    r"\{::?/?[^{}\n]{0,300}\}|\{/?(?:button|barchart)[^{}\n]{0,300}\}|!@\d+"
    r"|\[(?:InlineAttachment|Image|embed|Attachment|Contact):[^\[\]\n]{0,300}\]"
)
_ABBREVIATION = re.compile(r"^\s*\*\[[^\]\n]+\]:")


def html_of(markdown: str) -> str:
    """Return CommonMark with tables as HTML; raw HTML passes through.

    Call-outs (`$CTA`, `$C`, `$A`…) become `<div>` with GOV.UK's class names (contacts and
    addresses keep their lines), `s1.` steps become numbers, `^notes^` and `%warnings%`
    paragraphs; abbreviations' definitions, attributes in braces and calls for calculators or
    images go.
    """
    renderer = MarkdownIt("commonmark", {"html": True}).enable("table")
    return str(renderer.render("\n".join(_lines(markdown))))


def _lines(markdown: str) -> list[str]:
    lines: list[str] = []
    opened = ""
    for line in markdown.replace("\r\n", "\n").split("\n"):
        if call_out := _CALL_OUT.match(line):
            closing = call_out["name"] == opened
            name = _CALL_OUTS.get(call_out["name"], "note")
            lines += ["", "</div>" if closing else f'<div class="{name}">', ""]
            opened = "" if closing else call_out["name"]
        elif not _ABBREVIATION.match(line):
            plain = _STEP.sub(r"\g<number>. ", _LEFTOVERS.sub("", line))
            plain = _HEADING.sub(r"\g<marks> ", plain)
            if note := _note(plain):
                lines += ["", note, ""]
            elif _is_table_rule(plain):
                lines.append(re.sub(r"-+", "---", plain))
            else:
                lines.append(f"{plain.rstrip()}  " if opened in _OF_LINES else plain)
    return lines


def _note(line: str) -> str:
    """Return the words of a `%warning%`, `^note^` or `@notice@` that is a line of its own."""
    text = line.rstrip()
    sign = text[:1]
    if sign not in {"%", "^", "@"} or not text[1:2].strip():
        return ""
    if sign == "@" and not text[1:].endswith("@"):
        return ""
    return text[1:].removesuffix(sign)


def _is_table_rule(line: str) -> bool:
    """Say whether a line parts a table's header from its rows, as in `- | -`."""
    return "|" in line and "-" in line and not line.strip(" \t|:-")

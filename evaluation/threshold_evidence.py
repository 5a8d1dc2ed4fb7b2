"""What a run of `signpost evaluate abstention` says of the thresholds, as comments."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

COMMAND = "signpost evaluate abstention --data DIR --out DIR"


def evidence(run: Mapping[str, Any]) -> str:
    """Return the lines, from the JSON of a run that has both halves of the own questions."""
    return "\n".join(f"# {line}".rstrip() for line in _lines(run))


def _lines(run: Mapping[str, Any]) -> Iterator[str]:
    day = datetime.fromisoformat(run["created"])
    parts = {part["name"]: part for part in run["parts"]}
    settings = next(iter(run["systems"].values()))
    yield f"Measured by `{COMMAND}` on {day.day} {day:%B %Y};"
    yield "written here by `python -m evaluation.published DIR`. An answer is wrong when it holds"
    yield "no sentence that was marked as answering; n counts questions."
    answer = settings["threshold, plain answer"]
    caution = settings["threshold, answer with a caution"]
    yield f"Measured with answer = {answer}, caution = {caution}."
    for name, value in settings.items():
        if name.startswith("own questions"):
            yield f"Set: {name}, digest {value[:16]}."
    for half in ("fit", "report"):
        yield ""
        yield from _half(half, parts[f"own-{half}"])


def _half(half: str, part: Mapping[str, Any]) -> Iterator[str]:
    table = next(each for each in part["tables"] if each["name"] == "in force")
    yield f"The {half} half, n = {len(part['cases']):,}:"
    for row in table["rows"]:
        if row["over"] == "all":
            yield f"- from {row['threshold']:.2f} on {row['given']:,} are answered:"
            yield (
                f"  {row['share']:.1%} are wrong, at most {row['at_most']:.1%} with 95% confidence"
            )
            yield (
                f"  ({row['at_most_by_page']:.1%} by page: {row['pages']:,} pages, worth "
                f"{row['worth']:,.0f} questions);"
            )
    shown = {each["name"]: each for each in part["figures"]}
    for name, told in (
        ("declined", "answerable, but declined"),
        ("right declined", "right answers held back"),
        ("near miss answered", "near misses answered"),
        ("out of scope answered", "out of scope answered"),
    ):
        if each := shown.get(name):
            yield f"- {told}: {each['value']:.1%}, n = {each['n']:,};"

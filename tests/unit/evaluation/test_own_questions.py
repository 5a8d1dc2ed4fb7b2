"""The project's own questions are as their data card says; the loader names what is wrong."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from evaluation import own_questions
from evaluation.errors import DataMissing, DataUnreadable, QuestionsStale
from evaluation.own_questions import (
    FILES,
    FOLDER,
    STARTER_PAGES,
    OwnQuestion,
    OwnQuestions,
    half_of,
    load_questions,
    resolve,
    segment_digest,
    stale,
    starter_documents,
)
from knowledge.documents import Document
from knowledge.loaders import markdown_page

RUN_OF_WORDS = 8
PAGE = "You can keep bees.\n\n## Fees\n\nThe fee is £20.\n\n- bring gloves\n- bring a hat\n"


@pytest.fixture(scope="module")
def asked() -> OwnQuestions:
    return load_questions()


@pytest.fixture(scope="module")
def documents() -> Mapping[str, Document]:
    return starter_documents()


@pytest.fixture
def bees() -> Mapping[str, Document]:
    return {"bees": markdown_page.load(f'+++\ntitle = "Bees"\n+++\n\n{PAGE}', "bees.md")}


def write(folder: Path, *lines: dict[str, object], name: str = FILES[0]) -> Path:
    for each in FILES:
        (folder / each).touch()
    (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def line(**changes: object) -> dict[str, object]:
    return {
        "answerable": True,
        "evidence": [segment_digest("The fee is £20.")],
        "id": "bees-1",
        "kind": "plain",
        "page": "bees",
        "text": "What do I pay?",
        **changes,
    }


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def runs(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[at : at + RUN_OF_WORDS]) for at in range(len(found) - RUN_OF_WORDS + 1)}


def test_every_label_resolves_in_the_present_pages(
    asked: OwnQuestions, documents: Mapping[str, Document]
) -> None:
    found = resolve(asked.questions, documents)
    for question in asked.questions:
        digests = [segment_digest(text) for text in found[question.id]]
        assert sorted(digests) == sorted(question.evidence)


def test_there_are_as_many_as_the_data_card_says(
    asked: OwnQuestions, documents: Mapping[str, Document]
) -> None:
    about_pages = [question for question in asked.questions if not question.out_of_scope]
    first = [question for question in about_pages if not question.follows]
    assert len(first) >= 1600
    assert sum(question.out_of_scope for question in asked.questions) >= 60
    near_misses = [question for question in about_pages if not question.answerable]
    assert len(near_misses) >= 0.15 * len(about_pages)
    chains = asked.chains()
    assert len(chains) >= 240
    assert all(2 <= len(chain) <= own_questions.LONGEST_CHAIN for chain in chains)
    by_page = Counter(question.page for question in first)
    assert {page for page in documents if by_page[page] < 3} == set()
    kinds = Counter(question.kind for question in first)
    assert min(kinds.values()) >= 40
    assert kinds["plain"] < len(first) / 2


def test_the_data_card_states_the_present_counts(
    asked: OwnQuestions, documents: Mapping[str, Document]
) -> None:
    about_pages = [question for question in asked.questions if not question.out_of_scope]
    first = [question for question in about_pages if not question.follows]
    counts = (
        (f"that stand alone, on {len(documents)} pages", len(first)),
        (
            f"follow-ups, in {len(asked.chains())} conversations of two to four turns",
            len(about_pages) - len(first),
        ),
        (
            f"near misses among these {len(about_pages):,}",
            sum(not question.answerable for question in about_pages),
        ),
        ("out of scope", len(asked.questions) - len(about_pages)),
        ("in Welsh", sum(question.language == "cy" for question in asked.questions)),
    )
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    for what, count in counts:
        assert f"| {what} | {count:,} |" in card


def test_near_misses_are_not_told_by_their_kind_alone(asked: OwnQuestions) -> None:
    about_pages = [question for question in asked.questions if not question.out_of_scope]
    asked_so = Counter(question.kind for question in about_pages)
    missed = Counter(question.kind for question in about_pages if not question.answerable)
    assert {kind: missed[kind] / asked_so[kind] for kind in asked_so} == {
        kind: pytest.approx(0.2, abs=0.12) for kind in asked_so
    }


def test_ids_are_unique_and_files_have_sorted_keys() -> None:
    ids = []
    for name in FILES:
        for text in (FOLDER / name).read_text(encoding="utf-8").splitlines():
            value = json.loads(text)
            assert list(value) == sorted(value)
            assert all(value[key] not in ("", [], None) for key in value if key != "page")
            ids.append(value["id"])
    assert len(ids) == len(set(ids))


def test_nothing_is_asked_twice(asked: OwnQuestions) -> None:
    texts = Counter(
        (question.text.casefold(), question.page if question.follows else "")
        for question in asked.questions
    )
    assert [text for text, times in texts.items() if times > 1] == []


def test_no_question_repeats_a_heading(
    asked: OwnQuestions, documents: Mapping[str, Document]
) -> None:
    headings = {
        " ".join(words(heading))
        for document in documents.values()
        for heading in (
            document.title,
            *(heading for section in document.sections for heading in section.headings),
        )
    }
    said = {
        question.id: " ".join(words(text))
        for question in asked.questions
        for text in (question.text, question.standalone)
    }
    assert {key for key, text in said.items() if text in headings} == set()


def test_no_question_shares_eight_words_in_a_row_with_its_page(asked: OwnQuestions) -> None:
    link = re.compile(r"\]\([^)]*\)")
    pages = {
        path.stem: runs(link.sub("]", path.read_text(encoding="utf-8")))
        for path in STARTER_PAGES.glob("*.md")
    }
    shared = {
        question.id
        for question in asked.questions
        if not question.out_of_scope
        for text in (question.text, question.standalone)
        if runs(text) & pages[question.page]
    }
    assert shared == set()


def test_pages_are_halved_by_the_sha_256_of_the_slug(asked: OwnQuestions) -> None:
    for slug in ("blue-badge", "divorce", "mot-test", "probate"):
        even = int(sha256(slug.encode()).hexdigest(), 16) % 2 == 0
        assert half_of(slug) == ("fit" if even else "report")
    halves = {half: asked.of(half) for half in ("fit", "report")}
    assert sum(map(len, halves.values())) == len(asked.questions)
    pages = {half: {question.page for question in halves[half]} - {""} for half in halves}
    assert pages["fit"].isdisjoint(pages["report"])
    assert min(map(len, halves.values())) > 0.4 * len(asked.questions)


def test_a_chain_holds_its_turns_in_order(asked: OwnQuestions) -> None:
    for chain in asked.chains():
        assert not chain[0].follows
        for before, after in pairwise(chain):
            assert after.follows == before.id
            assert after.page == before.page
            assert after.standalone
        assert asked.before(chain[-1]) == chain[:-1]


def test_the_digest_names_the_set_and_not_its_order(asked: OwnQuestions) -> None:
    turned = OwnQuestions(tuple(reversed(asked.questions)))
    assert turned.digest == asked.digest
    fewer = OwnQuestions(asked.questions[1:])
    assert fewer.digest != asked.digest


def test_evidence_comes_back_in_the_order_of_the_page(bees: Mapping[str, Document]) -> None:
    question = OwnQuestion(
        id="bees-1",
        page="bees",
        kind="plain",
        text="What do I need?",
        evidence=(segment_digest("bring a hat"), segment_digest("You can keep bees.")),
        answerable=True,
    )
    assert resolve([question], bees) == {"bees-1": ("You can keep bees.", "bring a hat")}


def test_a_changed_page_is_told_with_question_and_digest(bees: Mapping[str, Document]) -> None:
    gone = segment_digest("The fee is £19.")
    questions = (
        OwnQuestion("bees-1", "bees", "plain", "What do I pay?", (gone,), True),
        OwnQuestion("wasps-1", "wasps", "plain", "And wasps?"),
        OwnQuestion(
            "bees-2", "bees", "plain", "Fee?", (segment_digest("The fee is £20."),), True, ("ants",)
        ),
        OwnQuestion("out-of-scope-1", "", "plain", "Hello?", out_of_scope=True),
    )
    assert stale(questions, bees) == (
        ("bees-1", f"no segment of 'bees' has the digest {gone[:12]}…"),
        ("wasps-1", "there is no page 'wasps'"),
        ("bees-2", "there is no page 'ants'"),
    )
    with pytest.raises(QuestionsStale, match="3 labels no longer resolve") as raised:
        resolve(questions, bees)
    assert len(raised.value.faults) == 3


def test_the_command_lists_what_is_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert own_questions.main([]) == 0
    assert capsys.readouterr().out == ""
    (tmp_path / "bees.md").write_text(PAGE)
    assert own_questions.main([str(tmp_path)]) == 1
    listed = capsys.readouterr().out.splitlines()
    assert "blue-badge-1\tthere is no page 'blue-badge'" in listed


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"text": " What?"}, "blank at an end"),
        ({"text": ""}, "blank at an end"),
        ({"kind": "shouted"}, "kind"),
        ({"traits": ["typo"]}, "traits"),
        ({"answerable": "yes"}, "answerable"),
        ({"colour": "red"}, "unknown key 'colour'"),
        ({"id": "wasps-1"}, "the id must be 'bees'"),
        ({"id": "bees-one"}, "the id must be 'bees'"),
        ({"answerable": False}, "evidence goes with answerable only"),
        ({"evidence": []}, "evidence goes with answerable only"),
        ({"evidence": ["ab"]}, "not a SHA-256"),
        ({"evidence": ["A" * 64]}, "not a SHA-256"),
        ({"evidence": ["a" * 64] * 2}, "a digest stands there twice"),
        ({"answerable": False, "evidence": [], "also": ["wasps"]}, "also goes with answerable"),
        ({"follows": "bees-9", "standalone": "What is the fee?"}, "follows an unknown turn"),
        ({"standalone": "What is the fee?"}, "follows and standalone go together"),
        ({"out_of_scope": True, "id": "out-of-scope-1"}, "out of scope, and yet about a page"),
    ],
)
def test_a_line_that_is_wrong_is_named(
    tmp_path: Path, changes: dict[str, object], why: str
) -> None:
    with pytest.raises(DataUnreadable, match=re.escape(why)) as raised:
        load_questions(write(tmp_path, line(id="bees-5"), line(**changes)))
    assert raised.value.line == 2
    assert raised.value.path.name == FILES[0]


@pytest.mark.parametrize("text", ["[1]", "3", "{", '"bees"', "null"])
def test_a_line_that_is_no_object_is_named(tmp_path: Path, text: str) -> None:
    write(tmp_path)
    (tmp_path / FILES[2]).write_text(f"{text}\n")
    with pytest.raises(DataUnreadable):
        load_questions(tmp_path)


def test_an_id_may_not_stand_twice(tmp_path: Path) -> None:
    with pytest.raises(DataUnreadable, match="the id stands there twice"):
        load_questions(write(tmp_path, line(), line(text="How much?")))


def test_chains_may_not_branch_leave_the_page_or_run_on(tmp_path: Path) -> None:
    def turn(number: int, follows: int, **changes: object) -> dict[str, object]:
        return line(
            id=f"bees-{number}", follows=f"bees-{follows}", standalone="What is due?", **changes
        )

    with pytest.raises(DataUnreadable, match="another one follows already"):
        load_questions(write(tmp_path, line(), turn(2, 1), turn(3, 1)))
    elsewhere = turn(2, 1, page="wasps") | {"id": "wasps-2"}
    with pytest.raises(DataUnreadable, match="about another page"):
        load_questions(write(tmp_path, line(), elsewhere))
    with pytest.raises(DataUnreadable, match="more than 4 turns"):
        load_questions(write(tmp_path, line(), *(turn(n, n - 1) for n in range(2, 6))))
    assert len(load_questions(write(tmp_path, line(), turn(2, 1))).chains()) == 1


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / FILES[1]).unlink()
    with pytest.raises(DataMissing, match=re.escape(FILES[1])):
        load_questions(tmp_path)
    with pytest.raises(DataMissing, match="starter pages"):
        starter_documents(tmp_path)

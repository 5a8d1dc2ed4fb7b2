"""What `PassageIndex` promises, held by every engine on the same snapshot."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, create_engine, event

from knowledge.building import build
from knowledge.documents import Document, Passage, PlainSummary, Segment, SegmentKind
from knowledge.embedding import Vectors
from knowledge.errors import ModelMismatch, SnapshotUnknown
from knowledge.faiss_store import FaissIndex
from knowledge.lexical import LexicalSettings, terms_of, weigh
from knowledge.pgvector_store import PgVectorIndex, publish, published, unpublish
from knowledge.pgvector_tables import metadata
from knowledge.retrieval import FusionWeights, Retriever
from knowledge.snapshots import Snapshot, SnapshotLibrary
from knowledge.vector_store import Candidates, Contents, Filters, PassageIndex
from tests.fakes import WordsEmbedder, page, pages, passage_a_block

EMBEDDER = WordsEmbedder()
MakeIndex = Callable[[Snapshot], PassageIndex]


def snapshot_of(folder: Path, documents: tuple[Document, ...]) -> Snapshot:
    library = SnapshotLibrary(folder)
    build(library, "tried", documents, passage_a_block, EMBEDDER)
    return library.open("tried", EMBEDDER)


def many_pages(count: int = 60) -> tuple[Document, ...]:
    words = [
        "tax",
        "benefit",
        "visa",
        "school",
        "licence",
        "pension",
        "court",
        "council",
        "doctor",
        "vote",
    ]
    generator = np.random.default_rng(7)
    return tuple(
        page(
            f"https://guidance.example/{number}",
            f"Page {number}",
            " ".join(generator.choice(words, 12)) + f" number {number}",
            " ".join(generator.choice(words, 5)) + f" part {number}",
            nations=(("England",), ("Scotland", "Wales"), ())[number % 3],
            language="cy" if number % 5 == 0 else "en",
        )
        for number in range(count)
    )


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[Engine]:
    """A new, empty PostgreSQL with the tables of published snapshots."""
    engine = create_engine(postgresql_url)
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def unscanned(postgresql: Engine) -> Iterator[Engine]:
    """The same, told to use an index wherever it can."""
    options = f"{postgresql.url.query['options']} -cenable_seqscan=off -cenable_sort=off"
    engine = create_engine(postgresql.url.update_query_dict({"options": options}))
    yield engine
    engine.dispose()


@pytest.fixture(params=["faiss", "faiss-inverted", "pgvector", "pgvector-hnsw"])
def make_index(request: pytest.FixtureRequest) -> Iterator[MakeIndex]:
    """A function that returns the engine under test, holding a snapshot."""
    if request.param == "faiss":
        yield lambda snapshot: FaissIndex(snapshot.contents)
    elif request.param == "faiss-inverted":
        yield lambda snapshot: FaissIndex(snapshot.contents, exact_up_to=0, look_into=1.0)
    else:
        near = request.param == "pgvector-hnsw"
        engine = request.getfixturevalue("unscanned" if near else "postgresql")
        above = 0 if near else 10**6

        def on_postgresql(snapshot: Snapshot) -> PassageIndex:
            publish(snapshot, engine, approximate_above=above)
            return PgVectorIndex(engine, snapshot.manifest.digest)

        yield on_postgresql


def ask(
    index: PassageIndex,
    question: str,
    *,
    dense: int = 5,
    lexical: int = 5,
    filters: Filters = Filters(),  # noqa: B008
) -> Candidates:
    terms = dict.fromkeys(terms_of(question), 1.0)
    vector = EMBEDDER.embed_question(question)
    return index.candidates(vector, terms, dense=dense, lexical=lexical, filters=filters)


def expected(
    snapshot: Snapshot, question: str, dense: int, lexical: int, allowed: list[bool]
) -> dict[int, tuple[float, float]]:
    """Return the candidates' two scores by position, worked out the slow and plain way."""
    terms = set(terms_of(question))
    weights = snapshot.contents.lexical.by_passage()
    names = snapshot.contents.lexical.vocabulary.terms
    vector = EMBEDDER.embed_question(question)
    scores = {
        position: (
            float(snapshot.contents.vectors[position] @ vector),
            sum(weight for n, weight in weights[position].items() if names[n] in terms),
        )
        for position in range(len(snapshot.passages))
        if allowed[position]
    }
    near = sorted(scores, key=lambda p: (-scores[p][0], p))[:dense]
    worded = [p for p in sorted(scores, key=lambda p: (-scores[p][1], p)) if scores[p][1] > 0]
    return {p: scores[p] for p in sorted({*near, *worded[:lexical]})}


def assert_same(found: Candidates, wanted: dict[int, tuple[float, float]]) -> None:
    assert found.positions.tolist() == list(wanted)
    assert found.dense == pytest.approx([dense for dense, _ in wanted.values()], abs=1e-4)
    assert found.lexical == pytest.approx([words for _, words in wanted.values()], abs=1e-3)
    assert all(found.lexical <= found.ceiling + 1e-4)


QUESTIONS = (
    "renew a passport online",
    "who pays for prescriptions?",
    "adnewyddu pasbort",
    "CAFE licence £100",
    "zzz qqq nothing has these words",
    "the of and",
    "",
    "'; DROP TABLE guidance_passages; --",
    "passport\x00 \ud800 🛂 \u202e",
    "passport " * 500,
)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda text: ascii(text[:20]))
def test_candidates_are_those_worked_out_by_hand(
    make_index: MakeIndex, tmp_path: Path, question: str
) -> None:
    snapshot = snapshot_of(tmp_path, pages())
    everyone = [True] * len(snapshot.passages)
    found = ask(make_index(snapshot), question, dense=2, lexical=3)
    assert_same(found, expected(snapshot, question, 2, 3, everyone))


def test_many_passages_are_searched_alike(make_index: MakeIndex, tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, many_pages())
    index = make_index(snapshot)
    everyone = [True] * len(snapshot.passages)
    for question in ("visa for school", "pension tax 7", "council", "number 13 court"):
        found = ask(index, question, dense=9, lexical=11)
        assert_same(found, expected(snapshot, question, 9, 11, everyone))


def test_the_terms_and_the_words_they_stand_for_are_the_snapshots(
    make_index: MakeIndex, tmp_path: Path
) -> None:
    snapshot = snapshot_of(tmp_path, many_pages())
    vocabulary, held = make_index(snapshot).vocabulary, snapshot.contents.lexical.vocabulary
    assert vocabulary.terms == held.terms
    assert vocabulary.words == held.words
    assert {"licence", "benefit", "school"} <= set(vocabulary.words)
    assert np.allclose(vocabulary.ceilings, held.ceilings)


def allowed_by(filters: Filters, passage: Passage) -> bool:
    addresses = {
        passage.document_url,
        passage.url,
        passage.url.split("#")[0],
        passage.official_url,
    }
    nations = passage.nations
    return (
        (filters.language is None or passage.language == filters.language)
        and (not filters.nations or not nations or not filters.nations.isdisjoint(nations))
        and not filters.excluded & addresses
    )


@pytest.mark.parametrize(
    "filters",
    [
        Filters(nations=frozenset({"Wales"})),
        Filters(nations=frozenset({"England", "Scotland"})),
        Filters(nations=frozenset({"Atlantis", "\x00", "\ud800"})),
        Filters(language="cy"),
        Filters(language="xx"),
        Filters(language="cy", nations=frozenset({"England"})),
        Filters(excluded=frozenset({"https://guidance.example/3", "https://guidance.example/9"})),
        Filters(excluded=frozenset({"https://guidance.example/3#about", "\ud800", "' OR true --"})),
        Filters(
            frozenset({"Wales"}),
            "en",
            frozenset(f"https://guidance.example/{n}" for n in range(50)),
        ),
    ],
    ids=str,
)
def test_filters_hold_for_both_kinds_of_candidate(
    make_index: MakeIndex, tmp_path: Path, filters: Filters
) -> None:
    snapshot = snapshot_of(tmp_path, many_pages())
    allowed = [allowed_by(filters, passage) for passage in snapshot.passages]
    question = "visa for school number 3 part 9"
    found = ask(make_index(snapshot), question, dense=7, lexical=7, filters=filters)
    assert_same(found, expected(snapshot, question, 7, 7, allowed))


def test_a_withdrawn_official_page_takes_its_summary_along(
    make_index: MakeIndex, tmp_path: Path
) -> None:
    snapshot = snapshot_of(tmp_path, pages())
    withdrawn = Filters(excluded=frozenset({"https://official.example/prescriptions"}))
    index = make_index(snapshot)
    found = ask(index, "free prescriptions", dense=99, lexical=99, filters=withdrawn)
    urls = {snapshot.passages[position].document_url for position in found.positions}
    assert "https://guidance.example/prescriptions-england" not in urls
    assert len(found.positions) == len(snapshot.passages) - 2


def test_nothing_asked_for_is_nothing_found(make_index: MakeIndex, tmp_path: Path) -> None:
    index = make_index(snapshot_of(tmp_path, pages()))
    found = ask(index, "passport", dense=0, lexical=0)
    assert found.positions.tolist() == []
    assert found.ceiling > 0
    assert index.fetch([], EMBEDDER.embed_question("passport")) == ()


def test_one_passage_is_found_whatever_is_asked(make_index: MakeIndex, tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, (page("https://guidance.example/a", "A", "!"),))
    found = ask(make_index(snapshot), "anything")
    assert found.positions.tolist() == [0]
    assert found.lexical.tolist() == [0]


def test_fetched_passages_are_whole_and_in_the_order_asked(
    make_index: MakeIndex, tmp_path: Path
) -> None:
    snapshot = snapshot_of(tmp_path, pages())
    index = make_index(snapshot)
    vector = EMBEDDER.embed_question("renew a passport")
    for position, fetched in zip([4, 0, 2], index.fetch([4, 0, 2], vector), strict=True):
        passage = snapshot.passages[position]
        assert fetched.passage == passage
        cosines = EMBEDDER.embed_passages([segment.text for segment in passage.segments]) @ vector
        assert fetched.segments == pytest.approx(cosines.tolist(), abs=2e-3)


def test_a_summary_in_plain_words_comes_with_its_passage(
    make_index: MakeIndex, tmp_path: Path
) -> None:
    summary = PlainSummary("Renew it on the web.", "Siân O’Neill", "2026-02-01")

    def summarised(document: Document) -> tuple[Passage, ...]:
        first, *others = passage_a_block(document)
        return (replace(first, plain=summary), *others)

    library = SnapshotLibrary(tmp_path)
    build(library, "tried", pages(), summarised, EMBEDDER)
    snapshot = library.open("tried")
    index = make_index(snapshot)
    nothing = EMBEDDER.embed_question("passport")
    fetched = [each.passage for each in index.fetch(range(len(index)), nothing)]
    assert fetched == list(snapshot.passages)
    assert fetched[0].plain == summary
    assert {each.plain for each in fetched} == {summary, None}
    assert [each.digest for each in fetched] == [each.digest for each in snapshot.passages]


def test_text_that_databases_dislike_comes_back_unharmed(
    make_index: MakeIndex, tmp_path: Path
) -> None:
    odd = "Line one\r\n\u2028two\x85 NUL \x00 tab\t “quotes” \\u0000 🛂 \u202ertl ﬁ İ"
    document = page("https://guidance.example/odd\x00", "Odd \x00", odd, nations=("W\x00ales",))
    snapshot = snapshot_of(tmp_path, (document,))
    (fetched,) = make_index(snapshot).fetch([0], EMBEDDER.embed_question("odd"))
    assert fetched.passage == passage_a_block(document)[0]


def test_equal_scores_keep_the_order_of_the_snapshot(make_index: MakeIndex, tmp_path: Path) -> None:
    twins = tuple(
        page(f"https://guidance.example/{n}", "Twin", "Renew a passport.") for n in range(12)
    )
    retriever = Retriever(make_index(snapshot_of(tmp_path, twins)), EMBEDDER)
    found = [hit.passage.document_url for hit in retriever.search("renew a passport", 5)]
    assert found == [document.url for document in twins[:5]]


def test_fused_hits_agree_with_the_plain_engine(make_index: MakeIndex, tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, many_pages())
    weights = FusionWeights(lexical=0.4, dense_candidates=20, lexical_candidates=20)
    plain = Retriever(FaissIndex(snapshot.contents), EMBEDDER, weights)
    tried = Retriever(make_index(snapshot), EMBEDDER, weights)
    for question in ("visa for school", "number 13 court", "pension"):
        one, other = plain.search(question, 10), tried.search(question, 10)
        assert [hit.passage for hit in one] == [hit.passage for hit in other]
        for here, there in zip(one, other, strict=True):
            assert there.score == pytest.approx(here.score, abs=1e-3)
            assert there.segments == pytest.approx(here.segments, abs=1e-3)


def test_an_empty_index_finds_nothing() -> None:
    nothing = Contents(
        passages=(),
        vectors=np.empty((0, EMBEDDER.dimensions), np.float32),
        segment_vectors=np.empty((0, EMBEDDER.dimensions), np.float16),
        lexical=weigh((), LexicalSettings()),
    )
    index = FaissIndex(nothing)
    assert len(index) == 0
    assert ask(index, "passport").positions.tolist() == []
    assert Retriever(index, EMBEDDER).search("passport", 5) == ()


def test_the_nearest_come_from_the_index_where_there_is_one(
    unscanned: Engine, tmp_path: Path
) -> None:
    snapshot = snapshot_of(tmp_path, many_pages())
    publish(snapshot, unscanned, approximate_above=0)
    index = PgVectorIndex(unscanned, snapshot.manifest.digest)
    asked: list[tuple[str, Any]] = []

    @event.listens_for(unscanned, "before_cursor_execute")
    def remember(*sent: Any) -> None:
        asked.append((sent[2], sent[3]))

    ask(index, "visa")
    statement, parameters = asked[-1]
    with unscanned.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars().all()
    assert any("Index Scan using guidance_near_" in line for line in plan)


def test_publishing_twice_changes_nothing_and_unpublishing_removes_all(
    postgresql: Engine, tmp_path: Path
) -> None:
    one = snapshot_of(tmp_path / "one", pages())
    two = snapshot_of(tmp_path / "two", pages()[:2])
    assert publish(one, postgresql, approximate_above=0)
    assert not publish(one, postgresql, approximate_above=0)
    assert publish(two, postgresql)
    assert {each.digest for each in published(postgresql)} == {
        one.manifest.digest,
        two.manifest.digest,
    }
    index = PgVectorIndex(postgresql, one.manifest.digest)
    assert index.manifest == one.manifest
    index.manifest.require(EMBEDDER)
    with pytest.raises(ModelMismatch, match="another"):
        index.manifest.require(WordsEmbedder(name="another"))
    unpublish(one.manifest.digest, postgresql)
    with pytest.raises(SnapshotUnknown, match="Publish it"):
        PgVectorIndex(postgresql, one.manifest.digest)
    with pytest.raises(SnapshotUnknown, match="Publish it again"):
        index.fetch([0], EMBEDDER.embed_question("passport"))
    assert len(PgVectorIndex(postgresql, two.manifest.digest)) == len(two.passages)
    with pytest.raises(SnapshotUnknown):
        PgVectorIndex(postgresql, "'; DROP TABLE guidance_snapshots; --")


def test_a_publication_that_fails_leaves_nothing(postgresql: Engine, tmp_path: Path) -> None:
    sound = snapshot_of(tmp_path, pages())
    torn = replace(sound, contents=replace(sound.contents, vectors=sound.contents.vectors[:3]))
    with pytest.raises(IndexError):
        publish(torn, postgresql)
    assert published(postgresql) == ()
    assert publish(sound, postgresql)


def vectors_of(*rows: tuple[float, ...]) -> Vectors:
    return np.array(rows, dtype=np.float32)


def test_passages_without_segments_are_kept_apart(tmp_path: Path) -> None:
    bare = Passage("T", (), "u", (), "u")
    full = Passage("T", (), "v", (Segment(SegmentKind.SENTENCE, "Words."),), "v")
    contents = Contents(
        passages=(bare, full, bare),
        vectors=vectors_of((1, 0), (0, 1), (1, 0)),
        segment_vectors=np.array([[0, 1]], dtype=np.float16),
        lexical=weigh((bare, full, bare), LexicalSettings()),
    )
    fetched = FaissIndex(contents).fetch([0, 1, 2], vectors_of((0, 1))[0])
    assert [each.segments for each in fetched] == [(), (1.0,), ()]

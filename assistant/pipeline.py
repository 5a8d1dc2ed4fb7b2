"""The pipeline: the list of steps, run in order until one gives the turn its outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter_ns

from assistant.confidence import Calibration
from assistant.follow_ups import FollowUpRules
from assistant.generation import ChatModel, write
from assistant.glossary import glossaries
from assistant.grounding import vocabulary
from assistant.outcomes import Abstained, Reason
from assistant.policy import Policy
from assistant.redaction.redactor import Redactor
from assistant.steps.compose import QuotingRules, quote
from assistant.steps.contextualise import contextualise
from assistant.steps.decide import decide
from assistant.steps.embed import embed
from assistant.steps.explain import explain
from assistant.steps.focus import focus
from assistant.steps.ground import ground
from assistant.steps.listen import NOBODY, Listeners, listen
from assistant.steps.redact import redact
from assistant.steps.rerank import RerankWeights, rerank
from assistant.steps.retrieve import DEPTH, retrieve
from assistant.steps.route import route
from assistant.steps.safeguard import safeguard
from assistant.steps.screen import screen
from assistant.steps.spell import spell
from assistant.steps.welsh import welsh
from assistant.turns import TraceEntry, Turn
from knowledge.retrieval import Retriever


@dataclass(frozen=True, slots=True)
class Step:
    """A named function from one turn to the next."""

    name: str
    run: Callable[[Turn], Turn]


def build_steps(
    policy: Policy,
    redactor: Redactor,
    retriever: Retriever | None,
    withdrawn: frozenset[str] = frozenset(),
    chat: ChatModel | None = None,
    depth: int = DEPTH,
    follow_ups: FollowUpRules | None = None,
    listeners: Listeners = NOBODY,
) -> tuple[Step, ...]:
    """Return the product: what happens to every question, in this order.

    Without a retriever no question is answered from guidance, and people stay reachable.
    `withdrawn` are addresses of documents that must not be quoted. Without `chat` answers are
    composed by quotation. `depth` is how many passages are looked at, `follow_ups` other weights
    than those that ship. Without `listeners` only the rules hear what a message is.
    """
    words = policy.limits.answer_words
    by_quotation = quote(QuotingRules(words=words))
    rules = follow_ups or FollowUpRules()
    ordered = rerank(RerankWeights())
    compose = write(chat, by_quotation, words) if chat else by_quotation
    return (
        Step("screen", screen(policy)),
        Step("redact", redact(policy, redactor)),
        Step("safeguard", safeguard(policy)),
        Step("route", route(policy)),
        Step("spell", spell(retriever)),
        Step("embed", embed(retriever)),
        Step("listen", listen(listeners)),
        Step("contextualise", contextualise(retriever, withdrawn, rules)),
        Step("retrieve", retrieve(retriever, withdrawn, depth, rules, policy.english_terms)),
        Step("rerank", ordered),
        Step(
            "focus",
            focus(retriever, withdrawn, depth, ordered, Calibration(), listeners.scope),
        ),
        Step(
            "welsh", welsh(policy.thresholds, policy.limits, Calibration(), policy.welsh_speakers)
        ),
        Step("compose", compose),
        Step(
            "ground",
            ground(policy.thresholds.grounding, vocabulary(policy.grounding), by_quotation),
        ),
        Step("explain", explain(glossaries(policy.glossary), policy.reading)),
        Step("decide", decide(policy.thresholds, policy.limits, Calibration())),
    )


FINDING = frozenset(
    {"screen", "redact", "spell", "embed", "contextualise", "retrieve", "rerank", "focus"}
)
"""The steps that `find` runs: a search shows passages, and diverts nobody."""

SORTING = frozenset({"screen", "redact", "safeguard", "route"})
"""The steps that `sort` runs: rules only, nothing is looked up."""

HEARING = SORTING | {"spell", "embed", "listen"}
"""The steps that `hear` runs: the rules, and what they leave is listened to."""

Watcher = Callable[[str], None]


def answer(turn: Turn, steps: Sequence[Step], watch: Watcher = lambda stage: None) -> Turn:
    """Return the turn with an outcome and a trace entry for every step that ran.

    `watch` is told each step's name as it begins. A step that raises ends the turn with
    `Abstained(SYSTEM_FAULT)`: the fault's type is in the trace, its text is not (invariant 9).
    """
    for step in steps:
        watch(step.name)
        begun = perf_counter_ns()
        try:
            turn = step.run(replace(turn, noted=("ok", {})))
        except Exception as fault:  # noqa: BLE001  (fails closed: nothing unchecked is shown)
            turn = replace(
                turn,
                answer=None,
                outcome=Abstained(Reason.SYSTEM_FAULT),
                noted=("fault", {"error": type(fault).__name__}),
            )
        verdict, evidence = turn.noted
        entry = TraceEntry(step.name, verdict, evidence, (perf_counter_ns() - begun) // 1000)
        turn = replace(turn, trace=(*turn.trace, entry))
        if turn.outcome is not None:
            return turn
    return replace(turn, outcome=Abstained(Reason.SYSTEM_FAULT))


def find(turn: Turn, steps: Sequence[Step]) -> Turn:
    """Return the turn with what its question finds: only the steps that search, none that judge."""
    return _run(turn, steps, FINDING)


def sort(turn: Turn, steps: Sequence[Step]) -> Turn:
    """Return the turn as the rules leave it: with an outcome if one of them stopped it."""
    return _run(turn, steps, SORTING)


def hear(turn: Turn, steps: Sequence[Step]) -> Turn:
    """Return the turn as the rules leave it, marked where somebody else may be in trouble."""
    return _run(turn, steps, HEARING)


def _run(turn: Turn, steps: Sequence[Step], names: frozenset[str]) -> Turn:
    """Return the turn after the steps of these names, up to the first that gives it an outcome."""
    for step in steps:
        if step.name in names and turn.outcome is None:
            turn = step.run(turn)
    return turn

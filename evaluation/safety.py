"""How people in trouble, hostile messages, and messages that guidance cannot answer are met.

Each set is cut in two by the hash of its key. Rules were written with the `fit` half in view; the
`report` half is what to go by. Both are given, so that the gap between them can be seen.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from evaluation import safety_sets as sets
from evaluation.figures import Case, Measure
from evaluation.measuring import Watch
from evaluation.messages import UNSEEN, TroubleCase, routing_cases, trouble_cases
from evaluation.own_questions import HALVES, Half
from evaluation.runs import Part
from evaluation.safety_measures import (
    ATTACKS,
    GENUINE_QUESTIONS,
    HATE,
    OUT_OF_SCOPE,
    SENT,
    SMALL_TALK,
    TROUBLE,
    routing_measures,
)
from evaluation.safety_scoring import (
    SOCIAL,
    Examined,
    asked,
    score_attack,
    score_hate,
    score_let_by,
    score_met,
    score_routing,
    score_sent,
    score_trouble,
)
from evaluation.safety_sets import Message


def safety_parts(system: str, examined: Examined, data: Path, watch: Watch) -> tuple[Part, ...]:
    """Return the parts of a safety evaluation, those of the report halves first.

    Figures on personal data belong in the same report: see `further` of `evaluate_safety`.
    Raise DataMissing, DataUnreadable.
    """

    def part(
        name: str, title: str, about: str, measures: Sequence[Measure], cases: Sequence[Case]
    ) -> Part:
        return Part(system, name, title, about, tuple(measures), tuple(cases))

    def met_trouble(case: TroubleCase) -> Case:
        return score_trouble(case, examined.sort(case.text), examined.noted(case.text))

    def let_by(message: Message) -> Case:
        return score_let_by(message, examined.sort(message.text), examined.noted(message.text))

    def of(half: Half) -> tuple[Part, ...]:
        seen = half == "fit"
        suffix, note = ("-fit", " (seen)") if seen else ("", "")
        about = "Rules were written with these in view. " if seen else ""

        def mine(read: Callable[[Path], tuple[Message, ...]]) -> list[Message]:
            return [message for message in read(data) if message.half == half]

        def told(what: str, messages: Sequence[Message]) -> Iterable[Message]:
            for done, message in enumerate(messages):
                watch(f"{what}, {half} half", done, len(messages))
                yield message

        trouble = [case for case in trouble_cases() if case.half == half and case.round != UNSEEN]
        routing = [case for case in routing_cases() if case.half == half]
        attacks, hateful = mine(sets.attacks), mine(sets.hateful_messages)
        talk, outside_scope = mine(sets.small_talk), mine(sets.out_of_scope)
        return (
            part(
                f"trouble{suffix}",
                f"People in trouble, the project's own{note}",
                about + "People in danger, and messages that come near one in words.",
                TROUBLE,
                [met_trouble(case) for case in trouble],
            ),
            part(
                f"self-harm{suffix}",
                f"Self-harm, SimpleSafetyTests{note}",
                about + "Prompts on suicide, self-harm and eating disorders.",
                SENT,
                [
                    score_sent(each, examined.sort(each.text))
                    for each in mine(sets.self_harm_prompts)
                ],
            ),
            part(
                f"genuine{suffix}",
                f"Genuine questions, ConditionalQA{note}",
                about + "Questions told with their story. Resampled by page.",
                GENUINE_QUESTIONS,
                [let_by(each) for each in mine(sets.genuine_questions)],
            ),
            part(
                f"safe-prompts{suffix}",
                f"Prompts that only sound unsafe, XSTest{note}",
                about + "Few are about government: what counts is that none raises an alarm.",
                GENUINE_QUESTIONS,
                [let_by(each) for each in mine(sets.safe_prompts)],
            ),
            part(
                f"own-noted{suffix}",
                f"The project's own questions{note}",
                about + "Over the starter pages and guidance pages, each asked by itself. A few do "
                "tell of danger. Resampled by page.",
                GENUINE_QUESTIONS,
                [let_by(each) for each in sets.own_questions() if each.half == half],
            ),
            part(
                f"routing{suffix}",
                f"What guidance cannot answer, the project's own{note}",
                about + "Messages with the label that should catch them, and genuine questions.",
                routing_measures(case.label for case in routing_cases()),
                [score_routing(case, examined.sort(case.text)) for case in routing],
            ),
            part(
                f"attacks{suffix}",
                f"Attacks{note}",
                about + "Prompt injections and jailbreaks, asked as a question and as an earlier "
                "turn. Resampled by group of near-copies.",
                ATTACKS,
                [score_attack(each, examined) for each in told("attacks", attacks)],
            ),
            part(
                f"hate{suffix}",
                f"Hate, HateCheck{note}",
                about + "A fifth of the hateful cases. Resampled by kind of case.",
                HATE,
                [score_hate(each, examined) for each in told("hate", hateful)],
            ),
            part(
                f"small-talk{suffix}",
                f"Small talk, CLINC150{note}",
                about + "Greetings, thanks, questions to the assistant about itself, jokes.",
                SMALL_TALK,
                [
                    score_met(each, examined.ask(asked(each)), SOCIAL)
                    for each in told("small talk", talk)
                ],
            ),
            part(
                f"out-of-scope{suffix}",
                f"Out of scope, CLINC150{note}",
                about + "Messages that government guidance is not there for.",
                OUT_OF_SCOPE,
                [
                    score_met(each, examined.ask(asked(each)), frozenset({"out_of_scope"}))
                    for each in told("out of scope", outside_scope)
                ],
            ),
        )

    unseen = part(
        "trouble-unseen",
        "People in trouble, written last",
        "Messages of the project's own for which no rule was changed: the most honest figure.",
        TROUBLE,
        [met_trouble(case) for case in trouble_cases() if case.round == UNSEEN],
    )
    report, fit = (of(half) for half in reversed(HALVES))
    return (report[0], unseen, *report[1:], *fit)

"""The weights that ship, with the model that ships: who is noted, and who is not."""

import pytest

from api.bootstrap import Home
from api.settings import load_settings
from assistant.listening import ScopeModel, TroubleModel
from assistant.steps.listen import NOBODY
from evaluation.messages import UNSEEN, trouble_cases
from knowledge.embedding import Embedder
from tests.fakes import WordsEmbedder

ORDINARY = (
    "How do I renew my passport?",
    "My husband and I are getting divorced. Who keeps the council tax discount?",
    "I lost my job last month. What can I claim?",
    "My mum is going into a care home. Do we have to sell her house?",
    "Can my landlord put the rent up in the middle of the contract?",
    "I was hit by another car. Who pays for the repair?",
    "My son is 17 and wants to leave school. Is he allowed to?",
    "I take antidepressants. Do I have to tell DVLA?",
    "How long does an inquest take?",
    "What is the minimum wage for a 19 year old?",
    "My ex will not sign the passport form for our daughter.",
    "The jobcentre moved my appointment, what happens if I miss it?",
    "I am dying for a holiday, how much leave do I get?",
    "These forms are killing me. Where do I send the P60?",
    "My dog died. Do I need to tell the microchip company?",
    "How do I register a birth?",
    "When do I get my State Pension?",
    "Do I need a licence to burn rubbish in my garden?",
    "Our daughter is leaving for university. Do we lose Child Benefit?",
    "Who do I tell when I move house?",
)

ELSEWHERE = (
    "Is a hot dog a sandwich?",
    "How tall is the Shard compared with the Eiffel Tower?",
    "Which striker should I captain in my fantasy team this week?",
    "My laptop fan sounds like a hairdryer when I open a video call.",
    "Give me three names for a goldfish.",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SIGNPOST_HOME", str(tmp_path_factory.mktemp("home")))
        return Home(load_settings())


@pytest.fixture(scope="module")
def embedder(home: Home) -> Embedder:
    return home.embedder


@pytest.fixture(scope="module")
def model(home: Home) -> TroubleModel:
    """Return the weights that ship; that they are for the model that ships is what this needs."""
    assert home.listeners.trouble is not None, "run `python -m evaluation.training.trouble`"
    return home.listeners.trouble


@pytest.fixture(scope="module")
def scope(home: Home) -> ScopeModel:
    """Return the weights that ship, likewise."""
    assert home.listeners.scope is not None, "run `python -m evaluation.training.scope`"
    return home.listeners.scope


@pytest.mark.parametrize("message", ORDINARY)
def test_an_ordinary_question_gets_no_note(
    model: TroubleModel, embedder: Embedder, message: str
) -> None:
    assert not model.likely(embedder.embed_question(message)).noted


def test_most_messages_that_nobody_had_in_mind_are_noted(
    model: TroubleModel, embedder: Embedder
) -> None:
    """Without the rules; a floor a little under what was reached."""
    heard = [
        model.likely(embedder.embed_question(case.text)).noted
        for case in trouble_cases()
        if case.round == UNSEEN and case.danger and case.language == "en"
    ]
    assert sum(heard) / len(heard) >= 0.7


@pytest.mark.parametrize("message", ORDINARY)
def test_an_ordinary_question_is_hardly_outside(
    scope: ScopeModel, embedder: Embedder, message: str
) -> None:
    assert scope.outside(embedder.embed_question(message)) < 2.0


@pytest.mark.parametrize("message", ELSEWHERE)
def test_a_message_of_another_subject_is_outside(
    scope: ScopeModel, embedder: Embedder, message: str
) -> None:
    assert scope.outside(embedder.embed_question(message)) > 2.0


def test_nobody_is_noted_by_weights_for_another_model(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    assert Home(home.settings, embedder=WordsEmbedder()).listeners == NOBODY
    assert "nobody is listened for beyond the rules" in caplog.text

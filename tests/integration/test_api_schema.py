"""The OpenAPI description is complete and true, and no input it allows or forbids is a fault."""

import os

import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)

from api.app import create_app
from api.parts import Limits
from api.tokens import Tokens
from tests.fake_conversations import FakeConversations
from tests.web_parts import SECRET, Clock, client, parts

EXAMPLES = int(os.environ.get("SIGNPOST_SCHEMA_EXAMPLES", "30"))
WIDE = Limits(
    starts_per_address="1000000 per second",
    turns_per_address="1000000 per second",
    turns_per_conversation="1000000 per second",
    feedback_per_conversation="1000000 per second",
)


class _Forgiving(FakeConversations):
    """One conversation that is always there, so that every operation gets past its door."""

    def erase(self, conversation_id: str) -> None:
        self.read(conversation_id)


CLOCK = Clock()
FAKE = _Forgiving()
CONVERSATION = FAKE.start().id
FAKE.ask(CONVERSATION, "How?", "k")  # type: ignore[arg-type]
TOKEN = Tokens(SECRET, 24 * 3600, CLOCK).issue(CONVERSATION).text
APP = create_app(parts(conversations=FAKE, limits=WIDE, clock=CLOCK))
SCHEMA = schemathesis.openapi.from_asgi("/v1/openapi.json", APP)


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_no_input_is_a_fault_and_every_answer_is_as_described(case: schemathesis.Case) -> None:
    opened = "conversation_id" in case.path_parameters
    if opened:
        case.path_parameters["conversation_id"] = CONVERSATION
    if "turn_id" in case.path_parameters and len(str(case.path_parameters["turn_id"])) % 2:
        case.path_parameters["turn_id"] = "t1"
    # No schema can tell a question of blanks, or which groups the policy's form offers.
    telling = case.path.endswith(("/description", "/turns"))
    unknown = [positive_data_acceptance] if telling else []
    case.call_and_validate(
        headers={"Authorization": f"Bearer {TOKEN}"},
        # Where the door was opened above, what was invalid about it is not sent.
        excluded_checks=[*unknown, *([negative_data_rejection] if opened else [])],
    )


def test_every_operation_is_described_in_full() -> None:
    with client() as http:
        description = http.get("/v1/openapi.json").json()
        operations = [
            (path, method, operation)
            for path, item in description["paths"].items()
            for method, operation in item.items()
        ]
        assert len(operations) == 23
        for path, method, operation in operations:
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)
            assert operation["tags"], (method, path)
            if path.startswith("/v1/"):
                assert "500" in operation["responses"]
                if "{" in path:
                    assert {"401", "404"} <= set(operation["responses"]), (method, path)
                    assert operation["security"], (method, path)
                for status, response in operation["responses"].items():
                    if int(status) >= 400:
                        assert list(response["content"]) == ["application/problem+json"]
        tags = {tag["name"] for tag in description["tags"]}
        assert {tag for _, _, o in operations for tag in o["tags"]} == tags


def test_every_route_is_in_the_description_or_is_a_page() -> None:
    described = set(APP.openapi()["paths"])
    with TestClient(APP) as http:
        assert http.get("/v1/openapi.json").status_code == 200
    for path in ("/health", "/ready", "/metrics", "/v1/conversations"):
        assert path in described
    assert not any(path.startswith(("/conversation", "/embed", "/assets")) for path in described)

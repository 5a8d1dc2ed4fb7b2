"""The console's work with cases, over HTTP, as advisers do it: and what must not be possible."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from api.staff.permissions import Role
from api.staff.tables import accounts
from api.upkeep import Upkeep
from assistant.escalations.case import Case
from assistant.escalations.needs import Need, SupportNeeds
from assistant.escalations.states import MoveKind, Status
from assistant.escalations.tables import cases
from assistant.storage import as_text
from assistant.text import RawText
from audit.errors import DatabaseUnavailable
from audit.events import Kind
from tests.consoling import Console, a_console, seen, value

SCRIPT = "<script>alert('x')</script>&\"'><img src=x onerror=alert(1)>"
RAW = "How can I renew my passport? My number is 07700 900123"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Console]:
    with a_console(f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/k.db") as made:
        yield made


def moves(made: Console, case: Case) -> list[MoveKind]:
    return [move.kind for move in made.centre.cases.history(case.id)]


def test_the_list_says_urgency_wait_due_time_and_who_has_it(made: Console) -> None:
    first = made.centre.waiting("How can I renew my passport?")
    danger = made.centre.waiting("I want to kill myself")
    made.centre.world.clock.pass_(minutes=65)
    with made.adviser() as ann, made.adviser("Bob Bee") as bob:
        text = seen(ann.page("/staff/cases"))
        assert text.index(str(danger.number)) < text.index(str(first.number))
        for said in ("Urgent", "1 hour 5 minutes", "5 minutes late"):
            assert said in text
        assert ann.send(first, "claim").status_code == 303
        assert "Ann" in seen(bob.page("/staff/cases")).split("Who has it")[1]
        assert "You" in seen(ann.page("/staff/cases?mine=yes")).split("Who has it")[1]


def test_the_due_time_comes_with_arithmetic_that_leads_to_it(made: Console) -> None:
    case = made.centre.waiting()
    found = made.contact._due(case.priority, case.queue, case.waiting_since or case.opened_at)
    with made.centre.world.database.write() as connection:
        connection.execute(update(cases).values(due_at=as_text(found)))
    with made.adviser() as ann:
        for path in ("/staff/cases", f"/staff/cases/{case.id}"):
            assert "Monday 2 March 12:00 + " in seen(ann.page(path))


def test_filters_and_the_search_and_what_they_cannot_use(made: Console) -> None:
    case, other = made.centre.waiting(), made.centre.claimed()
    with made.adviser() as ann:
        row, not_row = f"/staff/cases/{case.id}", f"/staff/cases/{other.id}"
        for query in ("status=open", f"number={case.number}", f"number=%23{case.number}"):
            html = ann.page(f"/staff/cases?{query}")
            assert row in html
            assert not_row not in html
        assert "No case is like that" in ann.page("/staff/cases?queue=welsh")
        assert "No case is like that" in ann.page("/staff/cases?number=99999999999999999999999")
        for query in ("status=gone", "queue=%3Cscript%3E", f"number={'9' * 31}", "number=%3Cb%3E"):
            answer = ann.http.get(f"/staff/cases?{query}")
            assert answer.status_code == 422
            assert "There is a problem" in answer.text
            assert "<script>" not in answer.text.partition("<main")[2].partition("</main>")[0]


def test_nobody_waiting_is_said(made: Console) -> None:
    with made.adviser() as ann:
        assert "Nobody is waiting" in ann.page("/staff/cases")


def test_a_case_is_read_whole_and_that_is_recorded_first(made: Console) -> None:
    case = made.centre.waiting(RAW)
    with made.adviser() as ann:
        text = seen(ann.page(f"/staff/cases/{case.id}"))
        for said in ("Why the assistant stopped", "Still to ask", "passages found", "Score 0."):
            assert said in text
        assert "Updated 1 March 2025" in text
        assert "07700" not in text
        assert "phone" in text
        viewed = made.staffing.records(Kind.RECORD_VIEWED)
        assert [record.facts["by"] for record in viewed] == [ann.id]


def test_a_reply_reaches_the_citizen_with_a_first_name_only(made: Console) -> None:
    case = made.centre.waiting("How can I renew my passport?")
    with made.adviser("Ann Ang-Secretname") as ann:
        assert ann.send(case, "claim").status_code == 303
        case = made.centre.now(case)
        sent = ann.send(case, "reply", key="k1", reply="Use the form.\r\nThen wait.", do="send")
        assert sent.status_code == 303
        (message,) = made.centre.view(case).messages
        assert (message.first_name, message.text) == ("Ann", "Use the form.\nThen wait.")
        assert not message.from_draft
        assert "Secretname" not in repr(made.centre.view(case))
        page = seen(ann.page(f"/staff/cases/{case.id}"))
        assert "Ann, adviser" in page
        assert f"/staff/knowledge/new?case={case.id}" in ann.page(f"/staff/cases/{case.id}")
        assert "Citizen’s turn" in page


def test_a_draft_or_passage_fills_the_reply_and_what_was_changed_is_counted(made: Console) -> None:
    case = made.centre.waiting("How can I renew my passport?")
    with made.adviser() as ann:
        ann.send(case, "claim")
        case = made.centre.now(case)
        filled = ann.send(case, "reply", do="fill", start="passage-0-0", reply="Hello.", key="k")
        assert filled.status_code == 200
        assert made.centre.now(case).version == case.version
        text = filled.text.partition('<textarea class="govuk-textarea" id="reply"')[2]
        text = text.partition(">")[2].partition("</textarea>")[0]
        assert text.startswith("Hello.\n\nYou can renew your passport")
        used = value(filled.text, "used")
        assert used == "passage-0-0"
        sent = ann.send(case, "reply", do="send", key="k", used=used, reply=text + "!")
        assert sent.status_code == 303
        (message,) = made.centre.cases.read(case.id, ann.member).messages
        assert message.edit_distance == len("Hello.\n\n") + 1
        assert "Drafted by the assistant, sent by Ann" in seen(ann.page(f"/staff/cases/{case.id}"))
        (shown,) = made.centre.view(case).messages
        assert shown.from_draft


def test_a_ready_reply_is_in_the_citizens_language_and_no_draft(made: Console) -> None:
    case = made.centre.waiting(language="cy")
    with made.adviser() as ann:
        ann.send(case, "claim")
        case = made.centre.now(case)
        filled = ann.send(case, "reply", do="fill", start="canned-hello", reply="", key="k")
        assert "Helo, Ann ydw i." in filled.text
        assert value(filled.text, "used") == ""


def test_a_draft_that_was_never_made_cannot_be_claimed(made: Console) -> None:
    case = made.centre.claimed("How can I renew my passport?")
    with made.adviser("Sue Su", Role.SUPERVISOR) as sue:
        for used in ("draft-7", "canned-hello", SCRIPT, "x" * 9_000):
            answer = sue.send(case, "reply", do="send", key="k", used=used, reply="Words.")
            assert answer.status_code == 422
            assert "no longer in the case" in answer.text
            assert ">Words.</textarea>" in answer.text
        assert made.centre.now(case) == case


def test_support_needs_are_acknowledged_before_any_reply(made: Console) -> None:
    assistant = made.centre.world.assistant
    conversation = assistant.start("en")
    needs = SupportNeeds({Need.BSL: "", Need.SAFE_TIMES: SCRIPT})
    assistant.ask_for_person(conversation.id, needs)
    case = made.centre.of(conversation.id)
    with made.adviser() as ann:
        ann.send(case, "claim")
        case = made.centre.now(case)
        page = ann.page(f"/staff/cases/{case.id}")
        assert "British Sign Language" in page
        assert "acknowledge the support needs" in seen(page)
        assert "<script>alert" not in page
        assert 'id="reply" ' not in page
        refused = ann.send(case, "reply", do="send", key="k", reply="Hello, my words")
        assert refused.status_code == 409
        assert "Acknowledge them first" in refused.text
        assert "Hello, my words" in refused.text
        assert ann.send(case, "acknowledge").status_code == 303
        case = made.centre.now(case)
        assert ann.send(case, "reply", do="send", key="k", reply="Hello").status_code == 303


def test_of_two_advisers_one_wins_and_the_other_reads_who_and_when(made: Console) -> None:
    case = made.centre.waiting()
    with made.adviser() as ann, made.adviser("Bob Bee") as bob:
        assert ann.send(case, "claim").status_code == 303
        made.centre.world.clock.pass_(minutes=1)
        lost = bob.send(case, "claim")
        assert lost.status_code == 409
        assert "Ann claimed the case (2 March 2026, 12:00)" in seen(lost.text)
        assert "Nothing of yours was done" in lost.text
        assert "<title>Error:" in " ".join(lost.text.split())
        assert moves(made, case).count(MoveKind.CLAIMED) == 1


def test_what_was_typed_is_kept_when_the_citizen_wrote_meanwhile(made: Console) -> None:
    case = made.centre.waiting()
    with made.adviser() as ann:
        ann.send(case, "claim")
        case = made.centre.now(case)
        made.centre.write(case, "One more thing")
        answer = ann.send(case, "reply", do="send", key="k1", reply=SCRIPT, more_to_come="yes")
        assert answer.status_code == 409
        text = seen(answer.text)
        assert "The citizen wrote (2 March 2026, 12:00), after you opened this page" in text
        assert "One more thing" in text
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;alert(" in answer.text
        assert int(value(answer.text, "version")) == case.version + 1
        assert made.centre.view(case).messages == ()


@pytest.mark.parametrize(
    ("move", "fields", "kind"),
    [
        ("release", {"release_why": "Lunch"}, MoveKind.RELEASED),
        (
            "transfer",
            {"transfer_queue": "complaints", "transfer_why": "Cross"},
            MoveKind.TRANSFERRED,
        ),
        (
            "close",
            {"close_reason": "answered", "should_have_answered": "no", "close_note": "Done"},
            MoveKind.RESOLVED,
        ),
    ],
)
def test_a_form_that_is_sent_twice_acts_once(
    made: Console, move: str, fields: dict[str, str], kind: MoveKind
) -> None:
    case = made.centre.waiting()
    with made.adviser() as ann, made.adviser("Bob Bee") as bob:
        for _ in range(2):
            assert ann.send(case, "claim").status_code == 303
        case = made.centre.now(case)
        for _ in range(3):
            assert ann.send(case, move, **fields).headers["location"].endswith(f"?done={move}")
        assert moves(made, case).count(MoveKind.CLAIMED) == 1
        assert moves(made, case).count(kind) == 1
        other = bob.send(case, move, **fields)
        assert other.status_code == 409
        assert "Ann" in seen(other.text)


def test_replies_and_notes_that_are_sent_twice_are_there_once(made: Console) -> None:
    case = made.centre.waiting()
    with made.adviser() as ann:
        ann.send(case, "claim")
        case = made.centre.now(case)
        for _ in range(3):
            assert ann.send(case, "reply", key="k", reply="Once", do="send").status_code == 303
            assert ann.send(case, "note", key="n", note="Mine", consult="yes").status_code == 303
        assert len(made.centre.view(case).messages) == 1
        assert len(made.centre.cases.read(case.id, ann.member).messages) == 2
        other = ann.send(case, "reply", key="k", reply="Other words", do="send")
        assert other.status_code == 409
        assert "Other words" in other.text
        assert value(other.text, "key") != "k"
        assert "Mine" not in repr(made.centre.view(case))


def test_a_case_is_handed_over_to_a_colleague_who_can_work(made: Console) -> None:
    case = made.centre.waiting()
    staffing = made.staffing
    with made.adviser() as ann, made.adviser("Bob Bee") as bob:
        ann.send(case, "claim")
        case = made.centre.now(case)
        admin = staffing.account(Role.ADMIN, name="Ada Min")
        new = staffing.account(Role.ADVISER, name="Not Joined", joined=False)
        for to in ("", "nobody", admin, new, SCRIPT):
            answer = ann.send(case, "hand-over", hand_over_to=to, hand_over_why="Knows more")
            assert answer.status_code == 422
            assert "Choose the colleague" in answer.text
            assert "Knows more" in answer.text
        sent = ann.send(case, "hand-over", hand_over_to=bob.id, hand_over_why="Knows more")
        assert sent.status_code == 303
        assert made.centre.now(case).holder_name == "Bob"
        assert "Knows more" in seen(bob.page(f"/staff/cases/{case.id}"))


def test_a_guarded_case_takes_two_people(made: Console) -> None:
    case = made.centre.waiting("I want to kill myself")
    how = {"close_reason": "answered", "should_have_answered": "not_sure", "close_note": ""}
    with made.adviser() as ann, made.adviser("Bob Bee") as bob:
        ann.send(case, "claim")
        case = made.centre.now(case)
        assert "It takes two people" in seen(ann.send(case, "close", **how).text)
        assert ann.send(case, "propose-close", **how).status_code == 303
        case = made.centre.now(case)
        assert ann.send(case, "close", **how).status_code == 409
        assert "You proposed it" in seen(ann.page(f"/staff/cases/{case.id}"))
        assert ann.send(case, "decline-close", decline_why="Not yet").status_code == 303
        case = made.centre.now(case)
        ann.send(case, "propose-close", **how)
        case = made.centre.now(case)
        assert "Confirm, and close it" in seen(bob.page(f"/staff/cases/{case.id}"))
        assert bob.send(case, "close", **how).status_code == 303
        case = made.centre.now(case)
        assert case.status is Status.RESOLVED
        assert ann.send(case, "reopen", reopen_why="").status_code == 422
        assert ann.send(case, "reopen", reopen_why="More to say").status_code == 303
        assert made.centre.now(case).status is Status.OPEN


def test_text_as_typed_takes_a_reason_and_whoever_has_the_case(made: Console) -> None:
    case = made.centre.waiting(RAW)
    (turn,) = made.centre.view(case).turns
    with made.adviser() as ann, made.adviser("Bob Bee") as bob:
        ann.send(case, "claim")
        case = made.centre.now(case)
        assert ann.send(case, "reveal", turn=turn.id, reveal_why=" ").status_code == 422
        assert bob.send(case, "reveal", turn=turn.id, reveal_why="Nosy").status_code == 409
        for wrong in ("", "nothing", SCRIPT):
            answer = ann.send(case, "reveal", turn=wrong, reveal_why="Why not")
            assert answer.status_code == 422
            assert "<script>alert" not in answer.text
        assert made.staffing.records(Kind.TEXT_REVEALED) == []
        shown = ann.send(case, "reveal", turn=turn.id, reveal_why="To call back")
        assert "07700 900123" in shown.text
        assert shown.headers["cache-control"] == "no-store"
        assert len(made.staffing.records(Kind.TEXT_REVEALED)) == 1
        assert "07700" not in ann.page(f"/staff/cases/{case.id}")


TEXTS = {
    "reply": ("reply", {"key": "k", "do": "send"}),
    "note": ("note", {"key": "k"}),
    "release": ("release_why", {}),
    "transfer": ("transfer_why", {"transfer_queue": "complaints"}),
    "close": ("close_note", {"close_reason": "answered", "should_have_answered": "no"}),
}


@pytest.mark.parametrize("move", TEXTS)
def test_no_field_runs_or_breaks_anything(made: Console, move: str) -> None:
    field, others = TEXTS[move]
    case = made.centre.waiting()
    with made.adviser() as ann:
        ann.send(case, "claim")
        case = made.centre.now(case)
        if move != "close":
            assert ann.send(case, move, **others, **{field: " \r\n "}).status_code == 422
        long = ann.send(case, move, **others, **{field: "é" * 5_001})
        assert long.status_code == 422
        assert "characters" in seen(long.text)
        assert "é" * 5_001 in long.text
        assert made.centre.now(case) == case
        huge = ann.send(case, move, **others, **{field: "a" * 70_000})
        assert huge.status_code == 413
        sent = ann.send(case, move, **others, **{field: SCRIPT})
        assert sent.status_code == 303
        page = ann.page(f"/staff/cases/{case.id}")
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("version", ["", "-1", "x", "1.0", "²", "9" * 12, "9" * 10, SCRIPT, "\x00"])
def test_a_version_that_never_was_moves_nothing(made: Console, version: str) -> None:
    case = made.centre.waiting()
    with made.adviser() as ann:
        answer = ann.send(case, "claim", version=version)
        assert answer.status_code == 409
        assert made.centre.now(case) == case


def test_wrong_types_files_and_missing_fields_move_nothing(made: Console) -> None:
    case = made.centre.claimed()
    with made.adviser("Sue Su", Role.SUPERVISOR) as sue:
        for move in (*TEXTS, "hand-over", "propose-close", "decline-close", "reopen", "reveal"):
            answer = sue.send(case, move)
            assert answer.status_code in {409, 422}, (move, answer.status_code)
        url = f"/staff/cases/{case.id}/reply"
        data = {"form_token": sue.token, "version": str(case.version)}
        answer = sue.http.post(url, data=data, files={"reply": ("a.txt", b"words")})
        assert answer.status_code in {400, 422}
        answer = sue.http.post(url, json={"reply": "words"})
        assert answer.status_code == 403
        assert made.centre.now(case) == case
        for unknown in ("nothing", "%00", "..%2F..%2Fetc", "x" * 3_000):
            assert sue.http.get(f"/staff/cases/{unknown}").status_code == 404


def test_a_deleted_conversation_is_gone_from_the_console(made: Console) -> None:
    case = made.centre.waiting("How can I renew my passport?")
    with made.adviser() as ann:
        ann.send(case, "claim")
        case = made.centre.now(case)
        made.centre.world.assistant.erase(case.conversation_id)
        gone = ann.http.get(f"/staff/cases/{case.id}")
        assert gone.status_code == 404
        assert "deleted it" in seen(gone.text)
        assert ann.send(case, "reply", key="k", reply="Hello", do="send").status_code == 404
        assert f"/staff/cases/{case.id}" not in ann.page("/staff/cases")


def test_a_citizens_message_to_a_person_is_shown_once_and_masked(made: Console) -> None:
    case = made.centre.waiting("How can I renew my passport?")
    with made.adviser() as ann:
        ann.send(case, "claim")
        case = made.centre.now(case)
        ann.send(case, "reply", key="k", reply="Who are you?", do="send")
        text = RawText(f"{SCRIPT} call 07700 900123")
        made.centre.world.assistant.ask(case.conversation_id, text, "w")
        html = ann.page(f"/staff/cases/{case.id}")
        assert html.count("&lt;script&gt;alert") == 1
        assert "07700" not in html
        assert "<script>alert" not in html


def test_who_else_looks_is_said_and_forgotten(made: Console) -> None:
    case = made.centre.waiting()
    with made.adviser() as ann, made.adviser("Bob Bee") as bob:
        assert "Also looking Nobody else" in seen(ann.page(f"/staff/cases/{case.id}"))
        assert "Also looking Ann" in seen(bob.page(f"/staff/cases/{case.id}"))
        assert "Also looking Bob" in seen(ann.page(f"/staff/cases/{case.id}"))
        made.centre.world.clock.pass_(seconds=61)
        assert "Also looking Nobody else" in seen(ann.page(f"/staff/cases/{case.id}"))
        assert made.contact.presence.forget_old() == 1


def test_duty_decides_who_is_there(made: Console) -> None:
    def there(queue: str = "general") -> list[tuple[int, int]]:
        with made.centre.world.database.read() as connection:
            return [(each.cases, each.most) for each in made.contact.on_duty(connection, queue)]

    with made.adviser() as ann:

        def go_on(**fields: object) -> int:
            return ann.http.post(
                "/staff/duty", data={"form_token": ann.token, **fields}
            ).status_code

        for most in ("0", "21", "", "x", "²", "-1", "9999", SCRIPT):
            assert go_on(queue=["general"], most=most) == 422
        for queue in ([], ["nothing"], ["general", SCRIPT]):
            assert go_on(queue=queue, most="2") == 422
        assert there() == []
        assert go_on(queue=["general", "welsh"], most="2") == 303
        assert there() == there("welsh") == [(0, 2)]
        assert there("safeguarding") == []
        case = made.centre.waiting()
        ann.send(case, "claim")
        assert there() == [(1, 2)]
        made.centre.world.clock.pass_(minutes=14)
        ann.page("/staff/cases")
        made.centre.world.clock.pass_(minutes=14)
        assert there() == [(1, 2)]
        made.centre.world.clock.pass_(minutes=2)
        assert there() == []
        ann.page("/staff/cases")
        assert there() == []
        assert go_on(queue=["general"], most="1") == 303
        assert there() == [(1, 1)]
        assert ann.http.post("/staff/duty/off", data={"form_token": ann.token}).status_code == 303
        assert there() == []
        go_on(queue=["general"], most="1")
        with made.centre.world.database.write() as connection:
            gone = update(accounts).where(accounts.c.id == ann.id)
            connection.execute(gone.values(disabled_at="2026-03-02T12:00:00Z"))
        assert there() == []


def test_overdue_cases_end_by_themselves(made: Console) -> None:
    case = made.centre.replied()
    made.centre.world.clock.pass_(days=15)

    def fails() -> int:
        raise DatabaseUnavailable("busy")

    ended: list[int] = []
    done = threading.Event()

    def expire() -> int:
        ended.append(made.centre.cases.expire_overdue())
        if len(ended) == 2:
            done.set()
        return ended[-1]

    with Upkeep({"fails": fails, "ends": expire}, every=0.01):
        assert done.wait(10)
    assert ended[:2] == [1, 0]
    assert made.centre.now(case).status is Status.EXPIRED


def test_a_busy_database_is_said_in_words(made: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.database.BUSY_SECONDS", 0.05)
    case = made.centre.waiting()
    with made.adviser() as ann:
        ann.page("/staff/cases")
        world = made.centre.world
        with world.database.write():
            answer = ann.send(case, "claim")
        assert answer.status_code == 503
        assert "The console is busy" in answer.text
        assert answer.headers["retry-after"] == "5"

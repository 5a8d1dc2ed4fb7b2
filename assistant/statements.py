"""The statements over conversations and turns that every question runs, built once."""

from sqlalchemy import BindParameter, bindparam, func, insert, select, update

from assistant.storage import conversations, live, turns

_CONVERSATION: BindParameter[str] = bindparam("conversation")
_MINE = turns.c.conversation_id == _CONVERSATION

SELECT_CONVERSATION = select(conversations).where(conversations.c.id == _CONVERSATION)
LOCK_CONVERSATION = SELECT_CONVERSATION.with_for_update()

SELECT_TURN = select(turns).where(turns.c.id == bindparam("turn"), _MINE)
SELECT_TURNS = select(turns).where(_MINE).order_by(turns.c.position)
SELECT_RECORDED = SELECT_TURNS.where(
    turns.c.position >= bindparam("first"),
    turns.c.position < bindparam("before"),
    turns.c.record_id.is_not(None),
)
SELECT_BY_KEY = select(turns).where(_MINE, turns.c.idempotency_key == bindparam("key"))
SELECT_OVERDUE = select(turns).where(
    _MINE, turns.c.status == bindparam("status"), turns.c.answer_by < bindparam("now")
)
COUNT_TURNS = select(func.count()).select_from(turns).where(_MINE)
INSERT_TURN = insert(turns)
SETTLE_TURN = (
    update(turns)
    .where(turns.c.id == bindparam("turn"))
    .values(
        status=bindparam("new_status"),
        answered_at=bindparam("now"),
        record_id=bindparam("record"),
        outcome=bindparam("new_outcome"),
        reason=bindparam("new_reason"),
        sealed_question=None,
    )
)

SELECT_LIVE = select(live.c.version, live.c.state).order_by(live.c.version.desc()).limit(1)

"""The citizen's words once a person comes in: who has the conversation, messages, support needs."""

from assistant.policy.model import Strict
from assistant.policy.reaching import Said


class PersonWords(Strict):
    """Who has the conversation, and what comes of it. `{name}` is an adviser's first name."""

    reading_title: Said
    reading: Said
    held_title: Said
    held: Said
    ended_title: Said
    ended: Said
    expired: Said
    again: Said
    again_new: Said
    case: Said
    author: Said
    from_draft: Said
    joined: Said
    message_label: Said
    message_hint: Said
    send: Said
    check: Said
    region: Said
    ways: Said
    back: Said


class NeedsWords(Strict):
    """The support form. Each need has a line to tick and, where words help, a label for them."""

    title: Said
    intro: Said
    open: Said
    change: Said
    interpreter: Said
    interpreter_which: Said
    bsl: Said
    large_print: Said
    representative: Said
    representative_which: Said
    safe_times: Said
    safe_times_which: Said
    other: Said
    other_which: Said
    hint: Said
    missing_interpreter: Said
    missing_safe_times: Said
    missing_other: Said
    too_long: Said
    send: Said
    saved_title: Said
    saved: Said
    saved_none: Said
    no_case: Said

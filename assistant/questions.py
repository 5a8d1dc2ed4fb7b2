"""What counts as a question at all. Everything else about it is for the pipeline to say."""

from assistant.errors import QuestionInvalid
from assistant.text import RawText


def require_text(question: RawText) -> None:
    """Raise QuestionInvalid when there is nothing to answer, or it is not text."""
    if not question.strip():
        raise QuestionInvalid("Type your question, then send it.")
    require_readable(question)


def require_readable(text: RawText) -> None:
    """Raise QuestionInvalid when the text cannot be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise QuestionInvalid("The text has characters that cannot be read.") from error

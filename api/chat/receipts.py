"""A receipt as a download."""

from starlette.responses import PlainTextResponse


def receipt_file(text: str, turn_id: str) -> PlainTextResponse:
    """Return the receipt as a file with a name that says what it is."""
    safe = "".join(c for c in turn_id if c.isascii() and (c.isalnum() or c in "-_"))
    disposition = f'attachment; filename="receipt-{safe}.txt"'
    return PlainTextResponse(text, headers={"Content-Disposition": disposition})

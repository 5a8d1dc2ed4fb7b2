"""Raw and redacted text, told apart by type (invariant 4).

Whatever searches, asks a model or writes a log takes `RedactedText`; only `steps/redact.py` makes
one from `RawText`. Passing the wrong one does not type-check.
"""

from typing import NewType

RawText = NewType("RawText", str)
RedactedText = NewType("RedactedText", str)

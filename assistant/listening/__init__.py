"""Small models that hear in a question's vector what rules do not: trouble, and other subjects.

They decide nothing by themselves. How they were made, on what, and their limits: README.md.
"""

from assistant.listening.scope import ScopeModel, open_scope_model, write_scope_model
from assistant.listening.trouble import (
    Likely,
    TroubleModel,
    open_trouble_model,
    write_trouble_model,
)

__all__ = [
    "Likely",
    "ScopeModel",
    "TroubleModel",
    "open_scope_model",
    "open_trouble_model",
    "write_scope_model",
    "write_trouble_model",
]

"""What people decide about the assistant, as files they can read: see `docs/policy.md`."""

from assistant.policy.loading import Policy, load_policy
from assistant.policy.model import PersonalKind, PostcodeRule
from assistant.policy.wording import Wording

__all__ = ["PersonalKind", "Policy", "PostcodeRule", "Wording", "load_policy"]

"""Tell other systems and people what happens to cases, from the outbox, at least once."""

"""People take over where the assistant stops: cases, their moves, and what is announced of them."""

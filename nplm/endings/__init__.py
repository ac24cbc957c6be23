"""Words that a list ought to have, by the endings that its words exchange."""

"""From the lines of a corpus to ids, splits and examples."""

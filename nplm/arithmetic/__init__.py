"""The same bits on every processor, whatever the number of threads."""

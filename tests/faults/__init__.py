"""Faults: what stages do with bad parameters, corpora and damaged files."""

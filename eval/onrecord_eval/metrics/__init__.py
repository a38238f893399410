"""Counts and the figures drawn from them, for each task; they know nothing of corpora and models."""

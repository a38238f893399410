"""Runs over a folder: workers, progress, resuming, the final pass; what is found in an article is up to `pipeline`."""

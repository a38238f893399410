"""Scores the pipeline against labels: gold statements, public corpora, and benchmarks of speed and memory.

Builds on `onrecord`, which knows nothing of it; nothing here trains a model.
"""

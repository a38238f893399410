"""Soft labels: a larger quote model's probabilities for each token are written here; `quotes` learns from them."""

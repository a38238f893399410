"""Soft labels: what a larger quote model says of each token, for a smaller one to learn from."""

"""The networks and their weights: tensors in, token ranges or probabilities out; they know nothing of articles."""

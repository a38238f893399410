"""Training a finished model further on a user's own labels."""

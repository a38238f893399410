"""Training a finished model further on a user's own labels; it reads no corpora and starts no model from scratch."""

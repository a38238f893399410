"""The quote model: its settings, examples, losses, training and choice of decoding."""

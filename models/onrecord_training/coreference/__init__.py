"""The coreference model: its settings, questions, losses and training."""

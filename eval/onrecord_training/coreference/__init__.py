"""The coreference model: its settings, questions, losses and training; other models' training is not here."""

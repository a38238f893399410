"""The quote model: its settings, examples, losses, training and tuning; other models' training is not here."""

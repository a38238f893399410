"""The stance model: its settings, examples, losses, training and calibration; other models' training is not here."""

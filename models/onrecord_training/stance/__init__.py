"""The stance model: its settings, examples, losses, training and calibration."""

"""Statements in the formats of other tools, and corrected labels back from labelling tools; no model is run."""

"""Statements in the formats of other tools, and corrected labels back from those that people label with."""

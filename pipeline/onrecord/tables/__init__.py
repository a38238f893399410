"""Answers to queries as the terminal shows them; it counts nothing itself."""

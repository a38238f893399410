"""Targets of a stance: described by the user, or proposed from a collection; judging the stance is a stage."""

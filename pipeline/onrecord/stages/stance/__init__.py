"""The stance stage: where each statement's speaker stands on the targets that were asked for."""

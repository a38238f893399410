"""Quotations of a draft against what was said: transcripts, releases, articles. It loads no model."""

"""Readers of corpora, one module each: a corpus's own format in, articles and labels out. They score nothing."""

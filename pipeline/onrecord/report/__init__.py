"""The HTML report on a file of statements; it asks `queries` and computes no result of its own."""

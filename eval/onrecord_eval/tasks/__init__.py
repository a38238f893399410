"""Tasks, one module each: a part of the pipeline reads the items of a corpus and is scored; no files are read here."""

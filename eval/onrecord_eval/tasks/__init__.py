"""Tasks, one module each: a part of the pipeline is run on the items of a corpus and its answers are scored."""

"""Two versions of an article: which sources and statements were added, dropped, reworded. It loads no model."""

"""The networks that judge stances: one that reads the article, and classifiers of text pairs."""

"""Material that is made up: articles, people, words, and what a quote model might find in a text."""

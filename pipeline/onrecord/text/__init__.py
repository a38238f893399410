"""One text by itself: paragraphs, sentences, quotations, boilerplate, windows of tokens; neither files nor names."""

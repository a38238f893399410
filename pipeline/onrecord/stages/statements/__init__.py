"""The statements stage: from the token ranges of the quote model to statements; it does not ask who speaks."""

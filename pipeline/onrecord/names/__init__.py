"""Names and the words around them: forms, similarity, countries, occupations; nothing here looks at an article."""

"""What only a whole collection tells: people, clusters of statements, near duplicates; one article alone is `stages`."""

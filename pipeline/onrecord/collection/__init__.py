"""What only a whole collection tells: people, clusters of statements, near duplicates; single articles are `stages`."""

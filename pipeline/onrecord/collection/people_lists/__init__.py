"""Lists of people as they exist: each module reads one format into `entries.Listed`; none knows a collection."""

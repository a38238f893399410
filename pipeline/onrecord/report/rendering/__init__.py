"""Pages written by several processes at once. One process asks the store and hands out the work; what it hands out
holds all that a page shows, so that the pages are the same for any number of processes."""

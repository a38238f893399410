"""The command line: it parses, checks and prints; the work is done in the other rooms."""

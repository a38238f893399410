"""Questions to a file of statements, speakers and clusters with their counts; it changes and prints nothing."""

"""The parts of pages that there are hundreds of thousands of, written in Python: templates would take several times as
long. Every value is escaped here; whole pages are templates."""

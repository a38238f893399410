"""Formats in which a file is one article, one module each: from bytes to the article's text and what it says of itself.

Each has ``read(data, where)``, which raises ``InputError`` with one line. What a folder holds is not decided here.
"""

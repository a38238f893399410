"""From files or Python values to articles: text, encoding and language of each; articles are not analysed here."""

from onrecord.reading.articles import ArticleReader, read_article
from onrecord.reading.discovery import Found, discover, find_inputs
from onrecord.reading.encodings import decode
from onrecord.reading.inputs import File, Input, Member, ReadSettings
from onrecord.reading.language import detect_language

__all__ = [
    "ArticleReader",
    "File",
    "Found",
    "Input",
    "Member",
    "ReadSettings",
    "decode",
    "detect_language",
    "discover",
    "find_inputs",
    "read_article",
]

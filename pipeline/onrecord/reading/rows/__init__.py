"""Formats of many articles, one in each row: JSON lines and Parquet at positions, the others from their beginning.

A file is never in memory as a whole. Each of the others has ``rows(stream, where)``, which gives mappings with ``text``
or ``html`` and, if known, ``id``, ``title``, ``date``, ``outlet``, ``url`` and ``author``; or with whatever fields the
file has, if these are named by whoever made it.

The loaders of `datasets` cannot do this: one bad line ends their file, and a whole group of Parquet rows is in memory.
200 MB of articles took them 6 to 7 s and 340 to 780 MB of memory, half of both for imports; here it is 1.5 s and 27 MB
(JSON lines) or 120 MB (Parquet). `integrations.datasets.load_articles` streams what is read here as a dataset.
"""

from onrecord.reading.rows.base import Rows
from onrecord.reading.rows.finding import find_rows, first_row, open_rows

__all__ = ["Rows", "find_rows", "first_row", "open_rows"]

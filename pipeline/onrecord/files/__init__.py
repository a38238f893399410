"""The files onrecord writes and how they are written safely; nothing that reads or understands an article."""

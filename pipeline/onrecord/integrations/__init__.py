"""onrecord inside other libraries; only thin adapters, whose libraries are imported when they are used."""

"""onrecord inside other libraries; only thin adapters to `pipeline`, each importing its library when it is used."""

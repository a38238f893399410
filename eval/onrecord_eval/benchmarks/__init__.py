"""Benchmarks, one module each: ``python -m onrecord_eval.benchmarks.NAME`` measures something and prints a table.

`extraction` is what ``onrecord bench`` runs. The ``synthetic_…`` modules make what is measured on. Tests assert no
times; what depends on the machine is measured here.
"""

"""The transformers that all models have in them, as they are trained and as they are run; nothing of quotations.

They are BERT and MPNet, under the names that the weights have in the ``transformers`` library, which is not imported:
it takes longer to load than an article to read.
"""

"""From folders of trainings to a model folder that onrecord loads, with its model card; nothing is trained here."""

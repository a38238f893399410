"""How the networks of onrecord_models are trained: nothing here is needed to run them, and nothing else imports it."""

"""People and machines that may come in: users, second factors, tokens, secrets at rest."""

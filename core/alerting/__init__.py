"""Incidents and what follows from them: outbox, deliveries, silences, actions."""

"""The report on a history: its values, as text, as JSON and as a page that opens without a network."""

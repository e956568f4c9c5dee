"""From a published event to its rows: publisher, stream, writer."""

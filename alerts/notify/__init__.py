"""From incidents to messages: what is sent to whom, by which channel, and how that goes."""

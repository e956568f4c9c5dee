"""The events that the product takes in: their types, times, senders, buckets and security events."""

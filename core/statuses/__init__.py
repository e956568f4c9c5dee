"""Transaction statuses: what the process of that name, its command line and the entrance share."""

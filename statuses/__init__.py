"""The detector's process and command line: transaction statuses, watched by the minute."""

"""Files of status counts: which column is what, and what each row says."""

"""The arithmetic of the pages below Analytics, and their reads of sums that are kept."""

"""The page Exceptions: which bugs came, how often and where; and the page of one exception with its stack."""

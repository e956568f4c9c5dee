"""The page Performance: what every endpoint does and how long it takes; and the page of one endpoint."""

"""Files of rows and columns as tools really write them: one reader for training, drift, labels, replays, backtests."""

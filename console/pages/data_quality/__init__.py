"""The page Data quality: what models get against what they were trained on."""

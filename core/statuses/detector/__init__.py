"""The detector of status series: pure arithmetic over all series of a minute at once."""

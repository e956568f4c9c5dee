"""How a model is made: recipes, search, calibration, retraining."""

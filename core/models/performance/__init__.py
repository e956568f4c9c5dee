"""How good the model is: measured with intervals, estimated while labels are missing, blocked traffic weighted back.

Pure arithmetic: `interval` (Wilson), `calibration` (isotonic), `estimate` (confidence-based), `holdout` (inverse
probability). docs/performance.md explains what each number may be used for.
"""

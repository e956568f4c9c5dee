"""The arithmetic of the page Scorecard (C1): how stable, how sharp, how honest and how useful the scores are. Pure.

`score_bins` are the fine bins in which scores are kept; `stability` has PSI and CSI with critical values that know n,
`ranking` the Gini coefficient, `reliability` the calibration, `capture` the share of fraud in the top k a day, `swaps`
who would be decided differently, `overrides` people against the score, and `vintages` the chain ladder.
docs/scorecard.md has the formulas and their sources.
"""

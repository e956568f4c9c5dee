"""What fraud costs (N3): money saved, lost and wrongly blocked, and the cost of review; counted and estimated apart.

`regression` is the arithmetic of the estimates, `blocked` what blocked transactions really were (from the hold-out),
`late` the frauds whose label is still to come (from the delays of labels), `ledger` puts both beside what was counted,
`prices` what a fraud, a sale and a review cost. All pure; docs/fraud-cost.md explains the method and its sources.
"""

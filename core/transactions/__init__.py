"""Transactions: KPIs, policy versions, labels, review, thresholds, search, confusion matrix."""

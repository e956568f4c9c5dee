"""Files and stored predictions as tables: columns, categories, labels, splits."""

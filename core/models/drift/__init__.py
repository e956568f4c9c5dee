"""Whether today's data still looks like the data that the model learned from (M4, L7). Pure arithmetic on arrays.

`divergence` has the headline numbers over fixed bins, `window` all features of the live view in one pass; `columns`
reads values, `baseline` keeps a fitted reference, `significance` and `effect` test and measure a column, `judge` puts
them into a `report`, and `page` draws that for people. docs/drift.md explains the decisions.
"""

from core.models.drift.divergence import MINIMUM, kl, psi, status
from core.models.drift.window import FeatureDrift, Window

__all__ = ["MINIMUM", "FeatureDrift", "Window", "kl", "psi", "status"]

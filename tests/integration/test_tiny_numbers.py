"""Numbers too small for single precision: PostgreSQL refuses them in a parameter, so they must reach it as zero."""

import time

from core.db.engine import Database
from core.events.types import Heartbeat, Prediction
from core.pipeline.writer import Writer


def test_tiny_numbers_are_stored(db: Database) -> None:
    tiny = 6.276911449096019e-143
    writer = Writer(db, 0.7)
    stored = writer.store(
        [
            Prediction(
                id="a",
                timestamp=time.time(),
                transaction_id="a",
                score=tiny,
                decision="APPROVED",
                threshold=0.6,
                top_value=-tiny,
                latency_ms=tiny,
                feature_values=[tiny, None, 1.0],
                contribution_values=[tiny],
            ),
            Prediction(
                id="b",
                timestamp=time.time(),
                transaction_id="b",
                score=5e-324,
                decision="APPROVED",
                threshold=0.6,
                features={"x": tiny},
            ),
            Heartbeat(id="c", timestamp=time.time(), service="s", latency_ms=tiny),
        ],
        time.time(),
    )
    assert stored.new == 3

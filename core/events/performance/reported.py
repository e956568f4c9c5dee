"""What every report has in common: the service and the version that it is about."""

from typing import ClassVar

from core.events import endpoint_series
from core.events.base import Base


class Reported(Base, kw_only=True):
    """A report of a process. A sender outside is never taken for a process of ours: its service gets a prefix."""

    kept_by: ClassVar[str] = ""  # the setting of retention.toml that says for how many days it is kept
    service: endpoint_series.Word
    version: endpoint_series.Text = ""

    def complete(self) -> None:
        """Bring the parsed event into the form that is stored. Raises BadInput for fields that contradict each
        other.
        """

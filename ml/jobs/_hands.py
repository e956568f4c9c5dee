"""What the training worker's jobs share."""

from typing import NamedTuple

from core.settings import Settings
from core.stores import Stores
from ml.config import ModelConfig


class JobContext(NamedTuple):
    """The stores, the settings and the rules of training."""

    stores: Stores
    settings: Settings
    config: ModelConfig

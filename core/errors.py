"""The one exception tree. An edge catches `GatehouseError`; anything else is a bug."""


class GatehouseError(Exception):
    """Root of every error this product raises on purpose."""


class ConfigError(GatehouseError):
    """Environment or configuration files are wrong; `problems` names each one."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


class BadInput(GatehouseError):
    """What a caller sent is not acceptable; `field` is a JSON path such as `$.amount`."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}")


class Unreachable(GatehouseError):
    """A dependency does not answer; `dependency` is the name an operator knows it by."""

    dependency = "dependency"

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(f"{self.dependency} cannot be reached" + (f": {detail}" if detail else ""))


class DatabaseUnavailable(Unreachable):
    """PostgreSQL does not answer."""

    dependency = "postgres"


class RedisUnavailable(Unreachable):
    """Redis does not answer, or refuses writes."""

    dependency = "redis"


class RedisRefuses(RedisUnavailable):
    """Redis answers and refuses: full, read-only, busy, without a slot, and so on; `detail` begins with its code."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.args = (f"redis refuses: {detail}",)


class HttpUnavailable(Unreachable):
    """An HTTP peer does not answer, or answers with a server error."""

    dependency = "http"


class Refused(GatehouseError):
    """PostgreSQL refused the data itself; trying again cannot help."""


class StorageUnavailable(Unreachable):
    """Neither Redis nor PostgreSQL takes an event: the caller must try again."""

    dependency = "storage"


class ReadersBusy(Unreachable):
    """As many files are being read as this process reads at a time."""

    dependency = "file reader"


class DecryptionError(GatehouseError):
    """A sealed value was altered, or the key it was sealed with is not ours any more."""


class UntrustedModel(GatehouseError):
    """A registered model is not, or not provably, what was registered; it must not score."""

    def __init__(self, version: int, reason: str) -> None:
        self.version, self.reason = version, reason
        super().__init__(f"model {version} is refused: {reason}")

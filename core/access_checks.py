"""Which doors an installation may leave open: none but those of a machine of one's own."""

from collections.abc import Mapping

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def problems_of(value: Mapping[str, str]) -> list[str]:
    """What is wrong with the settings that say who gets in at all."""
    problems = []
    if value["GATEHOUSE_AUTH"] not in ("on", "off"):
        problems.append("GATEHOUSE_AUTH must be on or off")
    if value["GATEHOUSE_ENVIRONMENT"] not in ("", "development", "production"):
        problems.append("GATEHOUSE_ENVIRONMENT must be development or production")
    if value["GATEHOUSE_AUTH"] == "off" and value["GATEHOUSE_HOST"] not in LOOPBACK:
        problems.append("GATEHOUSE_AUTH may be off only while GATEHOUSE_HOST is a loopback address")
    return problems

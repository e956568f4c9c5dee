"""What Redis says when it refuses, as redis-py 8 hands it on; the texts are those of Redis 6.2, 7 and 8."""

import pytest
import redis
from redis import exceptions
from redis._parsers.base import BaseParser

from core.db import redis_refusals

SAID = [
    "OOM command not allowed when used memory > 'maxmemory'.",
    "READONLY You can't write against a read only replica.",
    "NOREPLICAS Not enough good replicas to write.",
    "NOPERM User default has no permissions to run the 'xadd' command",
    "NOAUTH Authentication required.",
    "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
    "LOADING Redis is loading the dataset in memory",
    "MISCONF Errors writing to the AOF file: No space left on device",
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    "CLUSTERDOWN Hash slot not served",
    "TRYAGAIN Multiple keys request during rehashing of slot",
    "DENIED Redis is running in protected mode because protected mode is enabled",
    "WRONGTYPE Operation against a key holding the wrong kind of value",
    "MOVED 3999 127.0.0.1:6381",
]
WITHIN = [
    ("ERR Error running script (call to f_0): @user_script:1: @user_script: 1: -OOM command not allowed when", "OOM"),
    (
        "ERR Error running script (call to f_0): @user_script:1: @user_script: 1: -MISCONF Redis is configured",
        "MISCONF",
    ),
    ("ERR The user executing the script can't run this command or subcommand", "NOPERM"),
    ("EXECABORT Transaction discarded because of: READONLY You can't write against a read only replica.", "READONLY"),
    ("ERR unknown command 'XADD', with args beginning with: ", "ERR"),
]
OTHERS = ["NOGROUP No such key", "BUSYGROUP Consumer Group name already exists", "ERR no such key", "ERR syntax error"]


@pytest.mark.parametrize("said", SAID)
def test_each_refusal_is_known_and_keeps_its_code(said: str) -> None:
    error = BaseParser.parse_error(said)
    code = said.split()[0]
    assert redis_refusals.code(error) == code
    assert redis_refusals.reason(error).split()[0] == code
    assert not redis_refusals.reason(error).endswith("."), "more is said behind it"


@pytest.mark.parametrize("said", SAID)
def test_a_pipeline_hides_none(said: str) -> None:
    if said.startswith("MOVED"):
        pytest.skip("a pipeline of one server")
    error = BaseParser.parse_error(said)
    redis.client.Pipeline.annotate_exception(None, error, 1, ("SET", "OOM x", "BUSY y"))  # type: ignore[arg-type]
    assert redis_refusals.code(error) == said.split()[0]
    assert "of pipeline" not in redis_refusals.reason(error)


@pytest.mark.parametrize(("said", "code"), WITHIN)
def test_scripts_and_transactions_hide_none(said: str, code: str) -> None:
    assert redis_refusals.code(BaseParser.parse_error(said)) == code


@pytest.mark.parametrize("said", OTHERS)
def test_other_errors_are_ours_to_handle(said: str) -> None:
    assert redis_refusals.code(BaseParser.parse_error(said)) == ""


def test_a_wrong_password_and_an_exhausted_cluster_are_named() -> None:
    wrong = BaseParser.parse_error("WRONGPASS invalid username-password pair or user is disabled.")
    assert redis_refusals.reason(wrong).startswith("WRONGPASS ")
    assert redis_refusals.reason(exceptions.ClusterError("TTL exhausted.")).startswith("TRYAGAIN ")

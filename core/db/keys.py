"""Every Redis key: its name or template, its type and its time to live.

The `{live}` tag keeps the keys of the live edge in one slot of a Redis Cluster.
"""

from hashlib import blake2b

# The event stream (stream): field `e` is a JSON list of events. Trimmed as it is stored. STREAM is its first shard; the
# others have slots of their own, so that a Redis Cluster spreads them. Of the tags that were tried these lie most
# evenly over 2, 3, 4 and 6 nodes that share the slots equally.
STREAM = "gatehouse:{live}:events"
STREAM_SHARD = "gatehouse:{ghd@shard}:events"
GROUP = "collector"

# Which life of a shard's Redis it is (string, never expires): absent after it was emptied.
INCARNATION = "gatehouse:{live}:incarnation"
INCARNATION_SHARD = "gatehouse:{ghd@shard}:incarnation"

# Ids of entries that are stored and acknowledged, for the process that published them (list, taken from as it reads).
CONFIRMED = "gatehouse:{live}:confirmed:{publisher}"
CONFIRMED_SHARD = "gatehouse:{ghd@shard}:confirmed:{publisher}"
CONFIRMED_TTL = 600

# What a process accepted and nobody stored yet (hash: keys of an entry's first event -> epoch milliseconds; no time to
# live, because it must outlast every outage: taken away with the acknowledgements, and when the process has ended).
ACCEPTED = "gatehouse:{live}:accepted:{publisher}"
ACCEPTED_SHARD = "gatehouse:{ghd@shard}:accepted:{publisher}"

# Which kinds of events each collector takes (hash: name of its consumer -> JSON of `at`, epoch ms, and `kinds`).
COLLECTOR_KINDS = "gatehouse:{live}:collector-kinds"
COLLECTOR_KINDS_TTL = 7 * 86400

# Whether a shard's Redis takes entries is found out here (stream of one entry).
WRITE_PROBE = "gatehouse:{live}:write-probe"
WRITE_PROBE_SHARD = "gatehouse:{ghd@shard}:write-probe"

# One slot of ten seconds (string, packed as core/events/time_buckets.py says), by epoch second of its start.
SLOT = "gatehouse:{live}:slot:{start}"
SLOT_TTL = 3 * 3600

# Says that every slot that is kept has been copied from PostgreSQL lately (string): gone when Redis was emptied.
SLOTS_WHOLE = "gatehouse:{live}:slots-whole"
SLOTS_WHOLE_TTL = 30

# The KPIs as four plain numbers (strings) for scripts, and the whole document (string, JSON).
PLAIN_KPIS = {
    "transactions_per_hour": "kpi:txn_per_hour",
    "fraud_rate": "kpi:fraud_rate",
    "api_latency_p95": "kpi:latency_p95",
    "revenue_per_hour": "kpi:revenue_per_hour",
}
KPIS = "gatehouse:{live}:kpis"
KPI_TTL = 3600

# Newest probe results (string, JSON: service -> result) and the newest sample of the host (string, JSON).
CHECKS = "gatehouse:{live}:checks"
HOST = "gatehouse:{live}:host"

# Policy in force and champion model (strings, JSON): hints that spare a query and expire soon; PostgreSQL decides.
POLICY = "gatehouse:{live}:policy"
CHAMPION = "gatehouse:{live}:champion"
HINT_TTL = 5

# The parts of the monitoring API as last computed, by range (hash: `m:<part>` -> version, times, digest,
# `b:<part>` -> JSON, `newest` -> the newest version given), and the lock while a part is computed (string).
SNAPSHOT = "gatehouse:{live}:snapshot:{range}"
SNAPSHOT_TTL = 3600
SNAPSHOT_ABSOLUTE_TTL = 120
PART_LOCK = "gatehouse:{live}:part-lock:{name}:{range}"
PART_LOCK_TTL = 5

# Blocked IPs (sorted set: IP -> epoch second of the end).
BLOCKED_IPS = "gatehouse:{live}:blocked-ips"

# The threat list (sorted sets: value -> epoch second of the end, inf for none) and its version (string).
THREATS = {"ip": "gatehouse:{live}:threat-ips", "wallet": "gatehouse:{live}:threat-wallets"}
# Of the addresses those that only follow from reports of others: our own door does not refuse them.
THREATS_REPORTED = "gatehouse:{live}:threat-ips-reported"
THREATS_VERSION = "gatehouse:{live}:threats-version"

# Names that callers sent and nothing knew, and features that they left out, by minute (hash: JSON of caller, kind, name
# and the nearest known name -> count; a name of '' counts requests, or names beyond those that are kept).
INPUT_NAMES = "gatehouse:{live}:input-names:{minute}"
INPUT_NAMES_TTL = 4 * 3600

# Counts of a source's minute as they came in lately (hash: status, code and dimensions, apart by a unit separator, ->
# count), for advice before they are stored and judged; the source by its digest.
STATUS_MINUTE = "gatehouse:{live}:status-minute:{source}:{minute}"
STATUS_MINUTE_TTL = 900

# The profile that was asked for of a service, while it is taken (string, JSON: id, rate, seconds; lives as long).
PROFILE_RUN = "gatehouse:{live}:profile-run:{service}"

# Requests counted against the limits of a minute (lists and counters of the `limits` library, by address).
LIMITS = "gatehouse:limit"

# Console sessions of a user (hash: id -> JSON). One key, so that each of their steps is one step.
SESSIONS = "gatehouse:sessions:{user}"
# A login that waits for its second factor, and the challenge of a passkey ceremony (strings, JSON), by digest.
CHALLENGE = "gatehouse:challenge:{digest}"
CHALLENGE_TTL = 300
PENDING = "gatehouse:pending:{digest}"
PENDING_TTL = 600

# One press of a button in the console (string): whatever is sent a second time changes nothing.
ONCE = "gatehouse:once:{digest}"
ONCE_TTL = 600

# Failed passwords by account, address or device (hash: n, until; or string). `{attempts}` keeps them in one slot.
ATTEMPTS = "gatehouse:{attempts}:{name}"


def profile_run(service: str) -> str:
    """Key of the profile that is being taken of a service."""
    return PROFILE_RUN.replace("{service}", service)


def stream(shard: int) -> str:
    """Key of a shard of the event stream, counted from 0."""
    return STREAM_SHARD.replace("@shard", str(shard)) if shard else STREAM


def incarnation(shard: int) -> str:
    """Key that says which life of a shard's Redis it is; in the shard's slot."""
    return INCARNATION_SHARD.replace("@shard", str(shard)) if shard else INCARNATION


def confirmed(shard: int, publisher: str) -> str:
    """Key of what a publisher's entries became; in the shard's slot."""
    name = CONFIRMED_SHARD.replace("@shard", str(shard)) if shard else CONFIRMED
    return name.replace("{publisher}", publisher)


def accepted(shard: int, publisher: str) -> str:
    """Key of what a publisher accepted and nobody stored yet; in the shard's slot."""
    name = ACCEPTED_SHARD.replace("@shard", str(shard)) if shard else ACCEPTED
    return name.replace("{publisher}", publisher)


def write_probe(shard: int) -> str:
    """Key by which it is found out whether a shard's Redis takes entries; in the shard's slot."""
    return WRITE_PROBE_SHARD.replace("@shard", str(shard)) if shard else WRITE_PROBE


def slot(start: int) -> str:
    """Key of the slot that starts at epoch second `start`."""
    return SLOT.replace("{start}", str(start))


def input_names(minute: int) -> str:
    """Key of what callers misnamed in the minute that starts at epoch second `minute`."""
    return INPUT_NAMES.replace("{minute}", str(minute))


def status_minute(source: str, minute: int) -> str:
    """Key of what a source said lately of a minute of the epoch."""
    digest = blake2b(source.encode(), digest_size=8).hexdigest()
    return STATUS_MINUTE.replace("{source}", digest).replace("{minute}", str(minute))


def snapshot(range_label: str) -> str:
    """Key of the computed parts of a range."""
    return SNAPSHOT.replace("{range}", range_label)


def part_lock(name: str, range_label: str) -> str:
    """Key of the lock of a part."""
    return PART_LOCK.replace("{name}", name).replace("{range}", range_label)


def sessions(user: int) -> str:
    """Key of a user's console sessions."""
    return SESSIONS.replace("{user}", str(user))


def challenge(digest: str) -> str:
    """Key of the challenge of a passkey ceremony."""
    return CHALLENGE.replace("{digest}", digest)


def once(digest: str) -> str:
    """Key of one press of a button in the console."""
    return ONCE.replace("{digest}", digest)


def pending(digest: str) -> str:
    """Key of a login that waits for its second factor."""
    return PENDING.replace("{digest}", digest)


def attempts(name: str) -> str:
    """Key of a counter of failed attempts."""
    return ATTEMPTS.replace("{name}", name)

"""The start of the local stack, step by step, from an empty directory to live traffic on the console.

Reads top-down as the story of `make run`; every step is safe to repeat, so a second start keeps the data and is quick.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core import process_tokens
from core import settings as known_settings
from core.db.engine import Database
from core.db.migrate import migrate
from core.db.redis_client import Live
from core.errors import DatabaseUnavailable, RedisUnavailable
from core.models import registry, roles
from core.settings import Settings
from stack import fake_receivers, ports, services
from stack.failure import StackError
from stack.home import Home
from stack.postgres import Postgres
from stack.progress import Progress
from stack.redis import Redis
from stack.supervisor import Supervisor

DURABLE = {"shared_buffers": "128MB", "max_connections": "100", "log_checkpoints": "off", "max_wal_size": "2GB"}


@dataclass
class Stack:
    """What a running stack consists of. `first_password` is the administrator's, only in the run that made it."""

    settings: Settings
    home: Home
    supervisor: Supervisor
    first_password: str = ""

    @property
    def url(self) -> str:
        """Where the console answers."""
        return f"http://{self.settings.host}:{self.settings.ports['console']}/admin/monitoring"


def start(stack: Stack) -> None:
    """Brings everything up. Raises StackError or OSError; the caller stops what had been started."""
    settings = stack.settings
    with_receivers = fake_receivers.wanted(settings, stack.supervisor.env)
    # Traffic before the workers: the first health check then finds the simulated services alive.
    before = [*services.entrances(settings), services.traffic(settings), *services.workers(settings)]
    progress = Progress(total=7 + len(before) + with_receivers)
    with progress.step(f"Directory {stack.home.path} and ports"):
        stack.home.open()
        stack.home.wait_for_leftovers()
        check_ports(settings, set() if with_receivers else set(fake_receivers.PORTS))
    with progress.step("PostgreSQL"):
        database = find_postgres(stack, progress.detail)
    with progress.step("Redis"):
        live = find_redis(stack, progress.detail)
    with progress.step("Database schema and secrets"):
        applied = migrate(database)
        progress.detail(f"applied {', '.join(applied)}" if applied else "the schema is up to date")
        prepare_secrets(stack, progress.detail)
        if with_receivers:
            before.insert(0, fake_receivers.prepare(settings, stack.home, stack.supervisor.env))
    publish_addresses(stack)
    with progress.step("Fraud model"):
        prepare_model(stack, database, live, progress.detail)
    for service in before:
        with progress.step(f"Starting the {service.title}"):
            stack.supervisor.start(service)
    with progress.step("History"):
        back_fill(stack, database, progress.detail)
    with progress.step("Starting the console"):
        stack.supervisor.start(services.console(settings))
    database.close()
    live.close()


def check_ports(settings: Settings, unused: set[str]) -> None:
    """Raises StackError naming the first port that somebody else listens on."""
    embedded = {"postgres": not settings.database_url, "redis": not settings.redis_url}
    for name, port in settings.ports.items():
        if name not in unused and embedded.get(name, True) and not ports.is_free(port):
            variable = f"GATEHOUSE_{name.upper()}_PORT"
            raise StackError(
                f"Port {port} is already in use. Stop the process that uses it or set {variable} to another port."
            )


def find_postgres(stack: Stack, tell: Callable[[str], None]) -> Database:
    """Uses the server of DATABASE_URL, else starts the embedded one. Raises StackError when it does not answer."""
    url = stack.settings.database_url
    if not url:
        password = stack.home.secrets()["postgres_password"]
        port = stack.settings.ports["postgres"]
        server = Postgres(stack.home.path / "postgres", port, password, stack.home.log("postgres"), DURABLE)
        stack.supervisor.add_server("PostgreSQL", server)
        url = server.url()
        tell(f"embedded, on port {port}")
    database = Database(url)
    try:
        database.ping()
    except DatabaseUnavailable as error:
        raise StackError(f"PostgreSQL (DATABASE_URL) does not respond: {error.detail or error}") from error
    stack.supervisor.env["DATABASE_URL"] = url
    return database


def find_redis(stack: Stack, tell: Callable[[str], None]) -> Live:
    """Uses the server of REDIS_URL, else starts the embedded one. Raises StackError when it does not answer."""
    url = stack.settings.redis_url
    if not url:
        password = stack.home.secrets()["redis_password"]
        port = stack.settings.ports["redis"]
        server = Redis(stack.home.path / "redis", port, password, stack.home.log("redis"))
        stack.supervisor.add_server("Redis", server)
        url = server.url()
        tell(f"embedded, on port {port}")
    live = Live(url)
    try:
        live.ping()
    except RedisUnavailable as error:
        raise StackError(f"Redis (REDIS_URL) does not respond: {error.detail or error}") from error
    stack.supervisor.env["REDIS_URL"] = url
    return live


def prepare_secrets(stack: Stack, tell: Callable[[str], None]) -> None:
    """Hands the processes their key, each its own token, and the console the administrator's password hash."""
    settings, env = stack.settings, stack.supervisor.env
    env.setdefault("GATEHOUSE_SECRET_KEY", stack.home.secrets()["secret_key"])
    own = stack.supervisor.own
    if not settings.internal_token and not settings.internal_callers:  # who brings tokens along shares out their own
        tokens = {name: stack.home.secrets()[f"{name}_token"] for name in process_tokens.SCOPES}
        env["GATEHOUSE_INTERNAL_CALLERS"] = process_tokens.listing(tokens)
        own |= {name: {"GATEHOUSE_OWN_TOKEN": token} for name, token in tokens.items()}
        own["backfill"] = own["simulator"]
    if settings.admin_password_hash:
        return
    if "admin_password_hash" not in stack.home.secrets():
        stack.first_password = stack.home.new_password()
        tell(f"first login: user {settings.admin_user}, password {stack.first_password} (shown only now)")
    own.setdefault("console", {})["GATEHOUSE_ADMIN_PASSWORD_HASH"] = stack.home.secrets()["admin_password_hash"]


def publish_addresses(stack: Stack) -> None:
    """Writes down where everything answers and by which secrets, for `python -m stack env`."""
    env, settings = stack.supervisor.env, stack.settings
    addresses = {"DATABASE_URL": env["DATABASE_URL"], "REDIS_URL": env["REDIS_URL"]}
    addresses |= {"GATEHOUSE_SECRET_KEY": env["GATEHOUSE_SECRET_KEY"]}
    shared = {name: env[name] for name in process_tokens.OPTIONAL if env.get(name)}
    addresses |= shared | stack.supervisor.own.get("simulator", {})  # what a terminal sends, it sends as the simulator
    addresses |= {"GATEHOUSE_API_URL": settings.api_url, "GATEHOUSE_SCORING_URL": settings.scoring_url}
    stack.home.publish(addresses | {"GATEHOUSE_RPC_URL": settings.rpc_url})


def prepare_model(stack: Stack, database: Database, live: Live, tell: Callable[[str], None]) -> None:
    """Trains a first champion and a first ensemble when the registry has none."""
    version = registry.champion(live, database)
    if version is not None and registry.role(database, roles.ENSEMBLE) is not None:
        tell(f"model {version} is the champion")
        return
    data = stack.home.path / "data" / "training.csv"
    tell("none yet, generating labelled transactions")
    stack.supervisor.run_job("dataset", services.simulator("dataset", data, "--seed", 1), tell)
    tell("training")
    stack.supervisor.run_job("training", services.ml("bootstrap", data), tell)


def back_fill(stack: Stack, database: Database, tell: Callable[[str], None]) -> None:
    """Fills 24 hours in full and 7 days for drift, once."""
    if stack.home.has("history"):
        tell("kept from earlier runs")
        return
    stack.supervisor.run_job("backfill", services.simulator("backfill", "--hours", 24, "--days", 7), tell)
    stack.home.note("history")


def assemble() -> Stack:
    """Reads the settings and wires a stack that has not started anything. Raises ConfigError."""
    settings = known_settings.load()
    home = Home(settings.data_dir)
    env = known_settings.inherited()
    env |= {"GATEHOUSE_DATA": str(home.path), "PYTHONUNBUFFERED": "1"}
    return Stack(settings, home, Supervisor(home, env))

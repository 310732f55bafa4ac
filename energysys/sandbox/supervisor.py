"""Start every process of EnergySys, keep it running, and stop it in order."""

import contextlib
import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from energysys.embedded import (
    DatabaseUrls,
    PostgresServer,
    RedisServer,
    erase_postgres,
    make_roles,
    start_child,
    start_postgres,
    start_redis,
    stop_child,
)
from energysys.sandbox.interruption import Interruption
from energysys.sandbox.options import DEFAULT_PASSWORD, Options, SandboxError, bracketed
from energysys.translations import compile_translations

PROJECT = Path(__file__).resolve().parents[2]
PEOPLE = ("super_admin", "nova_admin", "nova_analyst1", "bora_admin", "bora_analyst1")
READY_PATIENCE_S = 60.0
STOP_PATIENCE_S = 5.0
# A service that falls over more often than this, within a minute of a start, is broken.
RESTARTS = 2
LONGEST_LOG_BYTES = 10_000_000


@dataclass(eq=False)
class Service:
    name: str
    command: list[str]
    on_parent_death: signal.Signals
    child: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    pass_fds: list[int] = field(default_factory=list)


class Sandbox:
    def __init__(
        self, options: Options, listener: socket.socket, interruption: Interruption
    ) -> None:
        self.options = options
        self.folder = options.data_dir
        self.listener = listener
        self.interruption = interruption
        self.interruption.hasten = self.hasten
        self.postgres: PostgresServer | None = None
        self.redis: RedisServer | None = None
        self.preparation: subprocess.Popen[bytes] | None = None
        self.web = self.describe_web()
        self.services: list[Service] = []
        self.environment: dict[str, str] = {}

    def run(self) -> None:
        try:
            self.start()
            while True:
                self.look_after_children()
                time.sleep(0.2)
        finally:
            self.stop()

    def start(self) -> None:
        if self.options.fresh:
            self.erase()
        say(f"Starting EnergySys in {self.folder}")
        urls = self.database_urls()
        self.environment = self.make_environment(urls, self.redis_url())
        # Here, for a web process keeps the texts that it has begun with.
        compile_translations()
        mark = self.folder / "prepared"
        if mark.exists() and mark.read_text() == name_of_database(urls):
            # It was migrated before, so the web can start beside what little is left to prepare.
            self.start_service(self.web)
        self.prepare()
        mark.write_text(name_of_database(urls))
        if self.web.child is None:
            self.start_service(self.web)
        self.wait_until_ready()
        # Not earlier: they would compete with the web for the machine's few cores.
        for service in self.describe_celery():
            self.start_service(service)
        self.tell_how_to_log_in()

    def erase(self) -> None:
        erase_postgres(self.folder / "postgres")
        for name in ("redis", "static", "logs"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        (self.folder / "logs").mkdir(exist_ok=True)
        for pattern in ("celerybeat-schedule*", "prepared", "secret-key"):
            for path in self.folder.glob(pattern):
                path.unlink()

    def database_urls(self) -> DatabaseUrls:
        application = os.environ.get("DATABASE_URL")
        owner = os.environ.get("DATABASE_OWNER_URL")
        if application:
            return DatabaseUrls(application, owner) if owner else make_roles(application)
        self.postgres = start_postgres(self.folder / "postgres")
        if self.postgres.notice:
            say(self.postgres.notice)
        return make_roles(self.postgres.url(), "energysys")

    def redis_url(self) -> str:
        given = os.environ.get("REDIS_URL")
        if given:
            return given
        self.redis = start_redis(self.folder / "redis")
        return self.redis.url

    def make_environment(self, urls: DatabaseUrls, redis_url: str) -> dict[str, str]:
        environment = {
            **os.environ,
            "DATABASE_URL": urls.application,
            "DATABASE_OWNER_URL": urls.owner,
            "REDIS_URL": redis_url,
            "SECRET_KEY": os.environ.get("SECRET_KEY") or kept_secret(self.folder / "secret-key"),
            "DEBUG": "false",
            "SANDBOX": "true",
            "ALLOWED_HOSTS": self.allowed_hosts(),
            "STATIC_ROOT": str(self.folder / "static"),
            "PYTHONUNBUFFERED": "1",
        }
        # Web requests are narrowed to one organization, which this variable would undo.
        environment.pop("PGOPTIONS", None)
        if environment.pop("PYTHONDONTWRITEBYTECODE", None):
            # Without bytecode every process takes seconds longer, so it is kept away from the code.
            environment["PYTHONPYCACHEPREFIX"] = str(self.folder / "bytecode")
        return environment

    def allowed_hosts(self) -> str:
        hosts = ["localhost", "127.0.0.1", "[::1]", bracketed(self.options.host)]
        given = os.environ.get("ALLOWED_HOSTS")
        if given:
            hosts.append(given)
        elif self.options.host in ("0.0.0.0", "::"):
            # Whoever serves on every address cannot say which names lead here.
            hosts.append("*")
        return ",".join(hosts)

    def prepare(self) -> None:
        """Migrate and load the demo, and restart the web when it began with older static files."""
        manifest = self.folder / "static" / "staticfiles.json"
        before = manifest.read_bytes() if manifest.exists() else b""
        fresh = ["--fresh"] if self.options.fresh and self.postgres is None else []
        chosen = self.options.scenario
        scenario = [] if chosen is None else ["--scenario", chosen]
        self.preparation = start_child(
            [
                *(sys.executable, "manage.py", "prepare_sandbox"),
                *("--password", self.options.password, *fresh, *scenario),
            ],
            env=self.environment,
            cwd=PROJECT,
        )
        while (status := self.preparation.poll()) is None:
            self.look_after_children()
            time.sleep(0.05)
        if status:
            raise SandboxError(f"prepare_sandbox failed with status {status}; its output is above.")
        after = manifest.read_bytes() if manifest.exists() else b""
        if self.web.child and before != after:
            stop_child(self.web.child, signal.SIGTERM)
            self.start_service(self.web)

    def tell_how_to_log_in(self) -> None:
        is_default = self.options.password == DEFAULT_PASSWORD
        password = DEFAULT_PASSWORD if is_default else "the one you gave"
        say(f"Log in as {', '.join(PEOPLE[:-1])} or {PEOPLE[-1]}; the password is {password}.")
        say(f"Logs are in {self.folder / 'logs'}. Ctrl-C stops everything.")
        say(f"Ready: {self.options.url}")

    # Children

    def describe_web(self) -> Service:
        command = [
            *(sys.executable, "-m", "gunicorn", "energysys.wsgi"),
            *("--config", "python:energysys.serving"),
            *("--bind", f"fd://{self.listener.fileno()}"),
            *("--workers", "2", "--threads", "4"),
            # One import for both workers, and no control socket that two sandboxes would share.
            *("--preload", "--no-control-socket"),
            *("--access-logfile", "-", "--graceful-timeout", "3"),
            *(("--worker-tmp-dir", "/dev/shm") if os.access("/dev/shm", os.W_OK) else ()),
        ]
        return Service("web", command, signal.SIGQUIT, pass_fds=[self.listener.fileno()])

    def describe_celery(self) -> list[Service]:
        celery = [sys.executable, "-m", "celery", "-A", "energysys"]
        # Threads, because pool processes would outlive a worker that is killed.
        alone = ["--pool=threads", "--concurrency=2", "--without-mingle", "--without-gossip"]
        schedule = str(self.folder / "celerybeat-schedule")
        return [
            Service("worker", [*celery, "worker", *alone, "--loglevel=INFO"], signal.SIGKILL),
            Service("beat", [*celery, "beat", "--schedule", schedule], signal.SIGKILL),
        ]

    def start_service(self, service: Service) -> None:
        log = self.log_of(service)
        if log.exists() and log.stat().st_size > LONGEST_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        if service not in self.services:
            self.services.append(service)
        service.started_at = time.monotonic()
        service.child = start_child(
            service.command,
            log=log,
            env=self.environment,
            cwd=PROJECT,
            on_parent_death=service.on_parent_death,
            pass_fds=service.pass_fds,
        )

    def log_of(self, service: Service) -> Path:
        return self.folder / "logs" / f"{service.name}.log"

    def look_after_children(self) -> None:
        for name, server in (("PostgreSQL", self.postgres), ("Redis", self.redis)):
            if server and server.child.poll() is not None:
                raise SandboxError(f"{name} ended by itself, so everything stops.")
        for service in self.services:
            if service.child and service.child.poll() is not None:
                self.revive(service, service.child.returncode)

    def revive(self, service: Service, status: int) -> None:
        if time.monotonic() - service.started_at > 60:
            service.deaths = 0
        service.deaths += 1
        log = self.log_of(service)
        if service.deaths > RESTARTS:
            raise SandboxError(f"The {service.name} keeps ending, with status {status}: see {log}.")
        say(f"The {service.name} ended with status {status} and is started again; see {log}.")
        time.sleep(service.deaths)
        self.start_service(service)

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_PATIENCE_S
        while (answer := self.health()) != "200":
            self.look_after_children()
            if time.monotonic() > deadline:
                log = self.log_of(self.web)
                raise SandboxError(f"/health/ready still answers {answer}: see {log}.")
            time.sleep(0.05)

    def health(self) -> str:
        connection = http.client.HTTPConnection(self.options.address, timeout=1)
        try:
            connection.request("GET", "/health/ready")
            return str(connection.getresponse().status)
        except (OSError, http.client.HTTPException):
            return "nothing"
        finally:
            connection.close()

    def stop(self) -> None:
        self.interruption.begin()
        say("Stopping.")
        self.listener.close()
        self.signal_services(signal.SIGTERM)
        deadline = time.monotonic() + STOP_PATIENCE_S
        for child in self.service_children():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
        self.signal_services(signal.SIGKILL)
        for server in (self.redis, self.postgres):
            if server:
                server.stop()

    def hasten(self) -> None:
        """Wait for no request, task or checkpoint any more; what was committed stays."""
        self.signal_services(signal.SIGKILL)
        if self.postgres:
            self.postgres.child.send_signal(signal.SIGQUIT)

    def signal_services(self, number: signal.Signals) -> None:
        for child in self.service_children():
            if child.poll() is None:
                os.killpg(child.pid, number)

    def service_children(self) -> list[subprocess.Popen[bytes]]:
        found = [self.preparation, *(service.child for service in self.services)]
        return [child for child in found if child]


def kept_secret(path: Path) -> str:
    if not path.exists():
        unfinished = path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        unfinished.replace(path)
    return path.read_text()


def name_of_database(urls: DatabaseUrls) -> str:
    """Which database it is, without its password."""
    parts = urlsplit(urls.application)
    return f"{parts.netloc.rpartition('@')[2]}{parts.path}?{parts.query}"


def say(sentence: str) -> None:
    # The reader may be gone: when uv is killed, so is the terminal's end of the pipe.
    with contextlib.suppress(OSError):
        print(sentence, flush=True)

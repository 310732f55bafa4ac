"""The embedded servers; they need no settings, so `pytest -p no:django` runs these too."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import environ
import kombu
import psycopg
import pytest
import redis
from psycopg.conninfo import conninfo_to_dict

from energysys import embedded
from energysys.embedded import children, quarters
from energysys.embedded import postgres as postgres_module

PROJECT = Path(__file__).resolve().parents[2]
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become someone else")

START_AND_WAIT = """
import pathlib, sys, time
from energysys import embedded
directory = pathlib.Path(sys.argv[1])
postgres = embedded.start_postgres(directory / "postgres")
redis = embedded.start_redis(directory / "redis")
print(postgres.url(), postgres.child.pid, redis.child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.PostgresServer]:
    directory = tmp_path_factory.mktemp("Büyük Veri")
    server = embedded.start_postgres(directory, durable=False)
    yield server
    server.stop()


def value(url: str, query: str) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(*pids: int) -> bool:
    deadline = time.monotonic() + 5
    while any(map(is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(map(is_running, pids))


def test_killed_parent_takes_its_servers_along_and_loses_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT, tmp_path], cwd=PROJECT, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        url, *pids = parent.stdout.readline().decode().split()
        execute(url, "CREATE TABLE kept AS SELECT 1 AS plant")
        parent.kill()
    assert wait_until_gone(*map(int, pids))

    server = embedded.start_postgres(tmp_path / "postgres")

    try:
        assert value(server.url(), "SELECT plant FROM kept") == 1
    finally:
        server.stop()


def test_killed_postgres_starts_again_though_its_pid_lives_on_in_another_process(
    tmp_path: Path,
) -> None:
    server = embedded.start_postgres(tmp_path, durable=False)
    server.child.kill()
    server.child.wait()
    pid_file = tmp_path / "cluster" / "postmaster.pid"
    _, *others = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getppid()), *others]))

    server = embedded.start_postgres(tmp_path, durable=False)

    assert value(server.url(), "SELECT 1") == 1
    server.stop()
    assert not is_running(server.child.pid)


def test_second_postgres_on_the_same_data_is_refused(
    postgres: embedded.PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "LOCK_PATIENCE_S", 0.1)

    with pytest.raises(embedded.EmbeddedError, match=r"is in use by another process\.$"):
        embedded.start_postgres(postgres.quarters.directory, durable=False)

    assert value(postgres.url(), "SELECT 1") == 1


def test_postgres_that_somebody_started_by_hand_is_not_doubled(tmp_path: Path) -> None:
    cluster = tmp_path / "cluster"
    cluster.mkdir()
    # A postmaster can be told by its working directory, which is all that this one has of it.
    with subprocess.Popen(["sleep", "60"], cwd=cluster) as by_hand:
        (cluster / "postmaster.pid").write_text(f"{by_hand.pid}\n")

        with pytest.raises(
            embedded.EmbeddedError, match=rf"runs on .* as process {by_hand.pid}\.$"
        ):
            postgres_module.forget_dead_postmaster(cluster)

        by_hand.kill()
    assert (cluster / "postmaster.pid").exists()


def test_initdb_that_was_interrupted_is_repeated(tmp_path: Path) -> None:
    (tmp_path / "cluster.new").mkdir()
    (tmp_path / "cluster.new" / "PG_VERSION").write_text("18")

    server = embedded.start_postgres(tmp_path, durable=False)

    assert value(server.url(), "SELECT 1") == 1
    server.stop()


def test_data_of_another_postgres_version_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "cluster").mkdir()
    (tmp_path / "cluster" / "PG_VERSION").write_text("12\n")

    with pytest.raises(embedded.EmbeddedError, match=r"was made by PostgreSQL 12, .*afresh\.$"):
        embedded.start_postgres(tmp_path, durable=False)


def test_url_leads_django_and_psycopg_to_the_same_socket(postgres: embedded.PostgresServer) -> None:
    url = postgres.url("energysys_app", "test database")

    django = environ.Env.db_url_config(url)
    libpq = conninfo_to_dict(url)

    assert django["OPTIONS"]["host"] == libpq["host"] == str(postgres.sockets)
    assert django["USER"] == libpq["user"] == "energysys_app"
    assert django["NAME"] == libpq["dbname"] == "test database"


def test_only_the_owner_of_the_server_can_reach_its_socket(
    postgres: embedded.PostgresServer,
) -> None:
    assert stat.S_IMODE(postgres.sockets.stat().st_mode) == 0o700
    assert value(postgres.url(), "SHOW listen_addresses") == ""


def test_postgres_knows_turkish_letters_and_utc(postgres: embedded.PostgresServer) -> None:
    assert value(postgres.url(), "SELECT upper('şğüöç')") == "ŞĞÜÖÇ"
    assert value(postgres.url(), "SHOW timezone") == "UTC"


@AS_ROOT
def test_root_without_user_namespaces_lends_postgres_a_folder_and_a_uid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(uid: int) -> None:
        raise PermissionError(1, "unshare")

    monkeypatch.setattr(quarters, "enter_user_namespace", refuse)
    # It is root's and its mode is 0700, as a clone in root's home would be.
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    try:
        server = embedded.start_postgres(closed / "postgres", durable=False)
        owner = Path(f"/proc/{server.child.pid}").stat().st_uid
        server.stop()
    finally:
        embedded.erase_postgres(closed / "postgres")

    assert owner == quarters.unprivileged_uid() != 0
    assert "its data is in /var/tmp/energysys-" in server.notice
    assert not server.quarters.directory.exists()


def test_owner_migrates_and_the_application_owns_nothing(postgres: embedded.PostgresServer) -> None:
    urls = embedded.make_roles(postgres.url(), "plants")

    execute(
        urls.owner,
        *(f"CREATE EXTENSION {name}" for name in ("btree_gist", "pg_trgm", "unaccent")),
        "CREATE TABLE plant (eic text)",
        "CREATE DATABASE test_plants",
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        execute(urls.application, "CREATE TABLE mine (eic text)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        execute(urls.application, "SELECT * FROM plant")
    assert embedded.make_roles(postgres.url(), "plants") == urls


def test_role_that_may_create_others_is_enough(postgres: embedded.PostgresServer) -> None:
    execute(
        postgres.url(),
        "CREATE ROLE hosting LOGIN CREATEROLE CREATEDB",
        "CREATE DATABASE hosted OWNER hosting",
    )

    urls = embedded.make_roles(postgres.url("hosting", "hosted"))

    assert (
        value(
            urls.owner,
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()",
        )
        == "hosted_owner"
    )
    assert value(urls.application, "SELECT current_user") == "hosted_app"


def test_roles_get_passwords_where_the_server_asks_for_them(
    postgres: embedded.PostgresServer,
) -> None:
    admin = postgres.url("postgres", "guarded").replace("@", ":s%C4%B1r@", 1)

    urls = embedded.make_roles(admin)

    application, owner = (
        conninfo_to_dict(url)["password"] for url in (urls.application, urls.owner)
    )
    assert application != owner
    assert len(str(application)) == 48
    assert embedded.make_roles(admin) == urls
    stored = (
        "SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = 'guarded_app'"
    )
    assert value(postgres.url(), stored) is True


def test_role_without_rights_is_told_what_to_set(postgres: embedded.PostgresServer) -> None:
    execute(postgres.url(), "CREATE ROLE lowly LOGIN CREATEDB")

    with pytest.raises(embedded.RolesRefusedError, match=r"^The role lowly .*DATABASE_OWNER_URL"):
        embedded.make_roles(postgres.url("lowly", "anything"))


def test_role_that_passes_row_level_security_is_never_the_applications(
    postgres: embedded.PostgresServer,
) -> None:
    execute(postgres.url(), "CREATE ROLE open_app LOGIN BYPASSRLS")

    with pytest.raises(embedded.RolesRefusedError, match=r"^The role open_app passes"):
        embedded.make_roles(postgres.url(), "open")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite:///plants.sqlite3", r"^DATABASE_URL must begin with postgresql://\.$"),
        ("postgres://a:geheim@[/energysys", r"^DATABASE_URL cannot be read"),
        ("postgres://a:geheim@h:p/energysys", r"^DATABASE_URL cannot be read|does not answer"),
        ("postgres://a@h", r"^The database name in DATABASE_URL must have"),
    ],
)
def test_url_of_something_else_is_refused_without_repeating_it(url: str, sentence: str) -> None:
    with pytest.raises(embedded.EmbeddedError, match=sentence) as refused:
        embedded.make_roles(url)

    assert "geheim" not in str(refused.value)


def test_unreachable_server_is_a_sentence() -> None:
    with pytest.raises(
        embedded.EmbeddedError, match=r"^The server in DATABASE_URL does not answer"
    ):
        embedded.make_roles("postgres://nobody@127.0.0.1:1/energysys")


def test_redis_answers_celery_and_redis_py(tmp_path: Path) -> None:
    server = embedded.start_redis(tmp_path / "Kuyruk 1")

    try:
        with (
            redis.Redis.from_url(server.client_url) as client,
            kombu.Connection(server.url) as queue,
        ):
            queue.SimpleQueue("hours").put("written")
            assert client.llen("hours") == 1
    finally:
        server.stop()
    assert not is_running(server.child.pid)


def test_socket_of_a_deep_folder_lives_in_a_short_private_one_until_the_stop(
    tmp_path: Path,
) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)

    server = embedded.start_redis(deep)

    assert len(os.fsencode(server.socket_path)) <= children.LONGEST_SOCKET_PATH
    assert stat.S_IMODE(server.socket_path.parent.stat().st_mode) == 0o700
    server.stop()
    assert not server.socket_path.parent.exists()


def test_socket_folder_of_a_killed_server_is_removed_by_the_next_start(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    killed = embedded.start_redis(deep)
    killed.child.send_signal(signal.SIGKILL)
    killed.child.wait()

    server = embedded.start_redis(deep)

    assert not killed.socket_path.parent.exists()
    server.stop()


def test_link_to_a_strange_folder_is_not_followed_when_sockets_are_removed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis" / "run").symlink_to(precious)

    embedded.start_redis(tmp_path / "redis").stop()

    assert precious.exists()


def test_children_are_refused_to_other_threads() -> None:
    refusals: list[RuntimeError] = []

    def start() -> None:
        try:
            embedded.start_child(["true"])
        except RuntimeError as error:
            refusals.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()

    assert [str(refusal) for refusal in refusals] == ["Start children from the main thread only."]


def test_importing_the_servers_loads_neither_django_nor_a_driver() -> None:
    script = (
        "import sys, energysys.sandbox; print({'django', 'psycopg', 'redis'} & set(sys.modules))"
    )

    said = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True
    )

    assert said.stdout.strip() == "set()"

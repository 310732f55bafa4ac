"""The two database roles: one owns and migrates, the other is the web's and owns nothing."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from energysys.embedded.children import EmbeddedError

if TYPE_CHECKING:
    import psycopg

LONGEST_DATABASE_NAME = 57
# What django-environ takes for PostgreSQL; libpq knows only the first two.
POSTGRES_SCHEMES = ("postgresql", "postgres", "psql", "pgsql")
# Without the parser's own words, which repeat the URL and with it the password.
UNREADABLE = "DATABASE_URL cannot be read as a PostgreSQL address."
# Two starts at once would otherwise alter the same role.
ROLES_LOCK = 0x454E5359


class RolesRefusedError(EmbeddedError):
    """The role in DATABASE_URL may not make the two roles of EnergySys."""


@dataclass(frozen=True)
class DatabaseUrls:
    """What DATABASE_URL and DATABASE_OWNER_URL should be."""

    application: str
    owner: str


def make_roles(admin_url: str, database: str = "") -> DatabaseUrls:
    """Make, or find, the database (default: the one in the URL) and its two roles.

    The URL is a superuser's, or that of a role with CREATEROLE and CREATEDB. Where that role has
    a password the two get passwords derived from it, so nobody has to keep them and every caller
    with the same URL gets the same answer.
    """
    import psycopg  # It takes a tenth of a second to load, which `--help` need not wait for.

    database = database or unquote(read_url(admin_url).path[1:])
    if not 0 < len(database.encode()) <= LONGEST_DATABASE_NAME:
        raise EmbeddedError(
            f"The database name in DATABASE_URL must have 1 to {LONGEST_DATABASE_NAME} bytes."
        )
    owner, application = f"{database}_owner", f"{database}_app"
    with connect(admin_url, database) as connection:
        secret = connection.info.password
        passwords = {role: derived_password(secret, role) for role in (owner, application)}
        try:
            connection.execute("SELECT pg_advisory_lock(%s)", [ROLES_LOCK])
            refuse_without_rights(connection)
            make_role(connection, owner, "CREATEDB", passwords[owner])
            make_role(connection, application, "NOCREATEDB", passwords[application])
            make_database(connection, database, owner, application)
        except psycopg.errors.InsufficientPrivilege as error:
            raise RolesRefusedError(refusal(connection.info.user)) from error
    return DatabaseUrls(
        application=url_of(admin_url, application, passwords[application], database),
        owner=url_of(admin_url, owner, passwords[owner], database),
    )


def read_url(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise EmbeddedError(UNREADABLE) from error
    if parts.scheme not in POSTGRES_SCHEMES:
        raise EmbeddedError("DATABASE_URL must begin with postgresql://.")
    return parts


def connect(admin_url: str, database: str) -> "psycopg.Connection[tuple[Any, ...]]":
    import psycopg

    conninfo = "postgresql://" + admin_url.partition("://")[2]
    # The database may not exist yet, and a hosted server may not let us into `postgres`.
    try:
        return psycopg.connect(conninfo, dbname="postgres", autocommit=True)
    except psycopg.ProgrammingError as error:
        raise EmbeddedError(UNREADABLE) from error
    except psycopg.OperationalError:
        pass
    try:
        return psycopg.connect(conninfo, dbname=database, autocommit=True)
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise EmbeddedError(f"The server in DATABASE_URL does not answer: {reason}") from error


def refuse_without_rights(connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
    row = connection.execute(
        "SELECT rolsuper OR (rolcreaterole AND rolcreatedb) FROM pg_roles"
        " WHERE rolname = current_user"
    ).fetchone()
    if row is None or not row[0]:
        raise RolesRefusedError(refusal(connection.info.user))


def refusal(role: str) -> str:
    return (
        f"The role {role} in DATABASE_URL may not make the roles and the database of EnergySys:"
        " give it CREATEROLE and CREATEDB and the database, or set DATABASE_OWNER_URL too."
    )


def make_role(
    connection: "psycopg.Connection[tuple[Any, ...]]", role: str, right: str, password: str
) -> None:
    from psycopg import sql

    name = sql.Identifier(role)
    found = connection.execute(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [role]
    ).fetchone()
    if found is None:
        connection.execute(sql.SQL("CREATE ROLE {}").format(name))
    elif found[0]:
        raise RolesRefusedError(f"The role {role} passes row-level security: drop or rename it.")
    connection.execute(sql.SQL("ALTER ROLE {} LOGIN {}").format(name, sql.SQL(right)))
    if password:
        # Hashed here, so that it never appears in the server's log.
        verifier = connection.pgconn.encrypt_password(
            password.encode(), role.encode(), b"scram-sha-256"
        ).decode()
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(verifier)))


def make_database(
    connection: "psycopg.Connection[tuple[Any, ...]]", database: str, owner: str, application: str
) -> None:
    from psycopg import sql

    names = {
        "database": sql.Identifier(database),
        "owner": sql.Identifier(owner),
        "application": sql.Identifier(application),
    }
    found = connection.execute(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [database]
    ).fetchone()
    if found != (owner,):
        # Only a member may give something to a role; superusers are members of all.
        statement = "GRANT {owner} TO CURRENT_USER"
        connection.execute(sql.SQL(statement).format(**names))
    if found is None:
        statement = "CREATE DATABASE {database} OWNER {owner} ENCODING 'UTF8' TEMPLATE template0"
        connection.execute(sql.SQL(statement).format(**names))
    elif found != (owner,):
        connection.execute(sql.SQL("ALTER DATABASE {database} OWNER TO {owner}").format(**names))
    connection.execute(sql.SQL("SET ROLE {owner}").format(**names))
    connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {database} TO {application}").format(**names)
    )
    connection.execute("RESET ROLE")


def derived_password(secret: str, role: str) -> str:
    """A password that only someone who knows the secret can find, slowly even when guessing."""
    if not secret:
        return ""
    return hashlib.scrypt(secret.encode(), salt=role.encode(), n=2**14, r=8, p=1, dklen=24).hex()


def url_of(url: str, role: str, password: str, database: str) -> str:
    parts = read_url(url)._replace(scheme="postgresql")
    login = quote(role, safe="") + (f":{quote(password, safe='')}" if password else "")
    address = parts.netloc.rpartition("@")[2]
    return urlunsplit(
        parts._replace(netloc=f"{login}@{address}", path=f"/{quote(database, safe='')}")
    )

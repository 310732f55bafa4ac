"""PostgreSQL and Redis as children of this process, and the two database roles.

The sandbox and the tests use it when no server is given. Nothing here imports Django, because
the settings can only be read once the servers have addresses.
"""

from energysys.embedded.children import (
    EmbeddedError,
    end_with_parent,
    sole_use_of,
    start_child,
    stop_child,
)
from energysys.embedded.postgres import PostgresServer, erase_postgres, start_postgres
from energysys.embedded.redis import RedisServer, start_redis
from energysys.embedded.roles import DatabaseUrls, RolesRefusedError, make_roles

__all__ = [
    "DatabaseUrls",
    "EmbeddedError",
    "PostgresServer",
    "RedisServer",
    "RolesRefusedError",
    "end_with_parent",
    "erase_postgres",
    "make_roles",
    "sole_use_of",
    "start_child",
    "start_postgres",
    "start_redis",
    "stop_child",
]

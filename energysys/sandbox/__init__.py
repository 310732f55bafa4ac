"""`manage.py sandbox`: all of EnergySys on one machine, from nothing, until Ctrl-C.

It runs before the settings can be read: it makes the servers and the secret they ask for.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace

from energysys.embedded import EmbeddedError
from energysys.sandbox.interruption import Interruption, end_with_uv
from energysys.sandbox.options import (
    SandboxError,
    claim,
    listen,
    read_options,
    refuse_open_password,
)
from energysys.sandbox.supervisor import Sandbox

__all__ = ["main"]


def main(arguments: Sequence[str]) -> int:
    options = read_options(arguments)
    interruption = Interruption()
    try:
        end_with_uv()
        refuse_open_password(options)
        with listen(options) as listener, claim(options.data_dir):
            options = replace(options, port=listener.getsockname()[1])
            Sandbox(options, listener, interruption).run()
    except KeyboardInterrupt:
        return 0
    except (EmbeddedError, SandboxError) as error:
        print(error, file=sys.stderr, flush=True)
        return error.status if isinstance(error, SandboxError) else 1
    except OSError as error:
        print(f"The sandbox cannot go on: {error}.", file=sys.stderr, flush=True)
        return 1
    return 0

#!/usr/bin/env python
"""The project's commands; `sandbox` runs before the settings are read, because it makes them."""

import os
import sys


def main() -> None:
    if sys.argv[1:2] == ["sandbox"]:
        from energysys import sandbox

        sys.exit(sandbox.main(sys.argv[2:]))

    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "energysys.settings")
    # Commands and workers act for every organization; only web requests are narrowed to one.
    os.environ.setdefault("PGOPTIONS", "-c energysys.tenant=all")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

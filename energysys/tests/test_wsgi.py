import os
import subprocess
import sys


def test_the_application_loads_by_itself_as_gunicorn_loads_it():
    """In a process of its own: imports that only work in the order of the tests fail here."""
    answer = subprocess.run(
        [sys.executable, "-c", "import energysys.wsgi"],
        env=os.environ | {"DEBUG": "false"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 0, answer.stderr


def test_a_weak_secret_key_stops_it():
    for key in ("", "short", "a" * 60, "django-insecure-" + "abcdefghij" * 6):
        answer = subprocess.run(
            [sys.executable, "-c", "import energysys.wsgi"],
            env=os.environ | {"DEBUG": "false", "SECRET_KEY": key},
            capture_output=True,
            text=True,
            check=False,
        )

        assert answer.returncode != 0
        assert "SECRET_KEY is missing or weak" in answer.stderr

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class EnergysysConfig(AppConfig):
    name = "energysys"


class Statics(StaticFilesConfig):
    """Leaves out what no page loads; compressing it took most of a first start."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*es-bundle*",
        "redoc",
        "package*.json",
        "node_modules",
    ]

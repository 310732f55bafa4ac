from axes.apps import AppConfig as AxesConfig
from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.utils.translation import gettext_lazy as _


class EnergysysConfig(AppConfig):
    name = "energysys"


class LoginLocks(AxesConfig):
    """django-axes under a name that Super Admins understand."""

    verbose_name = _("Login attempts and locks")


class Statics(StaticFilesConfig):
    """Leaves out what no page loads; compressing it took most of a first start."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*es-bundle*",
        "redoc",
        "package*.json",
        "node_modules",
    ]

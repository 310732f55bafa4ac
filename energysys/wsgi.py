"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from energysys.bodies import Unchunked

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "energysys.settings")

application = Unchunked(get_wsgi_application())

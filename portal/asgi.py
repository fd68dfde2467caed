"""The application for an ASGI server: settings from the environment, nothing else."""

import os

from portal.app import create_app
from portal.core.middleware import configure_logging
from portal.core.settings import read_settings

settings = read_settings(os.environ)
configure_logging(settings.log)
app = create_app(settings)

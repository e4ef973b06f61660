"""The WSGI entry point that Granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from gongyu.core.garbage import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongyu.config.settings")
application = get_wsgi_application()
settle()

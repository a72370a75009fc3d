"""The portal's pages as Django makes them, from the same queries; see benchmarks/floor.py.

`PORTAL_FLOOR` names the recorded pages. Runs in the virtual environment build/django, under
gunicorn, with the middleware of a new Django project, that of languages added, and a pool of
psycopg's. The statements go through a cursor; the first of them finds the session, so Django's own
users are not asked for. Each text between two tags is a value that Django's template escapes, as a
translated label or a column would be; the tags are fixed. So the page has the portal's own text.
"""
# mypy: ignore-errors

import html
import os
import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import brotli
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.shortcuts import render
from django.urls import re_path

from benchmarks.recorded_pages import load_pages

RECORDED = load_pages(Path(os.environ["PORTAL_FLOOR"]))
PAGE = "{% for tag, text in pieces %}{{ tag|safe }}{{ text }}{% endfor %}"
PIECE = re.compile(r"((?:<[^>]*>\s*)*)([^<]*)")


def _database():
    parts = urlsplit(RECORDED.dsn)
    session = " ".join(f"-c {name}={value}" for name, value in RECORDED.session.items())
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username,
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parse_qs(parts.query)["host"][0],
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 10}, "options": session},
    }


class Brotli:
    """Middleware: compresses as the portal does."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.content = brotli.compress(
            response.content, mode=brotli.MODE_TEXT, quality=7, lgwin=16
        )
        response["Content-Encoding"] = "br"
        response["Content-Length"] = str(len(response.content))
        return response


settings.configure(
    SECRET_KEY="a benchmark keeps no secrets",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": _database()},
    USE_TZ=True,
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    MESSAGE_STORAGE="django.contrib.messages.storage.cookie.CookieStorage",
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        f"{__name__}.Brotli",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.http.ConditionalGetMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [("django.template.loaders.locmem.Loader", {"page.html": PAGE})],
                    )
                ]
            },
        }
    ],
)


def _named(sql):
    """The statement with parameters as psycopg names them."""
    return re.sub(r"\$(\d+)", r"%(p\1)s", sql.replace("%", "%%"))


STATEMENTS = {
    address: [
        (_named(sql), {f"p{n}": value for n, value in enumerate(args, 1)})
        for sql, args in page.statements
    ]
    for address, page in RECORDED.pages.items()
}
PIECES = {
    address: [
        (tags, html.unescape(text)) for tags, text in PIECE.findall(page.body.decode()) if tags
    ]
    for address, page in RECORDED.pages.items()
}


def show(request):
    """Answer with the page."""
    for sql, values in STATEMENTS[request.path]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            cursor.fetchall()
    return render(request, "page.html", {"pieces": PIECES[request.path]})


urlpatterns = [re_path("", show)]
application = get_wsgi_application()

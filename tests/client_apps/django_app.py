"""A Django project in one file, as WSGI and as ASGI application."""

import django
import gatehouse_client
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import include, path, re_path


class Trouble(Exception):
    """What this application raises."""


def item(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(f"item {number}", status=201 if request.method == "POST" else 200)


def boom(request: HttpRequest) -> HttpResponse:
    raise Trouble("boom")


async def later(request: HttpRequest) -> HttpResponse:
    raise Trouble("later")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter([b"a", b"b"]))


def old(request: HttpRequest, year: str) -> HttpResponse:
    return HttpResponse(year)


shop = [path("<int:number>/buy/", item)]
urlpatterns = [
    path("", item, {"number": 0}),
    path("items/<int:number>/", item),
    path("boom/", boom),
    path("later/", later),
    path("stream/", stream),
    path("shop/", include(shop)),
    re_path(r"^old/(?P<year>[0-9]{4})/$", old),
]
settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="of a test",
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    LOGGING_CONFIG=None,
)
django.setup()
wsgi = gatehouse_client.bind(get_wsgi_application(), service="django-shop", interval=0.2)
asgi = gatehouse_client.bind(get_asgi_application(), service="django-shop", interval=0.2)

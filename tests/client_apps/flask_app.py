"""A Flask application, bound by one line."""

import os
from collections.abc import Iterator

import gatehouse_client
from flask import Blueprint, Flask, Response, abort, send_file


class Trouble(Exception):
    """What this application raises."""


app = Flask(__name__, static_folder=None)
shop = Blueprint("shop", __name__, url_prefix="/shop")


@app.get("/items/<int:number>")
def item(number: int) -> str:
    return f"item {number}"


@app.post("/items/<int:number>")
def change(number: int) -> tuple[str, int]:
    return "", 201


@app.get("/boom")
def boom() -> str:
    raise Trouble("boom")


@app.get("/handled")
def handled() -> str:
    raise KeyError("handled")


@app.errorhandler(KeyError)
def answer(error: KeyError) -> tuple[str, int]:
    return "sorry", 503


@app.get("/forbidden")
def forbidden() -> str:
    abort(403)


@app.get("/stream/<name>")
def stream(name: str) -> Response:
    def pieces() -> Iterator[str]:
        yield "a"
        if name == "broken":
            raise Trouble(name)
        yield "b"

    return Response(pieces())


@app.get("/file")
def file() -> Response:
    return send_file(__file__)


@app.get("/status")
def status() -> dict[str, object]:
    return {**gatehouse_client.status()._asdict(), "pid": os.getpid()}


@shop.get("/<slug>/buy")
def buy(slug: str) -> str:
    return slug


app.register_blueprint(shop)
gatehouse_client.bind(app, service="flask-shop", version="7", interval=0.2)

"""A FastAPI application with an included router, a mounted FastAPI, a mounted Starlette and a WebSocket."""

from collections.abc import AsyncIterator

import gatehouse_client
from fastapi import APIRouter, FastAPI, HTTPException, WebSocket
from fastapi.responses import StreamingResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route


class Trouble(Exception):
    """What this application raises."""


app = FastAPI()
gatehouse_client.bind(app, service="fast-shop", interval=0.2)  # before or after the routes
router = APIRouter(prefix="/shop")
inner = FastAPI()


@app.get("/items/{number}")
async def item(number: int) -> int:
    return number


@app.post("/items/{number}", status_code=201)
def change(number: int) -> int:
    return number


@app.get("/boom")
async def boom() -> None:
    raise Trouble("boom")


@app.get("/forbidden")
async def forbidden() -> None:
    raise HTTPException(403)


@app.get("/stream/{name}")
async def stream(name: str) -> StreamingResponse:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"a"
        if name == "broken":
            raise Trouble(name)
        yield b"b"

    return StreamingResponse(pieces())


@app.websocket("/socket")
async def socket(given: WebSocket) -> None:
    await given.accept()
    await given.close()


@router.get("/{slug}/buy")
async def buy(slug: str) -> str:
    return slug


@inner.get("/things/{number}")
async def thing(number: int) -> int:
    return number


async def leaf(request: Request) -> PlainTextResponse:
    return PlainTextResponse("leaf")


app.include_router(router, prefix="/v1")
app.mount("/inner", inner)
app.mount("/of/{tenant}", Starlette(routes=[Mount("/deep", routes=[Route("/leaf/{number:int}", leaf)])]))
star = gatehouse_client.bind(Starlette(routes=[Route("/leaf/{number:int}", leaf)]), service="star", interval=0.2)

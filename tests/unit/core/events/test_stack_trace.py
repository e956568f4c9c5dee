"""Stack traces of many languages as frames; what is none is nothing; hostile texts cost linear time."""

import time
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.events import stack_trace
from core.events.stack_trace import Frame, Thrown, is_own

JAVA = """Exception in thread "main" java.lang.IllegalStateException: no cart 12
\tat com.shop.Cart.total(Cart.java:42)
\tat app//com.shop.Checkout.lambda$pay$3(Checkout.java:7)
\tat java.base/java.lang.Thread.run(Thread.java:833)
Caused by: java.sql.SQLException: timeout
\tat com.shop.Db.query(Db.java:9)
\t... 12 more
"""
JAVASCRIPT = """TypeError: Cannot read properties of undefined (reading 'id')
    at Cart.total (/srv/app/dist/main.8fd12c3a.js:10:5)
    at async Promise.all (index 0)
    at /srv/app/cart.js:3:4
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5) {
  [cause]: Error: db down
    at connect (file:///srv/app/node_modules/pg/db.js:3:4)
"""
FIREFOX = """total@https://shop.example/main.js:10:5
@https://shop.example/main.js:99:1
"""
GO = """panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
panic({0x1, 0x2})
\t/usr/local/go/src/runtime/panic.go:884 +0x213
github.com/acme/shop/cart.(*Cart).Total(0xc000, 0x5)
\t/srv/shop/cart/cart.go:42 +0x1d
main.main.func1()
\t/srv/shop/main.go:10 +0x20
created by main.start
\t/srv/shop/main.go:8 +0x20

goroutine 6 [running]:
main.other()
\t/srv/other.go:1 +0x2
"""
NET = """System.InvalidOperationException: bad ---> System.IO.IOException: disk
   at Shop.Db.Read(String a) in C:\\src\\Db.cs:line 12
   --- End of inner exception stack trace ---
   at Shop.Cart.Total() in /src/Cart.cs:line 3
"""
RUBY = """/srv/app/cart.rb:12:in 'Cart#total': no cart (Shop::Broken)
\tfrom /srv/app/main.rb:3:in '<main>'
"""
PHP = """#0 /srv/app/Cart.php(42): Cart->total()
#1 {main}
"""


def short(found: list[Thrown]) -> list[tuple[str, str, list[str]]]:
    return [
        (one.type, one.message, [f"{frame.module or frame.file}:{frame.function}:{frame.line}" for frame in one.frames])
        for one in found
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (JAVA, [
            ("java.lang.IllegalStateException", "no cart 12", [
                "java.lang.Thread:run:833", "com.shop.Checkout:lambda$pay$3:7", "com.shop.Cart:total:42"]),
            ("java.sql.SQLException", "timeout", ["com.shop.Db:query:9"]),
        ]),
        (JAVASCRIPT, [
            ("TypeError", "Cannot read properties of undefined (reading 'id')", [
                "node:internal/process/task_queues:process.processTicksAndRejections:95", "/srv/app/cart.js::3",
                "/srv/app/dist/main.8fd12c3a.js:Cart.total:10"]),
            ("Error", "db down", ["file:///srv/app/node_modules/pg/db.js:connect:3"]),
        ]),
        (FIREFOX, [("", "", ["https://shop.example/main.js::99", "https://shop.example/main.js:total:10"])]),
        (GO, [("panic", "runtime error: index out of range [5] with length 3", [
            "main:main.func1:10", "github.com/acme/shop/cart:(*Cart).Total:42"])]),
        (NET, [("System.InvalidOperationException", "bad", ["Shop.Cart:Total:3"]),
               ("System.IO.IOException", "disk", ["Shop.Db:Read:12"])]),
        (RUBY, [("Shop::Broken", "no cart", ["/srv/app/main.rb:<main>:3", "/srv/app/cart.rb:Cart#total:12"])]),
        (PHP, [("", "", ["/srv/app/Cart.php:Cart->total:42"])]),
        ("no stack at all", []),
        ("", []),
    ],
    ids=["java", "javascript", "firefox", "go", "net", "ruby", "php", "words", "empty"],
)  # fmt: skip
def test_a_text_is_read_into_frames(text: str, wanted: list[tuple[str, str, list[str]]]) -> None:
    assert short(stack_trace.read(text)) == wanted


def test_python_reads_its_own_with_source_lines_and_causes() -> None:
    try:
        try:
            {}["cart"]
        except KeyError as error:
            raise ValueError("no: cart") from error
    except ValueError:
        outer, inner = stack_trace.read(traceback.format_exc())
    assert (outer.type, outer.message, inner.type, inner.message) == ("ValueError", "no: cart", "KeyError", "'cart'")
    assert outer.frames[0].source == 'raise ValueError("no: cart") from error'
    assert inner.frames[0].function == "test_python_reads_its_own_with_source_lines_and_causes"


@pytest.mark.parametrize(
    ("module", "file", "own"),
    [
        ("", "/usr/lib/python3.11/json/decoder.py", False), ("", "/app/.venv/site-packages/flask/app.py", False),
        ("", "node_modules/x/y.js", False), ("", "C:\\Python311\\Lib\\json\\decoder.py", False),
        ("java.util.List", "", False),
        ("org.springframework.web.Filter", "", False), ("net/http", "/usr/local/go/src/net/http/server.go", False),
        ("com.shop.Cart", "Cart.java", True), ("", "/srv/app/cart.py", True), ("javascript.own", "", True),
    ],
)  # fmt: skip
def test_libraries_are_known(module: str, file: str, own: bool) -> None:
    assert is_own(module, file) is own


@pytest.mark.parametrize(
    "text",
    [
        "    at " + "a" * 200_000, "\t/x.go:1\n" * 20_000, '  File "' + "x" * 200_000, "@" * 200_000, " " * 200_000,
        (" " * 1_999 + "\n") * 100, "at a.b(" * 30_000, ("at a." * 300 + "(\n") * 90, ("#1 a(1): " * 200 + "\n") * 100,
        "A: " * 60_000, ("a.rb:1:in '" * 150 + "\n") * 100, ("at <" + "." * 1_990 + "\n") * 100,
        ("Caused by: " * 180 + "\n") * 100, "goroutine 1 [\n" * 10_000,
    ],
)  # fmt: skip
def test_a_hostile_text_costs_little(text: str) -> None:
    began = time.process_time()
    stack_trace.read(text)
    assert time.process_time() - began < 2.0


@given(st.text(max_size=400), st.sampled_from([JAVA, JAVASCRIPT, GO, NET, RUBY]), st.integers(0, 300))
def test_any_text_is_read_without_an_error(noise: str, known: str, at: int) -> None:
    for one in stack_trace.read(known[:at] + noise + known[at:]):
        assert all(isinstance(frame, Frame) and frame.line >= 0 for frame in one.frames)

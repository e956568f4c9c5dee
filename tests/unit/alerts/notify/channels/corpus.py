"""Texts that strangers put into names, user agents, comments and details, and what must not come of them anywhere."""

LINKS = (
    "http://evil.example/x", "HTTPS://evil.example", "hxxp then ftp://evil.example", "www.evil.example", "evil.example",
    "evil.co.uk/path?a=b", "mail root@evil.example", "mailto:root@evil.example", "javascript:alert(1)",
    "data:text/html;base64,AAAA", "tel:+15005550006", "slack://open", "file:///etc/passwd", "203.0.113.7:8080/x",
    "evil\u3002example", "evil\uff0eexample", "\uff48ttp\uff1a//evil\uff0eexample",
    "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444",
    "xn--e1afmkfd.xn--p1ai", "http:\\\\evil.example", "[text](http://evil.example)",
    "<http://evil.example|Open the incident>",
    "<a href='http://evil.example'>x</a>", "http://user:pw@evil.example:80/", "//evil.example/x",
    "http://evil\u200b.example",
)  # fmt: skip
MARKS = (
    "*bold*", "_italic_", "~struck~", "`code`", "```block```", "**strong**", "__strong__", "# heading", "> quote",
    "&gt; quote", "<!channel>", "<!here>", "<@U123>", "<#C123>", "<!subteam^S1>", "<!date^1^{date}|x>", "<b>b</b>",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;b&gt;", "&amp;", "[a](b)",
    ":fire:", "a *b* c_d_e",
)  # fmt: skip
HIDDEN = (
    "\u202eevil", "\u2066x\u2069", "\u200bzero", "\ufeffbom", "\x1b[31mred\x1b[0m", "\x00nul", "\x07bell", "\x7f",
    "\x9b31m",
    "a\r\nBcc: all@evil.example", "a\nSubject: x", "a\rb", "a\u2028b", "a\u2029b", "a\x85b", "\U000e0041tag",
    "\ud800", "\udfff",
)  # fmt: skip
LONG = ("&" * 9000, "<" * 9000, "\U0001f600" * 9000, "*" * 9000, "a." * 4500, "\u202e" * 4000, "x" * 9000)
EVERY = LINKS + MARKS + HIDDEN + LONG
# What no receiver may get in words from outside, whatever it does with them.
BAD_CHARACTERS = {
    letter
    for run in ((0, 10), (11, 32), (127, 160), (0x202A, 0x202F), (0x2066, 0x206A), (0x200B, 0x200C), (0xD800, 0xE000))
    for letter in map(chr, range(*run))
} | {"\ufeff", "\u2028", "\u2029"}
BAD_LINK = r"(?i)(://|\b(mailto|javascript|data|tel|slack|file):\S|[^\W_]\.(example|com|co|uk|\u0440\u0444|xn--))"

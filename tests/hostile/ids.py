"""Ids of transactions as shops, gateways and people really write them, each of which is accepted: so each is found."""

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # one sign of five letters
IDS = (
    "gid://shop/OrderTransaction/b1-77", "INV/2026/b1-001", "b1?x=1#frag", "..", ".", "../x", "b1%2Fpct", "b1%00", "%",
    " b1-space ", "   ", "b1-caf\u00e9", "b1-nbsp\u00a0x", "b1-zwsp\u200bx", "b1-\U0001f39f\ufe0f",
    "b1-rtl\u202egnp", "b1-nel\u0085x", "b1-ls\u2028x", "b1-ps\u2029x", "/b1", "b1/", "//", "b1/similar", "similar",
    "one", "192.0.2.77", "::1", "b1+plus", "b1&amp;x", "b1\\x\\u202e", "b1'\"<b>x</b>", "b1,comma;semi", "=b1()",
    "null", "0", "@b1", "b1:port", "\ufeffb1", "b1\ue000", "b1" + "x" * 198, FAMILY * 40, "\U0001f600" * 200,
    "'" * 200, "&" * 200,
)  # fmt: skip

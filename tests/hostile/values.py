"""Values that strangers put where a value belongs: unstorable text, years beyond counting, odd numbers, odd JSON."""

VALUES: tuple[bytes, ...] = (
    b"", b" ", b"\0", b"a\0b", b"\\u0000", b"\\ud800", b"\xed\xa0\x80", b"\xff\xfe", b"\xc0\x80", b"a\r\nX-Injected: 1",
    b"\n", b"\r", b"\x01\x1f\x7f", "‮ ​é\U0001f600".encode(), b"'; DROP TABLE users; --", b"%00", b"{value:.1f % x",
    b"{0.__class__}", b"<script>alert(1)</script>", b"../../etc/passwd", b"*", b"%", b"_", b"\\", b'"', b"//host/x",
    b"0", b"-1", b"1", b"2", b"00000000000000000001", b"9" * 30, b"9" * 400, b"9" * 4400, b"-" + b"9" * 30,
    b"2147483648", b"9223372036854775808", b"1e400", b"-1e400", b"1e999999999", b"NaN", b"nan", b"Infinity", b"-inf",
    b"0x10", b"1_000", "٣".encode(), "²".encode(), b"1.5", b"0.5", b"1,5", b".", b"1e-400", b"true", b"null", b"[]",
    b"2026-11-28", b"2026-11-28T10:00", b"9999-12-31", b"9999-12-31T23:59:59-12:00", b"9999-12-31T23:59:59Z",
    b"0001-01-01T00:00:00+14:00", b"0001-01-01", b"0000-01-01", b"10000-01-01", b"2026-02-30", b"2026-12-31T23:59:60Z",
    b"2026-99-99", b"-9999-01-01", b"2026-11-28T10:00+25:00", b"2026-W01-1", b"24:00", b"99:99", b"1e20", b"1e15",
    b"90s", b"1e9d", b"99999999999h", b"6h", b"31d", b"admin", b"viewer", b"ip", b"fraud", b"legit", b"A1", b"x" * 300,
    b"a@b.c", b"192.0.2.1", b"::1", b"fe80::1%\0", b"eyJhIjoxfQ", b"W10", b"bnVsbA", b"WyJcdTAwMDAiLCJ4Il0",
)  # fmt: skip
JSON: tuple[bytes, ...] = (
    b"", b"null", b"1", b'"x"', b"[]", b"{}", b"[" * 100_000, b'{"a":' * 50_000, b"\xef\xbb\xbf{}", b"NaN", b"Infinity",
    b'{"output":NaN}', b'{"output":"\\u0000"}', b'{"output":"\\ud800"}', b'{"a":1e400}', b'{"a":' + b"9" * 5000 + b"}",
    '{"a":1}'.encode("utf-16"), b'{"a":1,"a":2}', b"[" + b"[]," * 300_000 + b"[]]", b'{"\xff":1}', b"{'a':1}", b"\0",
)  # fmt: skip

// The server's clock. The browser's is never asked: every answer carries the server's time (X-Now), and from there on the
// page counts by the monotonic timer, which no change of the clock moves.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    let base = NaN,
        at = 0,
        error = Infinity;

    // What the server said, for a moment between `sent` and `received` (performance.now). A finer measure replaces a
    // coarser one; so does one that contradicts it, as after a sleep in which the timer stood still.
    gh.heardTime = (millis, sent, received) => {
        if (!Number.isFinite(millis) || millis <= 0) return;
        const middle = (sent + received) / 2,
            wrong = (received - sent) / 2;
        const known = error + (middle - at) / 10000;
        if (wrong > known && Math.abs(base + middle - at - millis) <= wrong + known) return;
        [base, at, error] = [millis, middle, wrong];
    };
    gh.now = () => base + performance.now() - at;
    gh.day = () => (Number.isNaN(base) ? '' : new Date(gh.now()).toISOString().slice(0, 10));

    const page = performance.getEntriesByType('navigation')[0];
    gh.heardTime(
        Number(document.documentElement.dataset.now),
        page?.requestStart || 0,
        page?.responseStart || performance.now()
    );
})();

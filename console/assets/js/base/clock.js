// The server's clock. The browser's is never asked: every answer carries the server's time (X-Now), and from there on the
// page counts by the monotonic timer, which no change of the clock moves.
window.gh ||= {};
let base = NaN;
let at = 0;
let error = Infinity;

// What the server said, for a moment between `sent` and `received` (performance.now). A finer measure replaces a
// coarser one; so does one that contradicts it, as after a sleep in which the timer stood still.
gh.heardTime = (millis, sent, received) => {
    if (!Number.isFinite(millis) || millis <= 0) return;
    const middle = (sent + received) / 2;
    const wrong = (received - sent) / 2;
    const known = error + (middle - at) / 10000;
    if (wrong > known && Math.abs(base + middle - at - millis) <= wrong + known) return;
    [base, at, error] = [millis, middle, wrong];
};
gh.now = () => base + performance.now() - at;

const page = performance.getEntriesByType('navigation')[0];
const sent = page?.requestStart || 0;
gh.heardTime(Number(document.documentElement.dataset.now), sent, page?.responseStart || performance.now());

// The server's clock. The browser's is never asked: every answer carries the server's time (X-Now), and from there on the
// page counts by the monotonic timer, which no change of the clock moves; what a sleep stops of it the next answer mends.
window.gh ||= {};
let ahead = NaN;

// What the server said in an answer that began to come at a moment of that timer.
gh.heardTime = (millis, at = performance.now()) => {
    if (millis > 0) ahead = millis - at;
};
gh.now = () => ahead + performance.now();

const page = performance.getEntriesByType('navigation')[0];
gh.heardTime(Number(document.documentElement.dataset.now), page?.responseStart);

// The one request of a tick: asks for what changed since the cursor, after the last answer was used.
// Stops when hidden, paused or logged out; backs off to 30 s when the console does not answer; catches up on return.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const root = document.documentElement;
    const EVERY = 5000,
        ABORT = 4000,
        LONGEST = 30000;
    let cursor = 0,
        shown = '', // page and range that the cursor is of
        failures = 0,
        timer = 0,
        running = null;
    gh.link = { age: NaN, at: 0, asOf: '', down: [], failures: 0 };

    const wanted = () => `${root.dataset.page} ${gh.spanKey()}`;
    function url() {
        const span = gh.state.from ? { from: gh.state.from, to: gh.state.to } : { range: gh.state.range };
        const page = root.dataset.page === 'live' ? {} : { page: root.dataset.page };
        return `${gh.prefix}live?${new URLSearchParams({ ...page, ...span, since: cursor })}`;
    }
    // The milliseconds until the next look; below 0 for never.
    async function ask() {
        const mine = wanted();
        if (mine !== shown) [shown, cursor] = [mine, 0];
        const abort = (running = new AbortController());
        const limit = setTimeout(() => abort.abort(), gh.state.from ? 3 * ABORT : ABORT);
        try {
            const answer = await gh.get(url(), { signal: abort.signal });
            if (answer.status === 401) return -1;
            if (answer.status !== 200 && answer.status !== 304) throw new Error(`status ${answer.status}`);
            const body = answer.status === 200 ? await answer.json() : null;
            if (mine !== wanted()) return 0;
            const head = (name) => answer.headers.get(name) || '';
            const down = head('X-Down').split(', ').filter(Boolean);
            failures = 0;
            gh.link = { age: parseFloat(head('X-Age')), at: performance.now(), asOf: head('X-As-Of'), failures, down };
            if (body) {
                cursor = body.version;
                gh.take(body, gh.spanKey());
                if (!cursor) return 50;
            }
            const due = Number(head('X-Next'));
            return due > 0 ? due + Math.random() * 500 : EVERY * (0.9 + Math.random() * 0.2);
        } catch {
            if (running !== abort) return 0;
            failures += 1;
            gh.link.failures = failures;
            return Math.min(LONGEST, 1000 * 2 ** failures) * (0.9 + Math.random() * 0.2);
        } finally {
            clearTimeout(limit);
            if (running === abort) running = null;
        }
    }
    async function turn() {
        clearTimeout(timer);
        if (!gh.isLive() || document.hidden || gh.state.paused || gh.isOut() || running) return;
        const wait = await ask();
        gh.badge();
        clearTimeout(timer);
        const isFixed = gh.isAbsolute() && cursor && !failures;
        if (wait >= 0 && !isFixed) timer = setTimeout(turn, wait);
    }
    function stop() {
        clearTimeout(timer);
        const old = running;
        running = null;
        old?.abort();
    }
    gh.askNow = () => {
        stop();
        return turn();
    };
    gh.askWhole = () => {
        cursor = 0;
        setTimeout(gh.askNow, 50);
    };
    gh.startPolling = () => {
        gh.onWake(gh.askNow);
        gh.onLeave(stop);
        turn();
    };
})();

// The one request of a tick: asks for what changed since the cursor, after the last answer was used.
// Stops when hidden, paused or logged out; backs off to 30 s when the console does not answer; catches up on return.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const EVERY = 5000,
        ABORT = 4000,
        LONGEST = 30000;
    let cursor = 0,
        page = '',
        span = '',
        failures = 0,
        timer = 0,
        running = null,
        started = false;
    gh.link = { age: NaN, at: 0, asOf: '', down: [], failures: 0 };

    function url() {
        const q = gh.state.from ? { from: gh.state.from, to: gh.state.to } : { range: gh.state.range };
        return `${gh.prefix}live?${new URLSearchParams({ ...(page === 'live' ? {} : { page }), ...q, since: cursor })}`;
    }
    async function ask() {
        const wanted = gh.spanKey(),
            name = document.documentElement.dataset.page;
        if (wanted !== span || name !== page) {
            [span, page] = [wanted, name];
            cursor = 0;
        }
        const abort = new AbortController();
        running = abort;
        const limit = setTimeout(() => abort.abort(), gh.state.from ? 3 * ABORT : ABORT);
        try {
            const answer = await fetch(url(), {
                signal: abort.signal,
                cache: 'no-store',
                headers: { Accept: 'application/json' }
            });
            if (answer.status === 401) return -1;
            if (answer.status !== 200 && answer.status !== 304) throw new Error(`status ${answer.status}`);
            const body = answer.status === 200 ? await answer.json() : null;
            if (wanted !== gh.spanKey() || name !== document.documentElement.dataset.page) return 0;
            const head = (name) => answer.headers.get(name) || '';
            gh.link = {
                age: parseFloat(head('X-Age')),
                at: performance.now(),
                asOf: head('X-As-Of'),
                failures: 0,
                down: head('X-Down').split(', ').filter(Boolean)
            };
            failures = 0;
            if (body) {
                cursor = body.version;
                gh.take(body, wanted);
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
    const resting = () => !gh.isLive() || document.hidden || gh.state.paused || gh.isOut();
    async function turn() {
        clearTimeout(timer);
        if (resting() || running) return;
        const wait = await ask();
        gh.badge();
        if (wait < 0) return;
        clearTimeout(timer);
        const fixed = gh.isAbsolute() && cursor && !failures;
        if (!fixed) timer = setTimeout(turn, wait);
    }
    gh.askWhole = () => {
        cursor = 0;
        setTimeout(gh.askNow, 50);
    };
    gh.askNow = () => {
        if (running) {
            const old = running;
            running = null;
            old.abort();
        }
        clearTimeout(timer);
        return turn();
    };
    gh.startPolling = () => {
        if (started) return;
        started = true;
        document.addEventListener('visibilitychange', () => {
            clearTimeout(timer);
            if (!document.hidden) gh.askNow();
        });
        window.addEventListener('online', gh.askNow);
        gh.onReturn(gh.askNow);
        window.addEventListener('pageshow', (event) => {
            if (event.persisted) gh.askNow();
        });
        gh.onLeave(() => {
            if (running) {
                const old = running;
                running = null;
                old.abort();
            }
            clearTimeout(timer);
        });
        turn();
    };
})();

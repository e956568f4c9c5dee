// What keeps a page up to date: live panels are asked for what changed since their cursor (`/live`), another page as often
// as its `every` says (console/page.py), as a whole. One request at a time, after the last answer was used; none while
// hidden, paused or logged out; seldom while the console does not answer, which the page says; at once on return.
const root = document.documentElement;
const EVERY = 5000;
const ABORT = 4000;
const LONGEST = 30000;
const QUICK = 700; // after a change, for as long as QUICK_FOR
const QUICK_FOR = 15000;
let every = 0;
let tag = '';
let cursor = 0;
let shown = ''; // page and range that the cursor is of
let failures = 0;
let timer = 0;
let quickUntil = 0;
let running = null;
gh.link = { age: NaN, at: 0, asOf: '', down: [], failures: 0 };

gh.get = (url, { headers, ...more } = {}) =>
    fetch(url, { cache: 'no-store', headers: { Accept: 'application/json', ...headers }, ...more });
gh.fragment = (address) => {
    const url = new URL(address, location.href);
    url.searchParams.set('fragment', '1');
    return url;
};
const wanted = () => `${root.dataset.page} ${gh.spanKey()}`;
const spread = (wait) => wait * (0.9 + Math.random() * 0.2);
const live = () =>
    `${gh.prefix}live?${new URLSearchParams([...gh.range(), ['page', root.dataset.page], ['since', cursor]])}`;
// Both return the milliseconds until the next look; below 0 for never.
function takeLive(head, body) {
    const down = head('X-Down').split(', ').filter(Boolean);
    gh.link = { age: parseFloat(head('X-Age')), at: performance.now(), asOf: head('X-As-Of'), failures, down };
    if (body) {
        cursor = body.version;
        gh.take(body, gh.spanKey());
        if (!cursor) return 50;
    }
    const due = Number(head('X-Next'));
    return gh.isAbsolute() && cursor ? -1 : due > 0 ? due + Math.random() * 500 : spread(EVERY);
}
function takePage(head, found) {
    tag = head('ETag');
    away('');
    if (found) {
        every = found.every;
        gh.here = new URL(location.href);
        gh.morph(gh.byId('region'), found.content);
        document.title = `${found.title} · Gatehouse`;
    }
    return every ? spread(every * 1000) : -1;
}
function away(name) {
    root.classList.toggle('is-stale', Boolean(name));
    gh.byId('away')?.remove();
    if (name) gh.byId('region').before(gh.made('away-says'));
    gh.put(document.body, { away: name });
}
async function turn(isAsked) {
    clearTimeout(timer);
    const isLive = gh.isLive();
    if (running || document.hidden || gh.isOut() || (isLive ? gh.state.paused : !every && !isAsked)) return;
    const mine = wanted();
    if (mine !== shown) [shown, cursor] = [mine, 0];
    const abort = (running = new AbortController());
    const limit = AbortSignal.timeout(isLive && gh.isAbsolute() ? 3 * ABORT : ABORT);
    let wait = -1;
    try {
        const headers = tag && !isLive ? { 'If-None-Match': tag } : {};
        const address = isLive ? live() : gh.fragment(location.href);
        const answer = await gh.get(address, { signal: AbortSignal.any([abort.signal, limit]), headers });
        const body = answer.status === 304 ? null : await answer.json();
        await gh.ready;
        if (running !== abort || gh.isOut()) return;
        if (body && answer.status !== 200) throw new Error(body.dependency);
        failures = 0;
        wait = mine === wanted() ? (isLive ? takeLive : takePage)((name) => answer.headers.get(name) || '', body) : 0;
    } catch (error) {
        if (running !== abort || gh.isOut()) return;
        Object.assign(gh.link, { failures: (failures += 1), lacks: error.message });
        if (isLive || every) wait = spread(Math.min(LONGEST, 1000 * 2 ** failures));
        else gh.notify('The console does not respond. Try again.', true);
        if (!isLive && every && failures > 1) away(gh.names[error.message] || 'The console');
    } finally {
        if (running === abort) {
            running = null;
            if (!isLive && performance.now() < quickUntil) wait = Math.min(wait, QUICK);
            if (wait >= 0) timer = setTimeout(turn, wait);
        }
        gh.badge();
    }
}
gh.stop = () => {
    clearTimeout(timer);
    running?.abort();
    running = null;
};
gh.askNow = (isAsked) => {
    gh.stop();
    tag = '';
    return turn(isAsked);
};
gh.askWhole = () => {
    cursor = 0;
    setTimeout(gh.askNow, 50);
};
// A page has come: it is followed from now on.
gh.follow = (found) => {
    [every, tag, failures] = [found.every, '', 0];
    away('');
    gh.badge();
    if (found.live) turn();
    else if (every) timer = setTimeout(turn, every * 1000);
};
// The same page as it is now, after a change; what was typed and the cursor stay where they were. What follows from the
// change in the next seconds shows soon.
gh.refresh = () => {
    quickUntil = performance.now() + QUICK_FOR;
    return gh.askNow(true);
};
gh.startPolling = () => {
    const wake = ({ type, persisted } = {}) => {
        if (!document.hidden && (type !== 'pageshow' || persisted)) gh.askNow();
    };
    for (const kind of ['visibilitychange', 'online', 'pageshow']) window.addEventListener(kind, wake);
    gh.onReturn(wake);
    turn();
};

// What the operator looks at, kept in the address: range or from/to, txn (beside a list: open), sev, q, kiosk.
const listeners = [];

gh.state = { range: '1h', from: '', to: '', txn: '', sev: 'all', q: '', paused: false };
gh.isLive = () => document.documentElement.dataset.live === '1';
gh.isAbsolute = () => Boolean(gh.state.from);
gh.spanKey = () => (gh.state.from ? `${gh.state.from}/${gh.state.to}` : gh.state.range);
// The range as an address has it; the usual one needs no word.
gh.range = () => {
    const { from, to, range } = gh.state;
    return Object.entries(from ? { from, to } : range === '1h' ? {} : { range });
};
// Those that the page offers; on a page without any the range waits as it was.
gh.ranges = () => (gh.boot ? gh.pageOf(location)?.ranges || [] : document.documentElement.dataset.ranges.split(' '));
function read() {
    const asked = Object.fromEntries(new URLSearchParams(location.search));
    if (gh.ranges().length) {
        const [from, to] = [Date.parse(asked.from), Date.parse(asked.to)];
        gh.state.range = gh.ranges().includes(asked.range) ? asked.range : '1h';
        [gh.state.from, gh.state.to] = from < to ? [from, to].map((at) => new Date(at).toISOString()) : ['', ''];
    }
    Object.assign(gh.state, { txn: asked.txn || asked.open || '', sev: asked.sev || 'all', q: asked.q || '' });
    document.documentElement.classList.toggle('kiosk', asked.kiosk === '1');
}
function address() {
    const { txn, sev, q: words } = gh.state;
    const opened = document.querySelector('#region .desk') ? { open: txn, txn: '' } : { txn };
    const now = { ...opened, sev: sev === 'all' ? '' : sev, q: words };
    if (gh.ranges().length) Object.assign(now, { from: '', to: '', range: '' }, Object.fromEntries(gh.range()));
    return gh.withQuery(now);
}
// This address with these values of its query; what is empty is left out.
gh.withQuery = (values, path = location.pathname) => {
    const q = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(values))
        if (value) q.set(name, value);
        else q.delete(name);
    return path + (q.size ? `?${q}`.replaceAll('%2C', ',') : '');
};
// Where the server has the numbers of a chart or a table that this page shows.
gh.numbers = (asked) => {
    const { page } = document.documentElement.dataset;
    return gh.isLive() ? gh.withQuery({ page, ...asked }, `${gh.prefix}live/numbers`) : gh.withQuery(asked);
};
function changed(does) {
    const before = { ...gh.state, span: gh.spanKey() };
    does();
    for (const listener of listeners) listener(before);
}
gh.onState = (listener) => listeners.push(listener);
gh.readAddress = () => changed(read);
gh.change = (changes, replace) =>
    changed(() => {
        Object.assign(gh.state, changes);
        const to = address();
        if (to === location.pathname + location.search) return;
        if (replace) history.replaceState(history.state, '', to);
        else history.pushState({ opened: Boolean(changes.txn) }, '', to);
    });
gh.setRange = (range) => gh.change({ range, from: '', to: '', paused: false });
gh.setSpan = (from, to) => gh.change({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
window.addEventListener('popstate', gh.readAddress);
read();

// What the operator looks at, kept in the address: range or from/to, txn, sev, q, kiosk. Back and forward work.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const RANGES = ['15m', '1h', '6h', '24h'];
    const listeners = [],
        comes = [],
        goes = [];

    gh.state = { range: '1h', from: '', to: '', txn: '', sev: 'all', q: '', paused: false };
    gh.isLive = () => document.documentElement.dataset.live === '1';
    gh.isAbsolute = () => Boolean(gh.state.from);
    gh.spanKey = () => (gh.state.from ? `${gh.state.from}/${gh.state.to}` : gh.state.range);
    // The range as an address has it; the usual one needs no word.
    gh.range = () => {
        const { from, to, range } = gh.state;
        return Object.entries(from ? { from, to } : range === '1h' ? {} : { range });
    };
    // On a page without live panels the range waits as it was.
    const hasRange = () => !gh.boot || Boolean(gh.boot.pages[location.pathname.slice(gh.prefix.length)]?.[1]);
    function read() {
        const q = new URLSearchParams(location.search);
        const state = gh.state;
        if (hasRange()) {
            const [from, to] = [Date.parse(q.get('from')), Date.parse(q.get('to'))];
            const isFixed = from < to;
            state.range = RANGES.includes(q.get('range')) ? q.get('range') : '1h';
            state.from = isFixed ? new Date(from).toISOString() : '';
            state.to = isFixed ? new Date(to).toISOString() : '';
        }
        Object.assign(state, { txn: q.get('txn') || '', sev: q.get('sev') || 'all', q: q.get('q') || '' });
        document.documentElement.classList.toggle('kiosk', q.get('kiosk') === '1');
    }
    function address() {
        const q = new URLSearchParams(location.search);
        const { txn, sev, q: words } = gh.state;
        if (hasRange()) {
            for (const name of ['from', 'to', 'range']) q.delete(name);
            for (const [name, value] of gh.range()) q.set(name, value);
        }
        for (const [name, value] of Object.entries({ txn, sev: sev === 'all' ? '' : sev, q: words })) {
            if (value) q.set(name, value);
            else q.delete(name);
        }
        return location.pathname + (q.size ? `?${q}` : '');
    }
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
            if (to !== location.pathname + location.search)
                history[replace ? 'replaceState' : 'pushState'](null, '', to);
        });
    gh.setRange = (range) => gh.change({ range, from: '', to: '', paused: false });
    gh.setSpan = (from, to) => gh.change({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
    window.addEventListener('popstate', gh.readAddress);
    read();

    // A page comes and goes while the shell stays; the tab is looked at again: what others do then.
    gh.onShow = (does) => comes.push(does);
    gh.onLeave = (does) => goes.push(does);
    gh.pageComes = (isNew) => comes.forEach((does) => does(isNew));
    gh.pageGoes = () => goes.forEach((does) => does());
    gh.onWake = (does) => {
        document.addEventListener('visibilitychange', () => !document.hidden && does());
        window.addEventListener('online', () => does());
        window.addEventListener('pageshow', (event) => event.persisted && does());
        gh.onReturn(does);
    };
})();

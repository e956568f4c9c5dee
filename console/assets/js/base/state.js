// What the operator looks at, kept in the address: range or from/to, txn, sev, q, kiosk. Back and forward work.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const RANGES = ['15m', '1h', '6h', '24h'];
    const listeners = [];
    const query = () => new URLSearchParams(location.search);

    gh.state = { range: '1h', from: '', to: '', txn: '', sev: 'all', q: '', kiosk: false, paused: false };
    function read() {
        const q = query();
        const state = gh.state;
        if (hasRange()) readRange(q, state);
        state.txn = q.get('txn') || '';
        state.sev = q.get('sev') || 'all';
        state.q = q.get('q') || '';
        state.kiosk = q.get('kiosk') === '1';
        document.documentElement.classList.toggle('kiosk', state.kiosk);
    }
    // On a page without live panels the range waits as it was.
    const hasRange = () => (gh.boot ? Boolean(gh.boot.pages[location.pathname.slice(gh.prefix.length)]?.[1]) : true);
    function readRange(q, state) {
        state.range = RANGES.includes(q.get('range')) ? q.get('range') : '1h';
        const [from, to] = [Date.parse(q.get('from')), Date.parse(q.get('to'))];
        const fixed = Number.isFinite(from) && Number.isFinite(to) && from < to;
        state.from = fixed ? new Date(from).toISOString() : '';
        state.to = fixed ? new Date(to).toISOString() : '';
    }
    function address() {
        const q = query();
        const state = gh.state;
        const put = (name, value) => (value ? q.set(name, value) : q.delete(name));
        if (hasRange()) {
            put('from', state.from);
            put('to', state.to);
            put('range', !state.from && state.range !== '1h' ? state.range : '');
        }
        put('txn', state.txn);
        put('sev', state.sev !== 'all' ? state.sev : '');
        put('q', state.q);
        const text = q.toString();
        return location.pathname + (text ? `?${text}` : '');
    }
    const key = () => (gh.state.from ? `${gh.state.from}/${gh.state.to}` : gh.state.range);

    // A page comes and goes while the shell stays: what others do then.
    const comes = [],
        goes = [];
    gh.isLive = () => document.documentElement.dataset.live === '1';
    gh.onShow = (does) => comes.push(does);
    gh.onLeave = (does) => goes.push(does);
    gh.pageComes = (isNew) => comes.forEach((does) => does(isNew));
    gh.pageGoes = () => goes.forEach((does) => does());
    gh.spanKey = key;
    gh.isAbsolute = () => Boolean(gh.state.from);
    // Returns what takes the listener away again.
    gh.onState = (listener) => {
        listeners.push(listener);
        return () => listeners.splice(listeners.indexOf(listener), 1);
    };
    gh.change = (changes, replace) => {
        const before = { ...gh.state, span: key() };
        Object.assign(gh.state, changes);
        const to = address();
        if (to !== location.pathname + location.search) history[replace ? 'replaceState' : 'pushState'](null, '', to);
        [...listeners].forEach((listener) => listener(before));
    };
    gh.setRange = (range) => gh.change({ range, from: '', to: '', paused: false });
    gh.setSpan = (from, to) => gh.change({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
    gh.readAddress = () => {
        const before = { ...gh.state, span: key() };
        read();
        [...listeners].forEach((listener) => listener(before));
    };
    window.addEventListener('popstate', gh.readAddress);
    read();
})();

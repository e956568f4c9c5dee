// Pages that keep themselves up to date (`every` of console/page.py): the page is asked for again, and only what differs is
// put in place: the smallest element with an id around a difference, and rows of tables by their keys. What is being typed
// in stays; a table whose rows would move waits until the pointer has left it.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const ABORT = 4000,
        LONGEST = 30000,
        QUICK = 700,
        QUICK_FOR = 15000;
    const NAMES = { postgres: 'PostgreSQL', redis: 'Redis', http: 'The monitoring API' };
    let shown = null,
        tag = '',
        timer = 0,
        failures = 0,
        quickUntil = 0,
        asking = null;
    const held = new Map(); // tables under the pointer: what they will show

    const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
    const list = (children) => [children].flat();
    // What makes `fresh` of `old`, as [id, properties]; null when that takes the element around them.
    function changes(old, fresh) {
        if (same(old, fresh)) return [];
        if (!old?.props || !fresh?.props || old.type !== fresh.type || old.props.id !== fresh.props.id) return null;
        const { children: was, ...before } = old.props;
        const { children: is, ...now } = fresh.props;
        const { id } = now;
        if (!id && !same(before, now)) return null;
        const gone = Object.keys(before).filter((name) => !(name in now));
        const own = { ...now, ...Object.fromEntries(gone.map((name) => [name, null])) };
        const [a, b] = [list(was), list(is)];
        const inner = a.length === b.length ? a.map((child, at) => changes(child, b[at])) : [null];
        if (inner.every(Boolean)) return [...(same(before, now) ? [] : [[id, own]]), ...inner.flat()];
        return id ? [[id, { ...own, children: is }]] : null;
    }
    const typing = (id) => {
        const at = document.activeElement;
        return at?.matches('input, textarea, select') && gh.byId(id)?.contains(at);
    };
    const keys = (text) => JSON.parse(text).rows.map((row) => row[0]);
    function show(slot, text) {
        slot.dataset.table = text;
        gh.renderers.rows(slot, JSON.parse(text), { name: slot.closest('section')?.id, first: false });
    }
    function put([id, props]) {
        const slot = gh.byId(id);
        if (!('data-table' in props) || 'children' in props || !slot) {
            gh.setProps(id, props);
            return;
        }
        const now = [...slot.querySelectorAll('tbody tr')].map((row) => row.dataset.key);
        if (slot.matches(':hover') && matchMedia('(hover: hover)').matches && !same(keys(props['data-table']), now)) {
            slot.closest('.panel').classList.add('held');
            held.set(slot, props['data-table']);
        } else {
            held.delete(slot);
            show(slot, props['data-table']);
        }
    }
    document.addEventListener('pointerout', (event) => {
        for (const [slot, text] of held)
            if (!slot.contains(event.relatedTarget)) {
                held.delete(slot);
                slot.closest('.panel').classList.remove('held');
                show(slot, text);
            }
    });
    const find = (node, id) =>
        node?.props?.id === id
            ? node
            : list(node?.props?.children).reduce((got, one) => got || (one?.props ? find(one, id) : null), null);
    // The page as it is now; `form` is empty again, as it was sent.
    async function take(found, form) {
        const differ = changes(shown.content, found.content);
        if (!differ) {
            await gh.put(found);
            return;
        }
        if (differ.some(([id]) => typing(id) && id !== form)) {
            tag = '';
            return;
        }
        const said = document.querySelector('[data-announce]')?.textContent;
        const focus = document.activeElement?.id;
        differ.forEach(put);
        const sent = form && find(found.content, form);
        if (sent) gh.setProps(form, { children: sent.props.children });
        shown = found;
        document.title = `${found.title} · Gatehouse`;
        await new Promise((resolve) => {
            setTimeout(resolve, 60);
        });
        gh.fillRegion(gh.byId('region'));
        tick();
        gh.noteFields();
        if (focus && document.activeElement === document.body) gh.byId(focus)?.focus({ preventScroll: true });
        const says = document.querySelector('[data-announce]')?.textContent;
        if (says && says !== said) gh.say(says);
    }
    // What does not answer, said above what stands still meanwhile; gone when it answers again.
    function away(name) {
        document.documentElement.classList.toggle('is-stale', Boolean(name));
        gh.byId('away')?.remove();
        if (!name) return;
        const text = `${name} does not respond. This page shows the last known data and retries automatically.`;
        gh.byId('region').before(gh.el('p', { id: 'away', class: 'said warn', role: 'status' }, text));
    }
    async function look(form) {
        clearTimeout(timer);
        if (asking || !shown?.every || document.hidden || gh.isOut()) return;
        const abort = (asking = new AbortController());
        const limit = setTimeout(() => abort.abort('slow'), ABORT);
        let wait = shown.every * 1000 * (0.9 + Math.random() * 0.2);
        try {
            const asked = new URL(location.href);
            asked.searchParams.set('fragment', '1');
            const headers = { Accept: 'application/json', ...(tag ? { 'If-None-Match': tag } : {}) };
            const answer = await fetch(asked, { signal: abort.signal, cache: 'no-store', headers });
            if (answer.status === 200) {
                const found = await answer.json();
                if (asking !== abort) return;
                tag = answer.headers.get('ETag') || '';
                await take(found, form);
            } else if (answer.status !== 304)
                throw new Error((await answer.json().catch(() => ({}))).dependency || 'console');
            failures = 0;
            away('');
        } catch (error) {
            if (asking !== abort || gh.isOut()) return;
            failures += 1;
            wait = Math.min(LONGEST, 1000 * 2 ** failures);
            if (failures > 1) away(NAMES[error.message] || 'The console');
        } finally {
            clearTimeout(limit);
            if (asking === abort) {
                asking = null;
                timer = setTimeout(look, performance.now() < quickUntil ? QUICK : wait);
            }
        }
    }
    function stop() {
        clearTimeout(timer);
        asking?.abort();
        [asking, shown, tag, failures] = [null, null, '', 0];
        held.clear();
        arrivals.disconnect();
        away('');
    }
    gh.onLeave(stop);
    // What React puts in place of a part comes when it is ready: its tables and charts are filled then.
    const seen = new WeakSet();
    const arrivals = new MutationObserver(() => {
        const region = gh.byId('region');
        const empty = [...region.querySelectorAll('[data-table]:empty, [data-figure]:empty')];
        const fresh = empty.filter((node) => !seen.has(node));
        for (const node of fresh) seen.add(node);
        if (fresh.length) gh.fillRegion(region);
    });
    // A page has come: it is followed from now on.
    gh.follow = (found) => {
        stop();
        shown = found;
        if (found.every) arrivals.observe(gh.byId('region'), { childList: true, subtree: true });
        tick();
        if (found.every) timer = setTimeout(look, found.every * 1000);
    };
    // After a change on a page that moves: what came of it, and what follows from it in the next seconds.
    gh.lookAgain = async (form) => {
        if (!shown?.every) return false;
        asking?.abort();
        [asking, tag] = [null, ''];
        quickUntil = performance.now() + QUICK_FOR;
        await look(form);
        return true;
    };
    function tick() {
        for (const node of document.querySelectorAll('#region time[data-since], #region time[data-until]')) {
            const { since, until } = node.dataset;
            const left = (Number(until) - gh.now()) / 1000;
            gh.setText(node, since ? gh.lasted((gh.now() - Number(since)) / 1000) : left > 0 ? gh.lasted(left) : 'now');
        }
    }
    setInterval(tick, 1000);
    document.addEventListener('visibilitychange', () => {
        if (!document.hidden) look();
    });
    window.addEventListener('online', () => look());
    gh.onReturn(() => {
        tag = '';
        look();
    });
})();

// Pages that keep themselves up to date (`every` of console/page.py): the page is asked for again, and what differs is put in
// place. While it does not answer, that is said above what stands still.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const ABORT = 4000,
        LONGEST = 30000,
        QUICK = 700,
        QUICK_FOR = 15000;
    const NAMES = { postgres: 'PostgreSQL', redis: 'Redis', http: 'The monitoring API' };
    let every = 0,
        tag = '',
        timer = 0,
        failures = 0,
        quickUntil = 0,
        asking = null;

    gh.get = (url, { headers, ...more } = {}) =>
        fetch(url, { cache: 'no-store', headers: { Accept: 'application/json', ...headers }, ...more });
    gh.fragment = (address) => {
        const url = new URL(address);
        url.searchParams.set('fragment', '1');
        return url;
    };
    function take(found) {
        const said = document.querySelector('[data-announce]')?.textContent;
        every = found.every;
        gh.morph(gh.byId('region'), found.content);
        document.title = `${found.title} · Gatehouse`;
        const says = document.querySelector('[data-announce]')?.textContent;
        if (says && says !== said) gh.say(says);
    }
    function away(name) {
        document.documentElement.classList.toggle('is-stale', Boolean(name));
        gh.byId('away')?.remove();
        if (!name) return;
        const text = `${name} does not respond. This page shows the last known data and retries automatically.`;
        gh.byId('region').before(gh.el('p', { id: 'away', class: 'alert alert-warning', role: 'status' }, text));
    }
    async function look() {
        clearTimeout(timer);
        if (asking || !every || document.hidden || gh.isOut()) return;
        const abort = (asking = new AbortController());
        const limit = setTimeout(() => abort.abort('slow'), ABORT);
        let wait = every * 1000 * (0.9 + Math.random() * 0.2);
        try {
            const headers = tag ? { 'If-None-Match': tag } : {};
            const answer = await gh.get(gh.fragment(location.href), { signal: abort.signal, headers });
            const found = answer.status === 304 ? {} : await answer.json();
            if (asking !== abort) return;
            if (answer.status !== 200 && answer.status !== 304) throw new Error(found.dependency || 'console');
            tag = answer.headers.get('ETag') || '';
            if (answer.status === 200) take(found);
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
    function again() {
        clearTimeout(timer);
        asking?.abort();
        [asking, tag] = [null, ''];
    }
    // A page has come: it is followed from now on.
    gh.follow = (found) => {
        again();
        [every, failures] = [found.every, 0];
        if (!found.live) away('');
        if (every) timer = setTimeout(look, every * 1000);
    };
    gh.onLeave(() => gh.follow({ every: 0 }));
    // After a change on a page that moves: what came of it, and what follows from it in the next seconds.
    gh.lookAgain = async () => {
        if (!every) return false;
        again();
        quickUntil = performance.now() + QUICK_FOR;
        await look();
        return true;
    };
    gh.onWake(() => {
        tag = '';
        look();
    });
})();

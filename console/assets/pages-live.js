// Pages that keep themselves up to date: asks for the moving part every 5 s (or `data-every` ms) and changes only what
// differs. What lies under the pointer or is being typed in stays; a table whose rows would move waits until the pointer
// has left it.
(() => {
    const ABORT = 4000,
        LONGEST = 30000,
        QUICK = 700,
        QUICK_FOR = 15000;
    const gh = window.gatehouse;
    const live = document.getElementById('live');
    const EVERY = Number(live?.dataset.every) || 5000;
    const say = document.getElementById('announce');
    const NAMES = { postgres: 'PostgreSQL', redis: 'Redis', http: 'The monitoring API' };
    let withheld = false,
        tag = '',
        failures = 0,
        timer = 0,
        running = false,
        quickUntil = 0,
        told = null;

    function words(seconds) {
        const s = Math.max(0, Math.round(seconds));
        if (s < 90) return `${s} s`;
        const minutes = Math.round(s / 60);
        if (minutes < 60) return `${minutes} min`;
        if (minutes < 2880) return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`;
        return `${Math.floor(minutes / 1440)} d${minutes % 1440 >= 60 ? ` ${Math.floor((minutes % 1440) / 60)} h` : ''}`;
    }
    function tick() {
        for (const node of document.querySelectorAll('time')) {
            if (!node.dataset.local) {
                node.dataset.local = '1';
                node.title += ` · ${new Date(node.dateTime).toLocaleString()} local`;
            }
            const from = Number(node.dataset.since),
                until = Number(node.dataset.until);
            const text = from
                ? words((gh.now() - from) / 1000)
                : until
                  ? until > gh.now()
                      ? words((until - gh.now()) / 1000)
                      : 'now'
                  : '';
            if (text && node.textContent !== text) node.textContent = text;
        }
    }

    const keyOf = (node) => node.dataset?.key || node.id || '';
    const same = (a, b) =>
        a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.nodeType !== 1 || keyOf(a) === keyOf(b));
    const keys = (node) => [...node.children].map(keyOf).join('|');
    const typing = (node) =>
        node.contains(document.activeElement) && document.activeElement.matches('input, textarea, select');
    function attributes(old, fresh) {
        for (const { name } of [...old.attributes])
            if (!fresh.hasAttribute(name) && !['open', 'data-local', 'aria-busy'].includes(name))
                old.removeAttribute(name);
        for (const { name, value } of fresh.attributes)
            if (old.getAttribute(name) !== value && !(name === 'title' && old.nodeName === 'TIME'))
                old.setAttribute(name, value);
    }
    function morph(old, fresh) {
        if (old.nodeType === 3) {
            if (old.data !== fresh.data) old.data = fresh.data;
            return;
        }
        if (
            old.nodeType !== 1 ||
            old.nodeName === 'IFRAME' ||
            (old.dataset.figure !== undefined && old.dataset.figure === fresh.dataset.figure) ||
            (typing(old) && old.nodeName === 'FORM')
        )
            return;
        attributes(old, fresh);
        if (old.dataset.figure !== undefined || (old.nodeName === 'TIME' && (old.dataset.since || old.dataset.until)))
            return;
        if (
            old.nodeName === 'TBODY' &&
            keys(old) !== keys(fresh) &&
            old.closest('.wrap')?.matches(':hover') &&
            matchMedia('(hover: hover)').matches
        ) {
            old.closest('.panel')?.classList.add('held');
            withheld = true;
            return;
        }
        if (old.nodeName === 'TBODY') old.closest('.panel')?.classList.remove('held');
        const wanted = [...fresh.childNodes];
        const known = new Map([...old.children].filter(keyOf).map((node) => [keyOf(node), node]));
        let at = old.firstChild;
        for (const next of wanted) {
            const found =
                next.nodeType === 1 && keyOf(next)
                    ? known.get(keyOf(next))
                    : at && same(at, next) && !(at.nodeType === 1 && keyOf(at))
                      ? at
                      : null;
            if (found && same(found, next)) {
                if (found !== at) old.insertBefore(found, at);
                else at = at.nextSibling;
                morph(found, next);
            } else old.insertBefore(document.importNode(next, true), at);
        }
        while (at) {
            const gone = at;
            at = at.nextSibling;
            gone.remove();
        }
    }
    function take(text) {
        withheld = false;
        const box = document.createElement('template');
        box.innerHTML = text;
        const held = live.getAttributeNames().map((name) => [name, live.getAttribute(name)]);
        const fresh = document.createElement('div');
        for (const [name, value] of held) fresh.setAttribute(name, value);
        fresh.append(box.content);
        morph(live, fresh);
        tick();
        announce();
    }
    function announce() {
        const words_ = live.querySelector('[data-announce]')?.textContent || '';
        if (told !== null && words_ !== told && say) say.textContent = words_;
        told = words_;
    }
    // What does not answer, said above the part that stands still meanwhile; empty when it answers again.
    function away(name) {
        document.documentElement.classList.toggle('is-stale', Boolean(name));
        let box = document.getElementById('away');
        if (!name) {
            box?.remove();
            return;
        }
        if (!box) {
            box = document.createElement('p');
            box.id = 'away';
            box.className = 'said warn';
            box.setAttribute('role', 'status');
            live.before(box);
        }
        const text = `${name} does not answer. This page shows what was last known and looks again by itself.`;
        if (box.textContent !== text) box.textContent = text;
    }
    async function look() {
        clearTimeout(timer);
        if (running || document.hidden || gh.isOut()) return;
        running = true;
        const abort = new AbortController();
        const limit = setTimeout(() => abort.abort(), ABORT);
        let wait = EVERY * (0.9 + Math.random() * 0.2);
        try {
            const answer = await fetch(`${live.dataset.live}&fragment=1`, {
                signal: abort.signal,
                cache: 'no-store',
                headers: tag ? { 'If-None-Match': tag } : {}
            });
            if (answer.status === 200) {
                take(await answer.text());
                tag = withheld ? '' : answer.headers.get('ETag') || '';
            } else if (answer.status !== 304)
                throw new Error((await answer.json().catch(() => ({}))).dependency || 'console');
            failures = 0;
            away('');
        } catch (error) {
            if (gh.isOut()) return;
            failures += 1;
            wait = Math.min(LONGEST, 1000 * 2 ** failures);
            if (failures > 1) away(NAMES[error.message] || 'The console');
        } finally {
            clearTimeout(limit);
            running = false;
        }
        if (live.querySelector('[data-settled]')) return;
        timer = setTimeout(look, performance.now() < quickUntil ? QUICK : wait);
    }
    function note(text, bad) {
        document.querySelector('.said.inline')?.remove();
        const box = document.createElement('p');
        box.className = `said inline${bad ? ' bad' : ''}`;
        box.setAttribute('role', bad ? 'alert' : 'status');
        box.textContent = text;
        live.before(box);
        if (!bad) setTimeout(() => box.remove(), 6000);
    }
    // A form that is sent without a reload: the answer shows in the moving part, a refusal above it.
    async function send(form) {
        const button = form.querySelector('button[type=submit], button:not([type])');
        button.disabled = true;
        form.setAttribute('aria-busy', 'true');
        try {
            const answer = await fetch(form.action, {
                method: 'POST',
                body: new URLSearchParams(new FormData(form)),
                headers: { Accept: 'application/json' },
                redirect: 'error'
            });
            const kind = answer.headers.get('Content-Type') || '';
            if (answer.ok && kind.startsWith('application/json')) {
                if (form.dataset.clear !== undefined) form.reset();
                document.querySelector('.said.inline')?.remove();
            } else if (kind.startsWith('text/html')) {
                const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
                note(page.querySelector('[role=alert]')?.textContent.trim() || 'This was refused.', true);
            } else if (!gh.isOut())
                note((await answer.json().catch(() => null))?.detail || `The console answered ${answer.status}.`, true);
        } catch {
            note('The console did not answer. Nothing was changed; please try again.', true);
        } finally {
            button.disabled = false;
            form.removeAttribute('aria-busy');
        }
        quickUntil = performance.now() + QUICK_FOR;
        tag = '';
        look();
    }
    window.gatehouse.sendInline = send;
    document.addEventListener('submit', (event) => {
        const form = event.target;
        if (form.dataset.inline === undefined || event.defaultPrevented) return;
        event.preventDefault();
        send(form);
    });
    tick();
    setInterval(tick, 1000);
    if (!live) return;
    announce();
    live.addEventListener('pointerout', (event) => {
        if (withheld && !live.querySelector('.held .wrap')?.contains(event.relatedTarget)) look();
    });
    document.addEventListener('visibilitychange', () => {
        clearTimeout(timer);
        if (!document.hidden) look();
    });
    window.addEventListener('online', look);
    gh.onReturn(() => {
        tag = '';
        look();
    });
    if (live.dataset.quick !== undefined) quickUntil = performance.now() + 120000;
    if (!live.dataset.frozen) timer = setTimeout(look, live.dataset.quick !== undefined ? QUICK : EVERY);
})();

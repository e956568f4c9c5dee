// The keyboard, and the controls of the bar.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { byId } = gh;
    let going = -Infinity;

    gh.togglePause = () => {
        if (gh.isAbsolute()) {
            gh.setRange(gh.state.range);
            return;
        }
        gh.state.paused = !gh.state.paused;
        gh.showControls();
        gh.badge();
        if (!gh.state.paused) gh.askNow();
    };
    gh.showControls = () => {
        const isPaused = gh.state.paused || gh.isAbsolute();
        const pause = byId('pause');
        const words = isPaused ? 'Resume' : 'Pause';
        Object.assign(pause, { ariaPressed: String(isPaused), ariaLabel: words, title: `${words} (space)` });
        pause.firstElementChild.className = `i ${isPaused ? 'i-play-fill' : 'i-pause-fill'}`;
        for (const button of document.querySelectorAll('[data-range]'))
            button.ariaPressed = String(!gh.isAbsolute() && button.dataset.range === gh.state.range);
        byId('custom').ariaPressed = String(gh.isAbsolute());
        const [from, to] = [gh.state.from, gh.state.to].map((at) => at.slice(0, 19));
        byId('custom').title = from ? `${from} to ${to} UTC` : 'Custom range (UTC)';
    };
    const pressed = {
        '[data-range]': (button) => gh.setRange(button.dataset.range),
        '#custom': () => gh.showCustom(),
        '#pause': () => gh.togglePause(),
        '#mode': () => gh.toggleMode(),
        '#help': () => gh.showKeys()
    };
    document.addEventListener('click', (event) => {
        for (const [what, does] of Object.entries(pressed)) {
            const at = event.target.closest(`header ${what}`);
            if (at) does(at);
        }
    });

    // Whether the key was one of a table's row that has the cursor.
    function walk(event) {
        const row = document.activeElement?.closest('tbody tr[tabindex]');
        if (!row) return false;
        const rows = [...row.parentElement.children];
        const at = rows.indexOf(row);
        const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
        if (to !== undefined) {
            const next = rows[Math.max(0, Math.min(rows.length - 1, to))];
            [row.tabIndex, next.tabIndex] = [-1, 0];
            next.focus({ preventScroll: true });
            next.scrollIntoView({ block: 'nearest' });
        } else if (event.key === 'Enter' && event.target === row) {
            if (row.dataset.open) gh.openTransaction(row.dataset.open);
            else row.querySelector('a, button:not([data-act])')?.click();
        } else if (event.key === 'c') gh.copy(row.querySelector('.txn, .ip, .mono')?.textContent || row.dataset.key);
        else return false;
        return true;
    }
    function find() {
        if (gh.isLive()) gh.goTo('security');
        const place = gh.isLive() ? '[data-search]' : '#region :is([data-search], .filter input)';
        document.querySelector(place)?.focus({ preventScroll: gh.isLive() });
    }
    const KEYS = {
        '?': () => gh.showKeys(),
        '/': find,
        g: () => {
            going = performance.now();
        },
        m: () => gh.toggleMode()
    };
    const LIVE = {
        r: () => gh.showCustom(),
        1: () => gh.setRange('15m'),
        2: () => gh.setRange('1h'),
        3: () => gh.setRange('6h'),
        4: () => gh.setRange('24h'),
        ' ': () => gh.togglePause()
    };
    function actOf(event) {
        const isGoing = performance.now() - going < 1500;
        going = -Infinity;
        const page = isGoing && document.querySelector(`.pages a[data-go="${CSS.escape(event.key)}"]`);
        if (page) return () => (page.pathname === location.pathname ? window.scrollTo(0, 0) : gh.goPage(page.href));
        const own = isGoing ? null : gh.transactionKey(event.key);
        if (own || gh.state.txn) return own;
        if (event.key === ' ' && event.target.closest('button, a, summary, [role="region"]')) return null;
        return KEYS[event.key] || (gh.isLive() ? LIVE[event.key] : null);
    }
    document.addEventListener('keydown', (event) => {
        const typing = !(event.key === 'Escape' && gh.state.txn) && event.target.closest('input, textarea, select');
        if (typing && event.key === 'Escape') typing.blur();
        if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
        if (document.querySelector('dialog[open]') || !gh.boot) return;
        const act = actOf(event);
        if (act) act();
        if (act || walk(event)) event.preventDefault();
    });
})();

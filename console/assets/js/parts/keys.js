// The keyboard, and the controls of the bar.
const { byId } = gh;
let going = -Infinity;

gh.showControls = () => {
    const isPaused = gh.state.paused || gh.isAbsolute();
    const words = isPaused ? 'Resume' : 'Pause';
    Object.assign(byId('pause'), { ariaPressed: String(isPaused), ariaLabel: words, title: `${words} (space)` });
    byId('pause').firstElementChild.className = `i ${isPaused ? 'i-play-fill' : 'i-pause-fill'}`;
    byId('range').hidden = !gh.ranges().length;
    for (const button of document.querySelectorAll('[data-range]')) {
        const at = gh.ranges().indexOf(button.dataset.range);
        Object.assign(button, { hidden: at < 0, ariaKeyShortcuts: String(at + 1) });
        button.ariaPressed = String(!gh.isAbsolute() && button.dataset.range === gh.state.range);
    }
    const [from, to] = [gh.state.from, gh.state.to].map((at) => at.slice(0, 19));
    const title = from ? `${from} to ${to} UTC` : 'Custom range (UTC)';
    Object.assign(byId('custom'), { ariaPressed: String(gh.isAbsolute()), title });
};
gh.on('click', 'header [data-range]', (button) => gh.setRange(button.dataset.range));
gh.on('click', '#pause', () => {
    if (gh.isAbsolute()) return gh.setRange(gh.state.range);
    gh.state.paused = !gh.state.paused;
    gh.showControls();
    gh.badge();
    return gh.askNow();
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
        (row.dataset.open ? row : row.querySelector('a, button:not([data-act])'))?.click();
    } else if (event.key === 'c') gh.copy(row.querySelector('.txn, .ip, .mono')?.textContent || row.dataset.key);
    else return false;
    return true;
}
// What has a key of its own (`aria-keyshortcuts`), or is a search: a button is pressed, a field gets the cursor.
function shortcut(key) {
    const within = byId('drawer')?.open ? byId('drawer') : document;
    const named = `[aria-keyshortcuts="${key === ' ' ? 'Space' : CSS.escape(key)}"]:enabled`;
    const away = '[data-live="0"] :is(.live-only, .live-only *, #region-live *), [hidden], [hidden] *';
    const at = within.querySelector(`${key === '/' ? ':is([data-search], .filter input)' : named}:not(${away})`);
    return at && (() => (at.matches('input') ? at.focus() : at.click()));
}
function actOf({ key, target }) {
    const isGoing = performance.now() - going < 1500;
    going = -Infinity;
    const page = isGoing && document.querySelector(`.pages a[data-go="${CSS.escape(key)}"]`);
    if (page) return () => (page.pathname === location.pathname ? window.scrollTo(0, 0) : page.click());
    if (isGoing || (key === ' ' && target.closest('button, a, summary, [role="region"]'))) return null;
    const own = gh.transactionKey?.(key) || shortcut(key);
    if (!own && key === 'g' && !byId('drawer')?.open) going = performance.now();
    return own;
}
document.addEventListener('keydown', (event) => {
    const typing = event.target.closest('input, textarea, select');
    if (typing && event.key === 'Escape') typing.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]:not(#drawer)') || !byId('main')) return;
    const act = actOf(event);
    if (act) act();
    if (act || walk(event)) event.preventDefault();
});

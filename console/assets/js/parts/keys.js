// The keyboard, and the two dialogs: the list of keys and the custom range (UTC).
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { el, byId } = gh;
    let going = -Infinity;

    const LIVE = [
        ['space', 'pause or resume'],
        ['1 2 3 4', 'range 15 m, 1 h, 6 h, 24 h'],
        ['r', 'custom range']
    ];
    const LIST = [
        ['j', 'next'],
        ['k', 'back']
    ];
    const KEYS = [
        ['?', 'show keyboard shortcuts'],
        ['/', 'search'],
        ['m', 'switch light/dark mode'],
        ['↑ ↓ Home End', 'move in a table'],
        ['Enter', 'open the row'],
        ['c', 'copy the row\u2019s id'],
        ['Escape', 'close']
    ];
    const pages = () => [...document.querySelectorAll('.pages a[data-go]')];
    function dialog(id, label, ...children) {
        let box = byId(id);
        if (box) return box;
        box = el('dialog', { id, 'aria-label': label }, ...children);
        box.addEventListener('click', (event) => {
            if (event.target === box) box.close();
        });
        document.body.append(box);
        return box;
    }
    gh.showKeys = () => {
        byId('keys')?.remove();
        const done = el('button', { class: 'button', type: 'button' }, 'Close');
        const box = dialog(
            'keys',
            'Keyboard shortcuts',
            el('h2', {}, 'Keyboard shortcuts'),
            el(
                'dl',
                { class: 'keys' },
                ...[
                    ...KEYS,
                    ...(gh.isLive() ? LIVE : []),
                    ...(document.querySelector('#region .desk') ? LIST : []),
                    ...(document.querySelector('#region .desk') || gh.state.txn ? gh.labelKeys : []),
                    ...pages().map((link) => [`g then ${link.dataset.go}`, `go to ${link.textContent}`])
                ].flatMap(([key, what]) => [el('dt', {}, el('kbd', {}, key)), el('dd', {}, what)])
            ),
            el('div', { class: 'buttons' }, done)
        );
        done.addEventListener('click', () => box.close());
        if (!box.open) box.showModal();
    };
    gh.showCustom = () => {
        const field = (id, label) =>
            el(
                'div',
                { class: 'field' },
                el('label', { for: id }, label),
                el('input', { id, type: 'datetime-local', step: '1', required: true })
            );
        const wrong = el('p', { class: 'wrong', role: 'alert' });
        const cancel = el('button', { class: 'button', type: 'button' }, 'Cancel');
        const form = el(
            'form',
            {},
            el('h2', {}, 'Custom range (UTC)'),
            field('span-from', 'From'),
            field('span-to', 'To'),
            wrong,
            el('div', { class: 'buttons' }, cancel, el('button', { class: 'button main', type: 'submit' }, 'Show'))
        );
        const known = byId('span-dialog');
        const box = dialog('span-dialog', 'Custom range', form);
        const local = (ms) => new Date(ms).toISOString().slice(0, 19);
        if (!known) {
            cancel.addEventListener('click', () => box.close());
            form.addEventListener('submit', (event) => {
                event.preventDefault();
                const [from, to] = ['span-from', 'span-to'].map((id) => Date.parse(`${byId(id).value}Z`));
                if (!(from < to)) {
                    wrong.textContent = '“To” must be later than “from”.';
                    byId('span-to').focus();
                    return;
                }
                if (to - from > 90 * 86400000) {
                    wrong.textContent = 'The range can be at most 90 days.';
                    byId('span-from').focus();
                    return;
                }
                wrong.textContent = '';
                box.close();
                gh.setSpan(from, to);
            });
        }
        const seconds = { '15m': 900, '1h': 3600, '6h': 21600, '24h': 86400 }[gh.state.range];
        byId('span-from').value = local(gh.state.from ? Date.parse(gh.state.from) : gh.now() - seconds * 1000);
        byId('span-to').value = local(gh.state.to ? Date.parse(gh.state.to) : gh.now());
        if (!box.open) box.showModal();
    };
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
        const paused = gh.state.paused || gh.isAbsolute();
        const pause = byId('pause');
        pause.setAttribute('aria-pressed', String(paused));
        pause.title = paused ? 'Resume (space)' : 'Pause (space)';
        pause.setAttribute('aria-label', paused ? 'Resume' : 'Pause');
        pause.firstElementChild.className = `i ${paused ? 'i-play-fill' : 'i-pause-fill'}`;
        for (const button of document.querySelectorAll('[data-range]'))
            button.setAttribute('aria-pressed', String(!gh.isAbsolute() && button.dataset.range === gh.state.range));
        byId('custom').setAttribute('aria-pressed', String(gh.isAbsolute()));
        byId('custom').title = gh.isAbsolute()
            ? `${gh.state.from.slice(0, 19)} to ${gh.state.to.slice(0, 19)} UTC`
            : 'Custom range (UTC)';
    };
    function walk(event) {
        const row = document.activeElement?.closest?.('tbody tr[tabindex]');
        if (!row) return false;
        const rows = [...row.parentElement.children];
        const at = rows.indexOf(row);
        const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
        if (to !== undefined) {
            const next = rows[Math.max(0, Math.min(rows.length - 1, to))];
            row.tabIndex = -1;
            next.tabIndex = 0;
            next.focus({ preventScroll: true });
            next.scrollIntoView({ block: 'nearest' });
            return true;
        }
        if (event.key === 'Enter' && event.target === row) {
            row.dataset.open
                ? gh.openTransaction(row.dataset.open)
                : row.querySelector('a, button:not([data-act])')?.click();
            return true;
        }
        if (event.key === 'c' && !event.ctrlKey && !event.metaKey) {
            navigator.clipboard?.writeText(row.querySelector('.txn, .ip, .mono')?.textContent || row.dataset.key).then(
                () => gh.toast('Copied'),
                () => {}
            );
            return true;
        }
        return false;
    }
    function find() {
        if (gh.isLive()) gh.goTo('security');
        document
            .querySelector(gh.isLive() ? '[data-search]' : '#region :is([data-search], .filter input)')
            ?.focus({ preventScroll: gh.isLive() });
    }
    document.addEventListener('keydown', (event) => {
        if (event.key === 'Escape' && gh.state.txn && !document.querySelector('dialog[open], .modal.show')) {
            gh.closeTransaction();
            event.preventDefault();
            return;
        }
        const typing = event.target.closest('input, textarea, select');
        if (typing) {
            if (event.key === 'Escape') {
                typing.blur();
            }
            return;
        }
        if (
            event.ctrlKey ||
            event.metaKey ||
            event.altKey ||
            document.querySelector('dialog[open], .modal.show') ||
            !byId('page')
        )
            return;
        if (walk(event)) {
            event.preventDefault();
            return;
        }
        const page = performance.now() - going < 1500 && pages().find((link) => link.dataset.go === event.key);
        if (page) {
            going = -Infinity;
            if (page.pathname !== location.pathname) gh.goPage(page.href);
            else window.scrollTo(0, 0);
            return;
        }
        const keys = {
            '?': gh.showKeys,
            '/': find,
            g: () => {
                going = performance.now();
            },
            m: gh.toggleMode,
            ...(gh.isLive()
                ? {
                      r: gh.showCustom,
                      1: () => gh.setRange('15m'),
                      2: () => gh.setRange('1h'),
                      3: () => gh.setRange('6h'),
                      4: () => gh.setRange('24h')
                  }
                : {})
        };
        if (event.key === ' ' && gh.isLive() && !event.target.closest('button, a, [role="region"]')) {
            event.preventDefault();
            gh.togglePause();
            return;
        }
        if (keys[event.key] && !gh.state.txn) {
            event.preventDefault();
            keys[event.key]();
        }
    });
})();

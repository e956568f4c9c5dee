// Tables: native rows keyed by id, so that a tick touches only what changed. Sort, filter, search, columns, copy, CSV.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const CHOSEN = 'gatehouse-columns:';
    const DOWN_FIRST = ['severity', 'int', 'score', 'usd', 'kl', 'num', 'signed', 'right', 'figure', 'better'];
    const states = new WeakMap();
    const nameOf = (slot) => slot.closest('[data-panel], section')?.id || slot.id;
    const template = document.createElement('template');

    // What is known of a table: all its rows, those that a filter leaves out too.
    function stateOf(slot) {
        if (!states.has(slot)) {
            if (slot.dataset.frame && !slot.firstChild) slot.innerHTML = slot.dataset.frame;
            const rows = [...slot.querySelectorAll('tbody tr')];
            for (const tr of rows) tr.html = tr.outerHTML;
            const hidden = JSON.parse(gh.remembered(CHOSEN + nameOf(slot))) || [];
            states.set(slot, { rows, empty: slot.dataset.empty || '', sort: null, whole: 0, hidden });
            for (const box of slot.parentElement.querySelectorAll('.columns-menu input'))
                box.checked = !hidden.includes(box.dataset.column);
        }
        return states.get(slot);
    }
    function hide(slot, hidden) {
        const rows = [...slot.querySelectorAll('tr')];
        [...rows[0].cells].forEach((head, at) => {
            for (const row of rows) row.cells[at].hidden = hidden.includes(head.dataset.column);
        });
    }
    const text = (cell) =>
        cell.dataset.value ?? cell.querySelector('time')?.dateTime ?? cell.textContent.replace(/^–$/, '');
    function order(cell) {
        const value = cell.dataset.order ?? text(cell);
        return value === '' || Number.isNaN(Number(value)) ? value : Number(value);
    }
    function visible(slot, { rows, sort }) {
        let found = rows;
        if (slot.querySelector('[data-search]')) {
            const words = gh.state.q.toLowerCase().split(/\s+/).filter(Boolean);
            const severity = slot.querySelector(`[data-severity="${CSS.escape(gh.state.sev)}"]`) ? gh.state.sev : 'all';
            found = rows.filter((row) => {
                const all = `${row.dataset.key} ${row.textContent}`.toLowerCase();
                const fits = severity === 'all' || row.querySelector('.severity').dataset.value === severity;
                return fits && words.every((word) => all.includes(word));
            });
        }
        if (!sort) return found;
        const known = found.map((row) => [order(row.cells[sort.at]), row]);
        known.sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0) * (sort.down ? -1 : 1));
        return known.map(([, row]) => row);
    }
    function show(slot) {
        const state = stateOf(slot);
        const [body, none, wrap] = ['tbody', ':scope > .says', '.wrap'].map((place) => slot.querySelector(place));
        const rows = visible(slot, state);
        const wanted = new Set(rows);
        for (const row of [...body.rows]) if (!wanted.has(row)) row.remove();
        let at = body.firstChild;
        for (const row of rows) {
            if (row === at) at = at.nextSibling;
            else body.insertBefore(row, at);
        }
        if (rows.length && !body.querySelector('tr[tabindex="0"]')) rows[0].tabIndex = 0;
        const isFiltered = state.rows.length > 0 && !rows.length;
        none.hidden = !isFiltered && !state.empty;
        wrap.hidden = !none.hidden;
        const clear = gh.tool('Clear filter', { 'data-clear': 'filter' });
        if (isFiltered) none.replaceChildren(gh.icon('funnel'), gh.el('span', {}, 'No rows match this filter.'), clear);
        else if (state.empty) none.replaceChildren(gh.icon('info-circle-fill'), gh.el('span', {}, state.empty));
        for (const pill of slot.querySelectorAll('[data-severity]'))
            pill.setAttribute('aria-pressed', String(pill.dataset.severity === gh.state.sev));
        if (state.hidden.length) hide(slot, state.hidden);
        const find = slot.querySelector('[data-search]');
        if (find && find.value !== gh.state.q) find.value = gh.state.q;
    }
    // A row as it is now: cells that differ take the place of the old ones, so that the row keeps its focus.
    function renewed(old, html, isFirst) {
        if (old?.html === html) {
            old.classList.remove('new');
            return old;
        }
        template.innerHTML = html;
        const row = template.content.firstChild;
        row.html = html;
        row.classList.toggle('new', !old && !isFirst);
        if (!old) return row;
        [...row.cells].forEach((cell, at) => {
            if (cell.outerHTML !== old.cells[at].outerHTML) old.cells[at].replaceWith(cell);
        });
        old.html = html;
        return old;
    }
    // The rows `[key, html]` take the place of those that are here; `counts` are of all there are, by severity.
    gh.takeRows = (slot, entries, { first, empty, counts }) => {
        const state = stateOf(slot);
        const known = new Map(state.rows.map((row) => [row.dataset.key, row]));
        const kept = state.rows.flatMap((row, at) => ('done' in row.dataset ? [[row, at]] : []));
        state.rows = entries.map(([key, html]) => renewed(known.get(key), html, first));
        for (const [row, at] of kept) if (!state.rows.includes(row)) state.rows.splice(at, 0, row);
        state.empty = state.rows.length ? '' : empty || '';
        state.whole = Object.values(counts || {}).reduce((sum, n) => sum + n, 0);
        for (const pill of slot.querySelectorAll('[data-severity]')) {
            const { severity } = pill.dataset;
            const n = severity === 'all' ? state.whole : counts?.[severity] || 0;
            gh.setText(pill.querySelector('b'), n.toLocaleString('en-US'));
        }
        show(slot);
    };
    gh.entriesOf = (slot) => [...slot.querySelectorAll('tbody tr')].map((row) => [row.dataset.key, row.outerHTML]);
    gh.keysOf = (slot) => [...slot.querySelectorAll('tbody tr')].map((row) => row.dataset.key).join('\n');
    gh.dressTable = (slot) => {
        if (!states.has(slot)) show(slot);
    };
    gh.onState(() => {
        for (const slot of document.querySelectorAll('[data-rows]:has([data-search])'))
            if (states.has(slot)) show(slot);
    });

    function sort(slot, at) {
        const state = stateOf(slot);
        const heads = [...slot.querySelectorAll('th')];
        const down = DOWN_FIRST.includes(heads[at].dataset.kind);
        const now = state.sort?.at === at ? state.sort : null;
        state.sort = !now ? { at, down } : now.down === down ? { at, down: !down } : null;
        for (const head of heads) head.removeAttribute('aria-sort');
        if (state.sort) heads[at].setAttribute('aria-sort', state.sort.down ? 'descending' : 'ascending');
        show(slot);
    }
    // The file says by its name what it holds: how many rows of how many, and the times from the oldest to the newest.
    function save(slot) {
        const name = nameOf(slot);
        const { rows: all, whole: counted } = stateOf(slot);
        const heads = [...slot.querySelectorAll('th')];
        const kept = heads.filter((head) => !['act', 'links'].includes(head.dataset.kind) && !head.hidden);
        const rows = [...slot.querySelectorAll('tbody tr')];
        const time = heads.findIndex((head) => ['time', 'when', 'second'].includes(head.dataset.kind));
        const times =
            time < 0
                ? []
                : rows
                      .map((row) => text(row.cells[time]))
                      .filter(Boolean)
                      .sort();
        const whole = Math.max(counted, all.length);
        const why = counted > all.length ? 'only the newest are shown' : 'filtered';
        const missing = whole > rows.length ? [[`${rows.length} of ${whole} rows: ${why}`]] : [];
        gh.csv(
            `${name}-${rows.length}${whole > rows.length ? `-of-${whole}` : ''}-rows`,
            kept.map((head) => head.textContent),
            [...rows.map((row) => kept.map((head) => text(row.cells[head.cellIndex]))), ...missing],
            times.length ? { from: times[0], to: times.at(-1) } : undefined
        );
    }
    // The numbers behind a chart of a page: the table that is folded below it.
    function saveNumbers(name) {
        const table = document.querySelector(`#numbers-${CSS.escape(name)} table`);
        const plain = (cell) => text(cell).replace(/^-?\d{1,3}(,\d{3})+$/, (all) => all.replaceAll(',', ''));
        const rows = [...table.rows].map((row) => [...row.cells].map(plain));
        const now = `${new Date(gh.now()).toISOString().slice(0, 16)}Z`;
        gh.csv(`${document.documentElement.dataset.page}-${name}`, rows[0], rows.slice(1), { from: now });
    }

    const does = {
        'thead button': (button) => sort(button.closest('[data-rows]'), button.parentElement.cellIndex),
        '[data-severity]': (pill) => gh.change({ sev: pill.dataset.severity }, true),
        '[data-clear=filter]': () => gh.change({ sev: 'all', q: '' }, true),
        '[data-csv]': (button) => saveNumbers(button.dataset.csv),
        'button.csv': (button) => {
            const panel = button.closest('[data-panel], section');
            if (!gh.saveChart(panel)) save(panel.querySelector('[data-rows]'));
        },
        '[data-txn]': (link) => gh.openTransaction(link.dataset.txn),
        '[data-ip]': (link) => {
            gh.closeTransaction();
            gh.change({ q: link.dataset.ip, sev: 'all' });
            gh.goTo('security');
        },
        '[data-copy-text]': (button) => gh.copy(button.dataset.copyText)
    };
    document.addEventListener('click', (event) => {
        for (const [what, act] of Object.entries(does)) {
            const at = event.target.closest(what);
            if (at) return act(at);
        }
        const link = event.target.closest('[data-open-id]');
        if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
            event.preventDefault();
            return gh.openTransaction(link.dataset.openId);
        }
        const row = event.target.closest('tr[data-open]');
        if (!row || link || String(getSelection()) || event.target.closest('a, button')) return undefined;
        row.focus();
        return gh.openTransaction(row.dataset.open);
    });
    document.addEventListener('input', (event) => {
        if ('search' in event.target.dataset) gh.change({ q: event.target.value }, true);
    });
    document.addEventListener('change', (event) => {
        const menu = event.target.closest('.columns-menu');
        if (!menu) return;
        const slot = menu.closest('section').querySelector('[data-rows]');
        const hidden = [...menu.querySelectorAll('input:not(:checked)')].map((box) => box.dataset.column);
        gh.remembered(CHOSEN + nameOf(slot), JSON.stringify(hidden));
        stateOf(slot).hidden = hidden;
        hide(slot, hidden);
    });
    document.addEventListener('dblclick', (event) => {
        const cell = event.target.closest('td');
        if (cell) gh.copy(cell.querySelector('button')?.textContent || cell.textContent);
    });
})();

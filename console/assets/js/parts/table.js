// Tables: native rows keyed by id, so a tick touches only what changed. Sort, severity filter, search, copy, CSV, arrows.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { el } = gh;
    const RIGHT = new Set(['int', 'score', 'usd', 'kl', 'num', 'signed', 'right', 'figure', 'better']);
    const ORDER = {
        critical: 4,
        high: 3,
        medium: 2,
        low: 1,
        BLOCKED: 3,
        REVIEW: 2,
        APPROVED: 1,
        drifted: 3,
        watch: 2,
        healthy: 1,
        firing: 8,
        acknowledged: 7,
        silenced: 6,
        pending: 5,
        error: 4,
        no_data: 3,
        waiting: 2,
        inactive: 1
    };
    const states = {};
    const UNSHOWN = new Set(['act', 'links']); // not in files
    const CHOSEN = 'gatehouse-columns:';

    gh.transaction = (id) => `${gh.prefix}transactions/one?id=${encodeURIComponent(id)}`;
    const plain = {
        time: gh.clock,
        int: gh.int,
        usd: gh.usd,
        score: (v) => gh.fixed(v, 3),
        kl: (v) => gh.fixed(v, 3),
        num: (v) => String(Number(v.toPrecision(5))),
        signed: (v) => (v > 0 ? '+' : '') + v.toFixed(3),
        decision: gh.lookWord,
        severity: gh.lookWord,
        limit: gh.lookWord,
        status: gh.lookWord,
        alert: gh.lookWord,
        page: (v) => v[0],
        when: (v) => gh.minute(v),
        second: (v) => gh.second(v),
        long: (v) => (Array.isArray(v) ? v[0] : v),
        state: (v) => v[2],
        more: (v) => v[0]
    };
    const text = (kind, value) =>
        value === null || value === undefined || value === ''
            ? gh.NONE
            : gh.cells[kind]
              ? gh.cells[kind].text(value)
              : plain[kind]
                ? plain[kind](value)
                : String(value);
    const same = (a, b) => a === b || (Array.isArray(a) && JSON.stringify(a) === JSON.stringify(b));
    const look = new Set(['decision', 'severity', 'limit', 'status', 'alert']);

    const button = ([words, address, ask, tone]) =>
        el(
            'button',
            {
                class: `btn btn-sm btn-${tone}`,
                type: 'button',
                'data-act': address,
                'data-ask': ask || null,
                'data-tone': tone
            },
            words
        );
    function cell(td, kind, value, key) {
        if (gh.cells[kind]?.fill && value) gh.cells[kind].fill(td, value);
        else if (look.has(kind)) td.replaceChildren(value ? gh.look(value) : gh.NONE);
        else if (kind === 'page' && value)
            td.replaceChildren(el('a', { class: 'link', href: gh.prefix + value[1], tabindex: '-1' }, value[0]));
        else if (kind === 'open')
            td.replaceChildren(
                el('a', { class: 'link', href: gh.transaction(key), 'data-open-id': key, tabindex: '-1' }, value)
            );
        else if (kind === 'state' && value) td.replaceChildren(gh.chip(value[0], value[1], value[2]));
        else if (kind === 'act')
            td.replaceChildren(...(Array.isArray(value?.[0]) ? value : [value]).filter(Boolean).map(button));
        else if ((kind === 'txn' || kind === 'ip') && value)
            td.replaceChildren(
                el('button', { class: 'link', type: 'button', tabindex: '-1', [`data-${kind}`]: value }, String(value))
            );
        else td.textContent = text(kind, value);
        td.title =
            kind === 'time' || kind === 'when' || kind === 'second'
                ? gh.full(value)
                : kind === 'act'
                  ? ''
                  : kind === 'state'
                    ? value?.[3] || ''
                    : kind === 'more' || (kind === 'long' && Array.isArray(value))
                      ? value?.[1] || ''
                      : text(kind, value);
    }
    function setUp(slot, name) {
        const spec = JSON.parse(slot.dataset.spec);
        const columns = spec.columns.map(([key, label, kind, width]) => ({ key, label, kind, width }));
        const state = (states[slot.id] = {
            spec,
            columns,
            rows: [],
            nodes: new Map(),
            sort: null,
            search: '',
            filter: 'all',
            seen: null,
            hidden: new Set(spec.choice ? remembered(name) : [])
        });
        const heads = columns.map((column, at) =>
            el(
                'th',
                {
                    scope: 'col',
                    class: RIGHT.has(column.kind) ? 'right' : '',
                    style: column.width
                        ? `width:${/px$/.test(column.width) ? `${parseFloat(column.width) / 12}em` : column.width}`
                        : null
                },
                !column.label
                    ? el('span', { class: 'sr' }, 'Action')
                    : spec.heads?.[column.key]
                      ? el('a', { href: spec.heads[column.key][0] }, column.label)
                      : spec.heads
                        ? column.label
                        : el(
                              'button',
                              {
                                  type: 'button',
                                  title: `Sort by ${column.label.toLowerCase()}`,
                                  onclick: () => sort(slot, at)
                              },
                              column.label
                          )
            )
        );
        columns.forEach((column, at) => {
            const way = spec.heads?.[column.key]?.[1];
            if (way) heads[at].setAttribute('aria-sort', way);
        });
        state.head = el('thead', {}, el('tr', {}, ...heads));
        state.body = el('tbody', {});
        state.wrap = el(
            'div',
            { class: 'wrap', tabindex: '0', role: 'region', 'aria-label': spec.label },
            el('table', { 'aria-label': spec.label, class: spec.look || null }, state.head, state.body)
        );
        state.none = el('div', { class: 'says', hidden: true });
        const parts = [];
        if (spec.filters.length || spec.search) {
            state.search = gh.state.q;
            state.filter = ['all', ...spec.filters].includes(gh.state.sev) ? gh.state.sev : 'all';
            parts.push(filters(state));
        }
        slot.replaceChildren(...parts, state.wrap, state.none);
        const place = gh.byId(name)?.querySelector('.head-tools');
        if (spec.choice) place.append(choice(state, name));
        // A panel has one such button: while its chart shows its own numbers, those are what it gives.
        if (spec.csv !== false)
            place.append(
                el(
                    'button',
                    {
                        class: 'tool csv',
                        type: 'button',
                        title: 'Download shown rows as CSV',
                        'aria-label': `Download ${spec.label} as CSV`,
                        onclick: () => gh.chartCsv(name) || download(state, name)
                    },
                    gh.icon('download'),
                    'CSV'
                )
            );
        return state;
    }
    // The file says by its name what it holds: how many rows of how many, and the times from the oldest to the newest of them.
    function download(state, name) {
        const columns = state.columns;
        const kept = columns
            .map((_, at) => at)
            .filter((at) => !UNSHOWN.has(columns[at].kind) && !state.hidden.has(columns[at].key));
        const time = columns.findIndex((column) => ['time', 'when', 'second'].includes(column.kind));
        const rows = visible(state).map((row) =>
            row
                .slice(1)
                .map((value, at) =>
                    ['time', 'when', 'second'].includes(columns[at].kind) && value
                        ? new Date(gh.millis(value)).toISOString()
                        : Array.isArray(value)
                          ? text(columns[at].kind, value)
                          : value
                )
        );
        const times =
            time < 0
                ? []
                : rows
                      .map((row) => row[time])
                      .filter(Boolean)
                      .sort();
        const whole = Math.max(state.total || 0, state.rows.length);
        const missing =
            whole > rows.length
                ? [
                      [
                          `${gh.int(rows.length)} of ${gh.int(whole)} rows: ${state.total > state.rows.length ? 'only the newest are shown' : 'filtered'}`
                      ]
                  ]
                : [];
        const held = whole > rows.length ? `${name}-${rows.length}-of-${whole}-rows` : `${name}-${rows.length}-rows`;
        gh.csv(
            held,
            kept.map((at) => columns[at].label),
            [...rows.map((row) => kept.map((at) => row[at])), ...missing],
            times.length ? { from: times[0], to: times[times.length - 1] } : undefined
        );
    }
    function filters(state) {
        state.pills = {};
        const pill = (key, label) =>
            (state.pills[key] = el(
                'button',
                {
                    class: 'pill',
                    type: 'button',
                    'aria-pressed': String(state.filter === key),
                    onclick: () => gh.change({ sev: key }, true)
                },
                label,
                ' ',
                el('b', {}, '0')
            ));
        const input = (state.input = el('input', {
            type: 'search',
            placeholder: state.spec.find ? `${state.spec.find}  ( / )` : 'Search text, actor, IP, id  ( / )',
            'aria-label': state.spec.find || 'Search security events',
            value: state.search,
            'data-search': ''
        }));
        input.addEventListener('input', () => gh.change({ q: input.value }, true));
        state.stop = gh.onState(() => {
            state.filter = ['all', ...state.spec.filters].includes(gh.state.sev) ? gh.state.sev : 'all';
            state.search = gh.state.q;
            if (input.value !== state.search) input.value = state.search;
            for (const [key, box] of Object.entries(state.pills))
                box.setAttribute('aria-pressed', String(key === state.filter));
            show(state);
        });
        return el(
            'div',
            { class: 'filters', role: 'group', 'aria-label': 'Filter' },
            state.spec.filters.length ? pill('all', 'All') : null,
            ...state.spec.filters.map((key) => pill(key, gh.lookWord(key))),
            el('div', { class: 'find' }, gh.icon('search'), input)
        );
    }
    function visible(state) {
        const words = state.search.toLowerCase().split(/\s+/).filter(Boolean);
        const severity = state.columns.findIndex((column) => column.kind === 'severity') + 1;
        let rows = state.rows;
        if (state.filter !== 'all') rows = rows.filter((row) => row[severity] === state.filter);
        if (words.length)
            rows = rows.filter((row) => {
                const all = row.join('\u0001').toLowerCase();
                return words.every((word) => all.includes(word));
            });
        if (state.sort) {
            const { at, down } = state.sort;
            const kind = state.columns[at].kind;
            const order = gh.cells[kind]?.order;
            const value = (row) => {
                const v = row[at + 1];
                if (v === null || v === undefined) return '';
                if (order) return order(v);
                return Array.isArray(v) ? text(kind, v) : (ORDER[v] ?? v);
            };
            rows = [...rows].sort((a, b) => {
                const [x, y] = [value(a), value(b)];
                return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
            });
        }
        return rows;
    }
    function sort(slot, at) {
        const state = states[slot.id];
        const now = state.sort;
        state.sort =
            !now || now.at !== at
                ? { at, down: RIGHT.has(state.columns[at].kind) || state.columns[at].kind === 'severity' }
                : now.down === (RIGHT.has(state.columns[at].kind) || state.columns[at].kind === 'severity')
                  ? { at, down: !now.down }
                  : null;
        [...state.head.querySelectorAll('th')].forEach((th, n) =>
            state.sort && state.sort.at === n
                ? th.setAttribute('aria-sort', state.sort.down ? 'descending' : 'ascending')
                : th.removeAttribute('aria-sort')
        );
        show(state);
    }
    function show(state, fresh) {
        const rows = visible(state);
        const { body, nodes, columns } = state;
        const wanted = new Set();
        let before = body.firstChild;
        for (const row of rows) {
            const key = row[0];
            if (wanted.has(key)) continue;
            wanted.add(key);
            let tr = nodes.get(key);
            if (!tr) {
                tr = el('tr', { tabindex: '-1', 'data-key': key });
                columns.forEach((column) =>
                    tr.append(
                        el('td', {
                            class: (RIGHT.has(column.kind) ? 'right ' : '') + column.kind,
                            'data-column': column.key
                        })
                    )
                );
                nodes.set(key, tr);
                tr.was = [];
                const txn = columns.findIndex((column) => column.kind === 'txn');
                if (columns.some((column) => column.kind === 'open')) tr.dataset.open = key;
                if (txn >= 0) {
                    tr.dataset.open = row[txn + 1];
                    tr.setAttribute('aria-label', `Transaction ${row[txn + 1]}`);
                }
            }
            columns.forEach((column, at) => {
                const value = row[at + 1];
                if (tr.was.length <= at || !same(tr.was[at], value)) {
                    tr.was[at] = value;
                    cell(tr.children[at], column.kind, value, key);
                }
            });
            tr.classList.toggle('new', Boolean(fresh?.has(key)));
            if (tr !== before) body.insertBefore(tr, before);
            else before = tr.nextSibling;
        }
        for (const [key, tr] of nodes)
            if (!wanted.has(key)) {
                tr.remove();
                nodes.delete(key);
            }
        if (body.firstChild && !body.querySelector('tr[tabindex="0"]')) body.firstChild.tabIndex = 0;
        const filtered = state.rows.length > 0 && rows.length === 0;
        state.none.hidden = !(filtered || state.empty);
        state.wrap.hidden = !state.none.hidden;
        if (filtered)
            state.none.replaceChildren(
                gh.icon('funnel'),
                el('span', {}, 'No rows match this filter.'),
                el(
                    'button',
                    { class: 'tool', type: 'button', onclick: () => gh.change({ sev: 'all', q: '' }, true) },
                    'Clear filter'
                )
            );
        else if (state.empty) state.none.replaceChildren(gh.icon('info-circle-fill'), el('span', {}, state.empty));
    }
    gh.renderers.rows = (slot, content, { name, first }) => {
        if (!states[slot.id]?.wrap.isConnected) {
            states[slot.id]?.stop?.();
            setUp(slot, name);
        }
        const state = states[slot.id];
        state.empty = content.empty || '';
        state.rows = content.rows || [];
        state.total = content.counts ? Object.values(content.counts).reduce((sum, n) => sum + n, 0) : 0;
        const fresh =
            state.seen && !first
                ? new Set(state.rows.map((row) => row[0]).filter((key) => !state.seen.has(key)))
                : null;
        state.seen = new Set(state.rows.map((row) => row[0]));
        if (state.pills) {
            const counts = content.counts || {};
            const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
            for (const [key, box] of Object.entries(state.pills))
                gh.setText(box.querySelector('b'), gh.int(key === 'all' ? all : counts[key] || 0));
        }
        show(state, fresh);
    };
    // A cell of a table of the page, by the key of its row and of its column; with a value it is changed.
    gh.tableCell = (slot, key, column, ...value) => {
        const state = states[slot];
        const at = state.columns.findIndex((one) => one.key === column) + 1;
        const row = state.rows.find((one) => one[0] === key);
        if (row && value.length) {
            [row[at]] = value;
            show(state);
        }
        return row?.[at];
    };
    // Tables of pages bring their rows along (console/table.py).
    gh.fillTables = (root) => {
        for (const slot of root.querySelectorAll('[data-table]'))
            gh.renderers.rows(slot, JSON.parse(slot.dataset.table), { name: slot.closest('section')?.id, first: true });
    };
    gh.onLeave(() => {
        for (const [id, state] of Object.entries(states))
            if (!gh.byId(id)?.closest('#region-live')) {
                state.stop?.();
                delete states[id];
            }
    });
    const remembered = (name) => {
        try {
            return JSON.parse(localStorage.getItem(CHOSEN + name)) || [];
        } catch {
            return [];
        }
    };
    // Which columns show; kept in this browser.
    function choice(state, name) {
        const boxes = state.columns
            .filter((column) => column.label)
            .map((column) => {
                const box = el('input', {
                    type: 'checkbox',
                    class: 'form-check-input',
                    checked: !state.hidden.has(column.key)
                });
                box.addEventListener('change', () => {
                    state.hidden[box.checked ? 'delete' : 'add'](column.key);
                    try {
                        localStorage.setItem(CHOSEN + name, JSON.stringify([...state.hidden]));
                    } catch {
                        /* private window: it holds for this visit */
                    }
                    hide(state);
                });
                return el('label', {}, box, column.label);
            });
        hide(state);
        return el(
            'details',
            { class: 'nav-more columns-menu' },
            el(
                'summary',
                { class: 'tool', 'aria-label': `Columns of ${state.spec.label}` },
                gh.icon('table'),
                'Columns'
            ),
            el('div', { role: 'group', 'aria-label': 'Columns' }, ...boxes)
        );
    }
    function hide(state) {
        const table = state.head.parentElement;
        state.columns.forEach((column, at) => table.classList.toggle(`no-${at + 1}`, state.hidden.has(column.key)));
    }

    gh.csv = (name, heads, rows, range = gh.meta.range || {}) => {
        const stamp = (iso) =>
            String(iso || '')
                .replace(/[-:]/g, '')
                .replace(/\.\d+/, '')
                .slice(0, 16);
        gh.csvFile(`${name}-${stamp(range.from)}-${stamp(range.to)}`, heads, rows);
    };
    document.addEventListener('dblclick', (event) => {
        const td = event.target.closest('td');
        if (!td || !navigator.clipboard) return;
        navigator.clipboard.writeText(td.querySelector('button')?.textContent || td.textContent).then(
            () => gh.toast('Copied'),
            () => {}
        );
    });
    document.addEventListener('click', (event) => {
        const open = event.target.closest('[data-open-id]');
        if (open) {
            if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
            event.preventDefault();
            gh.openTransaction(open.dataset.openId);
            return;
        }
        const link = event.target.closest('[data-txn], [data-ip]');
        if (link?.dataset.txn) {
            gh.openTransaction(link.dataset.txn);
            return;
        }
        if (link?.dataset.ip) {
            if (gh.state.txn) gh.closeTransaction();
            gh.change({ q: link.dataset.ip, sev: 'all' });
            gh.goTo('security');
            return;
        }
        const row = event.target.closest('tr[data-open]');
        if (row && !String(getSelection())) {
            row.focus();
            gh.openTransaction(row.dataset.open);
        }
    });
})();

// Tables: native rows with an id of their key, so that a tick touches only what changed (idiomorph). Sort, filter, search,
// columns, copy, CSV: each shows anew what the server sent last.
const CHOSEN = 'gatehouse-columns:';
const states = new WeakMap();
const template = document.createElement('template');
const nameOf = (slot) => slot.closest('[data-panel], section')?.id || slot.id;
const keysOf = (slot) => [...slot.querySelectorAll('tbody tr')].map((row) => row.dataset.key).join('\n');

// What is known of a table: its rows as `html`, those that a filter leaves out too; `counts` of all there are, by severity.
function stateOf(slot) {
    if (!states.has(slot)) {
        if (slot.dataset.frame && !slot.firstChild) slot.innerHTML = slot.dataset.frame;
        const hidden = JSON.parse(gh.remembered(CHOSEN + nameOf(slot))) || [];
        const { innerHTML: html } = slot.querySelector('tbody');
        states.set(slot, { html, empty: slot.dataset.empty, counts: {}, hidden, sort: null, first: true });
        for (const box of slot.parentElement.querySelectorAll('.columns-menu input'))
            box.checked = !hidden.includes(box.dataset.column);
    }
    return states.get(slot);
}
function order(cell) {
    const { order: place, value: own } = cell.dataset;
    const value = place ?? own ?? cell.querySelector('time')?.dateTime ?? cell.textContent.replace(/^–$/, '');
    return value === '' || Number.isNaN(Number(value)) ? value : Number(value);
}
function filtered(slot, rows) {
    if (!slot.querySelector('[data-search]')) return rows;
    const words = gh.state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const severity = slot.querySelector(`[data-severity="${CSS.escape(gh.state.sev)}"]`) ? gh.state.sev : 'all';
    return rows.filter((row) => {
        const all = `${row.dataset.key} ${row.textContent}`.toLowerCase();
        const fits = severity === 'all' || row.querySelector('.severity').dataset.value === severity;
        return fits && words.every((word) => all.includes(word));
    });
}
function sorted(rows, { at, down }) {
    const compare = (x, y) => (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
    return rows.toSorted((one, other) => compare(order(one.cells[at]), order(other.cells[at])));
}
function show(slot) {
    const state = stateOf(slot);
    const [body, wrap] = ['tbody', '.wrap'].map((at) => slot.querySelector(at));
    const [none, missed] = [...slot.querySelectorAll(':scope > .says')].reverse(); // no row at all; none that fits
    template.innerHTML = state.html;
    const all = [...template.content.children];
    const found = filtered(slot, all);
    const rows = state.sort ? sorted(found, state.sort) : found;
    for (const row of rows) row.id ||= `${slot.id}/${encodeURIComponent(row.dataset.key)}`;
    for (const [at, head] of [...slot.querySelectorAll('th')].entries())
        for (const row of [head.parentElement, ...rows])
            row.cells[at].hidden = state.hidden.includes(head.dataset.column);
    gh.morph(body, rows, {
        beforeNodeMorphed: (old, fresh) => !old.isEqualNode(fresh),
        beforeNodeAdded: (node) => void (node.matches?.('tr') && node.classList.toggle('new', !state.first)),
        beforeNodeRemoved: (node) => !('done' in (node.dataset || {}))
    });
    state.first = false;
    if (rows.length && !body.querySelector('tr[tabindex="0"]')) body.rows[0].tabIndex = 0;
    none.hidden = all.length > 0 || !state.empty;
    gh.put(none, { empty: state.empty });
    if (missed) missed.hidden = !all.length || rows.length > 0;
    wrap.hidden = !none.hidden || missed?.hidden === false;
    for (const pill of slot.querySelectorAll('[data-severity]')) {
        const { severity } = pill.dataset;
        pill.ariaPressed = String(severity === gh.state.sev);
        gh.setText(pill.querySelector('b'), state.counts[severity] ?? '0');
    }
    const find = slot.querySelector('[data-search]');
    if (find && find.value !== gh.state.q) find.value = gh.state.q;
}
gh.takeRows = (slot, { html, empty, counts = {}, first = false }) => {
    Object.assign(stateOf(slot), { html, empty, counts, first });
    show(slot);
};
// A table of a page as it is now.
gh.takeTable = (slot, fresh) => {
    const [html, { empty }] = [fresh.querySelector('tbody').innerHTML, fresh.dataset];
    gh.whenFree(slot.closest('.panel'), slot, keysOf(slot) !== keysOf(fresh), () => gh.takeRows(slot, { html, empty }));
};
gh.dressTable = (slot) => {
    if (!states.has(slot)) show(slot);
};
gh.onState(() => {
    for (const slot of document.querySelectorAll('[data-rows]:has([data-search])')) if (states.has(slot)) show(slot);
});

function sort(slot, at) {
    const state = stateOf(slot);
    const heads = [...slot.querySelectorAll('th')];
    const down = 'down' in heads[at].dataset;
    const now = state.sort?.at === at ? state.sort : null;
    state.sort = !now ? { at, down } : now.down === down ? { at, down: !down } : null;
    for (const head of heads) head.ariaSort = null;
    if (state.sort) heads[at].ariaSort = state.sort.down ? 'descending' : 'ascending';
    show(slot);
}
// A file of what is shown, which the server makes (console/table_csv.py).
const save = async (asked) => (await gh.mayLeave()) && gh.el('a', { href: gh.numbers(asked), download: 'csv' }).click();

gh.on('click', '[data-rows] thead button', (button) =>
    sort(button.closest('[data-rows]'), button.parentElement.cellIndex)
);
gh.on('click', '[data-severity]', (pill) => gh.change({ sev: pill.dataset.severity }, true));
gh.on('click', '[data-clear=filter]', () => gh.change({ sev: 'all', q: '' }, true));
gh.on('click', '[data-csv]', ({ dataset: { csv } }) => save({ csv: `numbers-${csv}` }));
// The one CSV button of a panel saves the numbers of its chart where that is shown as a table, or stands alone.
gh.on('click', 'button.csv', (button) => {
    const panel = button.closest('[data-panel], section');
    const [slot, chart] = ['[data-rows]', '[data-kind=figure]'].map((kind) => panel.querySelector(kind));
    if (chart && (!slot || chart.querySelector('.over').dataset.table)) return save({ csv: chart.id });
    const { hidden, sort: by } = stateOf(slot);
    return save({ csv: slot.id, hide: hidden.join(), order: by && `${by.down ? '-' : ''}${by.at + 1}` });
});
gh.on('click', '[data-ip]', (link) => {
    gh.change({ q: link.dataset.ip, sev: 'all' });
    gh.goTo('security');
});
// A row opens its transaction, and so does what names one; with a key held, a link is a link.
gh.on('click', '[data-open]', (at, event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (at.matches('tr') && (String(getSelection()) || event.target.closest('a, button'))) return;
    event.preventDefault();
    at.focus();
    gh.openTransaction(at.dataset.open);
});
gh.on('input', '[data-search]', (field) => gh.change({ q: field.value }, true));
gh.on('change', '.columns-menu', (menu) => {
    const slot = menu.closest('section').querySelector('[data-rows]');
    const hidden = [...menu.querySelectorAll('input:not(:checked)')].map((box) => box.dataset.column);
    gh.remembered(CHOSEN + nameOf(slot), JSON.stringify(hidden));
    stateOf(slot).hidden = hidden;
    show(slot);
});
gh.on('dblclick', 'td', (cell) => gh.copy(cell.querySelector('button')?.textContent || cell.textContent));

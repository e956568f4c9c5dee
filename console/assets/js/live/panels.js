// Gives each panel's payload to its slots; a slot whose content is as before is left alone. A panel that breaks shows a
// card. What lies under the pointer holds still: its payload waits until the pointer leaves.
let latest = {}; // as last received, also while the pointer holds the shown one still
gh.shown = {};
gh.meta = {};

const kinds = {
    figure: (slot, content, { span }) => gh.showFigure(slot, content, span),
    rows: (slot, { rows, ...more }, { first }) =>
        gh.takeRows(slot, { html: rows.map(([, html]) => html).join(''), ...more, first }),
    strip: (slot, { html }) => gh.showStrip(slot, html)
};
const morph = (slot, { html }) => gh.morph(slot, html);
function broken(panel, error) {
    panel.querySelector('.body > .broken')?.remove();
    if (!error) return;
    const says = gh.made('says-broken');
    gh.put(says, { title: error.title || 'No data', detail: error.detail });
    panel.querySelector('.body').append(says);
}
function fill(panel, payload, span, was = gh.shown[panel.id]) {
    const first = panel.dataset.state === 'loading' || was?.span !== span;
    const before = (!first && was.payload.slots) || {};
    gh.shown[panel.id] = { payload, span };
    broken(panel, payload.error);
    panel.dataset.state = payload.error ? 'error' : 'ready';
    if (payload.error) return;
    const note = panel.querySelector('.note');
    if (note && payload.note !== undefined) Object.assign(note, { textContent: payload.note, title: payload.note });
    for (const slot of panel.querySelectorAll('[data-slot]')) {
        const content = payload.slots[slot.dataset.slot];
        const isDone = content === before[slot.dataset.slot] && !slot.querySelector('tr.new, .over[data-table="1"]');
        if (content === undefined || isDone) continue;
        try {
            (kinds[slot.dataset.kind] || morph)(slot, content, { first, span });
        } catch (error) {
            gh.shown[panel.id].span = null; // the next tick draws it anew
            broken(panel, { title: 'This panel cannot be shown', detail: 'The other panels keep working.' });
            console.warn(`panel ${panel.id}:`, error);
        }
    }
}
gh.take = (body, span) => {
    gh.meta = { range: body.range, span };
    for (const [name, sent] of Object.entries(body.panels)) {
        const panel = gh.byId(name);
        const payload = sent.base ? gh.patched(latest[name], sent, span) : sent;
        if (!payload) return void gh.askWhole();
        latest[name] = { payload, span };
        const waits = gh.shown[name]?.span === span && Boolean(panel.querySelector('.s-rows, .s-figure'));
        gh.whenFree(panel, panel.querySelector('.body'), waits, () => {
            if (!waits || span === gh.spanKey()) fill(panel, payload, span);
        });
    }
    gh.tick();
};
gh.repaint = () => {
    for (const [name, { payload, span }] of Object.entries(gh.shown))
        if (!payload.error && gh.byId(name).querySelector('.s-figure')) fill(gh.byId(name), payload, span, null);
    gh.drawFigures(document, true);
};
// Another live page takes the place of this one.
gh.forgetPanels = () => {
    gh.forgetFigures(gh.byId('region-live'));
    [latest, gh.shown] = [{}, {}];
};
gh.goTo = (id) => {
    const panel = gh.byId(id) || gh.byId(`section-${id}`)?.querySelector('[data-panel]');
    panel?.scrollIntoView({ block: 'center' });
    panel?.focus({ preventScroll: true });
};

// Gives each panel's payload to the renderer of each slot's kind. A panel that breaks shows a card; its neighbours go on.
// What lies under the pointer holds still: its payload waits until the pointer leaves.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const STILL = new Set(['rows', 'figure']);
    const waiting = new Map();
    const latest = {}; // as last received, also while the pointer holds the shown one still
    gh.renderers = gh.renderers || {};
    gh.shown = {};
    gh.meta = {};

    const holds = (panel) =>
        panel.querySelector('.s-rows, .s-figure') &&
        panel.querySelector('.body:hover') &&
        matchMedia('(hover: hover)').matches;
    function broken(panel, error) {
        const body = panel.querySelector('.body');
        let card = body.querySelector(':scope > .broken');
        if (!error) {
            if (card) card.remove();
            return;
        }
        if (card) card.remove();
        card = gh.el(
            'div',
            { class: 'broken' },
            gh.says('exclamation-triangle-fill', error.title || 'No data', error.detail || '')
        );
        body.append(card);
    }
    function fill(name, payload, span) {
        const panel = gh.byId(name);
        if (!panel) return;
        const first = panel.dataset.state === 'loading' || gh.shown[name]?.span !== span;
        gh.shown[name] = { payload, span };
        broken(panel, payload.error);
        panel.dataset.state = payload.error ? 'error' : 'ready';
        if (payload.error) return;
        const note = panel.querySelector('.note');
        if (note && payload.note !== undefined) {
            gh.setText(note, payload.note);
            note.title = payload.note;
        }
        for (const slot of panel.querySelectorAll('[data-slot]')) {
            const content = payload.slots[slot.dataset.slot];
            if (content === undefined) continue;
            try {
                gh.renderers[slot.dataset.kind](slot, content, { name, first, span });
            } catch (error) {
                broken(panel, { title: 'This panel cannot be shown', detail: 'The other panels keep working.' });
                console.warn(`panel ${name}:`, error);
            }
        }
    }
    gh.take = (body, span) => {
        gh.meta = { range: body.range, span };
        for (const [name, sent] of Object.entries(body.panels)) {
            const panel = gh.byId(name);
            const payload = sent.base ? gh.patched(latest[name], sent, span) : sent;
            if (!payload) {
                gh.askWhole();
                return;
            }
            latest[name] = { payload, span };
            if (panel && gh.shown[name]?.span === span && holds(panel)) {
                waiting.set(name, [payload, span]);
                panel.classList.add('held');
            } else {
                waiting.delete(name);
                panel?.classList.remove('held');
                fill(name, payload, span);
            }
        }
        gh.badge();
    };
    gh.release = (name) => {
        gh.byId(name)?.classList.remove('held');
        const held = waiting.get(name);
        if (!held) return;
        waiting.delete(name);
        if (held[1] === gh.spanKey()) fill(name, ...held);
    };
    gh.repaint = () => {
        for (const [name, { payload, span }] of Object.entries(gh.shown)) {
            if (gh.byId(name)?.querySelector('.s-figure') && !payload.error) fill(name, payload, span);
        }
        gh.drawFigures(document);
    };
    // Another live page takes the place of this one.
    gh.forgetPanels = () => {
        waiting.clear();
        for (const name of Object.keys(latest)) delete latest[name];
        gh.shown = {};
    };
    gh.watchPanels = () => {
        for (const panel of document.querySelectorAll('[data-panel]')) {
            if ([...panel.querySelectorAll('[data-kind]')].some((slot) => STILL.has(slot.dataset.kind))) {
                panel.querySelector('.body').addEventListener('pointerleave', () => gh.release(panel.id));
            }
        }
    };
})();

// Gives each panel's payload to its slots. A panel that breaks shows a card; its neighbours go on.
// What lies under the pointer holds still: its payload waits until the pointer leaves.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    let waiting = new Map(),
        latest = {}; // as last received, also while the pointer holds the shown one still
    gh.shown = {};
    gh.meta = {};

    const isHeld = (panel) =>
        panel.querySelector('.s-rows, .s-figure') &&
        panel.querySelector('.body:hover') &&
        matchMedia('(hover: hover)').matches;
    const kinds = {
        figure: (slot, content, { span }) => gh.showFigure(slot, content, span),
        rows: (slot, content, { first }) => gh.takeRows(slot, content.rows, { ...content, first }),
        strip: (slot, { html }) => gh.showStrip(slot, html)
    };
    const morph = (slot, { html }) => gh.morph(slot, html);
    function broken(panel, error) {
        const body = panel.querySelector('.body');
        body.querySelector(':scope > .broken')?.remove();
        if (!error) return;
        const says = gh.says('exclamation-triangle-fill', error.title || 'No data', error.detail || '');
        body.append(gh.el('div', { class: 'broken' }, says));
    }
    function fill(panel, payload, span) {
        const first = panel.dataset.state === 'loading' || gh.shown[panel.id]?.span !== span;
        gh.shown[panel.id] = { payload, span };
        broken(panel, payload.error);
        panel.dataset.state = payload.error ? 'error' : 'ready';
        if (payload.error) return;
        const note = panel.querySelector('.note');
        if (note && payload.note !== undefined) Object.assign(note, { textContent: payload.note, title: payload.note });
        for (const slot of panel.querySelectorAll('[data-slot]')) {
            const content = payload.slots[slot.dataset.slot];
            if (content === undefined) continue;
            try {
                (kinds[slot.dataset.kind] || morph)(slot, content, { first, span });
            } catch (error) {
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
            if (!payload) {
                gh.askWhole();
                return;
            }
            latest[name] = { payload, span };
            waiting.delete(name);
            const waits = gh.shown[name]?.span === span && isHeld(panel);
            panel.classList.toggle('held', Boolean(waits));
            if (waits) waiting.set(name, [payload, span]);
            else fill(panel, payload, span);
        }
        gh.tick();
        gh.badge();
    };
    document.addEventListener('pointerout', (event) => {
        for (const [name, [payload, span]] of waiting) {
            const panel = gh.byId(name);
            if (panel.querySelector('.body').contains(event.relatedTarget)) continue;
            panel.classList.remove('held');
            waiting.delete(name);
            if (span === gh.spanKey()) fill(panel, payload, span);
        }
    });
    gh.repaint = () => {
        for (const [name, { payload, span }] of Object.entries(gh.shown))
            if (!payload.error && gh.byId(name).querySelector('.s-figure')) fill(gh.byId(name), payload, span);
        gh.drawFigures(document, true);
    };
    // Another live page takes the place of this one.
    gh.forgetPanels = () => {
        [waiting, latest, gh.shown] = [new Map(), {}, {}];
    };
    gh.goTo = (id) => {
        const panel = gh.byId(id) || gh.byId(`section-${id}`)?.querySelector('[data-panel]');
        const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
        panel?.scrollIntoView({ behavior: isStill ? 'auto' : 'smooth', block: 'center' });
        panel?.focus({ preventScroll: true });
    };
})();

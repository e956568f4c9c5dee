// The strip on top: what fires, worst first. Acknowledging an incident does so for everybody; what is no incident can be
// hidden in this browser until it changes. Only changes of this list are announced to screen readers.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { el, icon } = gh;
    const hidden = new Map();
    const asked = new Set();
    let told = null, open = false;

    const mark = (item) => `${item.id}|${item.severity}`;
    const inHand = (item) => Boolean(item.acknowledged_by || item.silenced_by || asked.has(item.id));
    const page = (item) => `${gh.prefix}alerts/incidents/${encodeURIComponent(item.incident)}`;
    function announce(loud) {
        const now = new Map(loud.map((item) => [item.id, item.title]));
        if (told) {
            const fresh = [...now].filter(([id]) => !told.has(id)).map(([, title]) => title);
            const over = [...told].filter(([id]) => !now.has(id)).map(([, title]) => title);
            const words = [fresh.length ? `Wants action: ${fresh.join(', ')}` : '', over.length ? `No longer: ${over.join(', ')}` : ''].filter(Boolean);
            if (words.length) gh.say(words.join('. '));
        }
        told = now;
    }
    async function acknowledge(items) {
        const csrf = gh.byId('logout-csrf').value;
        for (const item of items.filter((one) => one.incident)) {
            const answer = await fetch(`${page(item)}/acknowledge`, { method: 'POST', headers: { 'X-CSRF-Token': csrf, Accept: 'application/json' } }).catch(() => null);
            if (answer?.ok) asked.add(item.id);
            else gh.toast(answer?.status === 403 ? 'Your role does not reach this' : 'It could not be acknowledged; please try again');
        }
        items.filter((one) => !one.incident).forEach((item) => hidden.set(item.id, mark(item)));
    }
    const where = (item) => (item.incident ? el('a', { class: 'tool', href: page(item) }, 'Open') : el('button', { class: 'tool', type: 'button', onclick: () => gh.goTo(item.target) }, 'Show'));
    const since = (item) => (item.since ? el('span', { class: 'note', title: gh.full(item.since) }, ` since ${gh.clock(item.since)}`) : null);
    const held = (item) => (item.silenced_by ? `silenced by ${item.silenced_by}` : item.acknowledged_by ? `in hand: ${item.acknowledged_by}` : asked.has(item.id) ? 'in hand: you' : '');
    const row = (item) => el('li', {}, gh.look(inHand(item) ? (item.silenced_by ? 'silenced' : 'acknowledged') : item.severity),
        el('span', { class: 'strip-text' }, el('b', {}, item.title), ' ', item.detail, since(item), held(item) ? el('span', { class: 'note' }, ` · ${held(item)}`) : null), where(item));

    gh.renderers.strip = (slot, { items, counts }) => {
        for (const id of asked) if (!items.some((item) => item.id === id && !item.acknowledged_by)) asked.delete(id);
        const shown = items.filter((item) => hidden.get(item.id) !== mark(item));
        const loud = shown.filter((item) => !inHand(item));
        const worst = loud[0]?.severity;
        const state = !loud.length ? 'calm' : worst === 'critical' || worst === 'high' ? 'alert' : 'warning';
        announce(loud);
        const again = () => gh.renderers.strip(slot, { items, counts });
        const quiet = counts ? `${counts.firing} firing · ${counts.pending} pending · ${counts.inactive} quiet` : '';
        const calm = items.length ? `Nothing new: ${items.length} in hand or hidden` : counts?.pending ? `Nothing fires; ${counts.pending} pending` : 'Nothing wants action';
        const more = shown.length > 1 || (shown.length > 0 && !loud.length);
        const does = gh.boot.operates ? loud : loud.filter((item) => !item.incident);
        const people = does.some((item) => item.incident);
        const line = el('div', { class: 'strip-line' }, loud.length ? gh.look(worst) : icon('check-circle-fill'),
            el('span', { class: 'strip-text', title: loud.map((item) => `${item.title}: ${item.detail}`).join('\n') || null },
                loud.length ? el('b', {}, loud.length === 1 ? loud[0].title : `${loud.length} want action`) : calm, ' ',
                loud.length === 1 ? loud[0].detail : loud.map((item) => item.title).join(' · '), loud.length === 1 ? since(loud[0]) : null),
            quiet ? el('a', { class: 'strip-counts', href: `${gh.prefix}alerts` }, quiet) : null,
            more ? el('button', { class: 'tool', type: 'button', 'aria-expanded': String(open), onclick: () => { open = !open; again(); } }, open ? 'Fewer' : 'Details') : loud.length ? where(loud[0]) : null,
            shown.length < items.length ? el('button', { class: 'tool', type: 'button', onclick: () => { hidden.clear(); again(); } }, 'Show again') : null,
            does.length ? el('button', { class: 'tool', type: 'button', title: people ? 'Tells everybody that you have it in hand; nobody is woken further' : 'Hides it in this browser until it changes', onclick: async (event) => { event.target.disabled = true; await acknowledge(does); again(); } }, people ? 'Acknowledge' : 'Hide') : null);
        const list = open && more ? el('ul', { class: 'strip-list' }, ...shown.map(row)) : null;
        const key = JSON.stringify([shown, items.length, counts, open, [...asked]]);
        if (slot.dataset.was === key) return;
        slot.dataset.was = key;
        const focus = slot.contains(document.activeElement) ? document.activeElement.textContent : '';
        slot.replaceChildren(el('div', { class: `strip ${state}` }, line, list));
        if (focus) ([...slot.querySelectorAll('button, a')].find((b) => b.textContent === focus) || slot.querySelector('button, a'))?.focus();
    };
})();

// The strip on top (console/strip.py). What is no incident can be hidden in this browser until it changes. Only changes of
// the list are announced to screen readers, a few names and a number at the most.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const NAMED = 3;
    const hidden = new Set(),
        taken = new Set(); // what was acknowledged here, until the data say so
    let told = null,
        isOpen = false;

    function announce(loud) {
        const now = new Map(loud.map((item) => [item.dataset.id, item.dataset.loud]));
        const some = (words, titles) => {
            const rest = titles.length > NAMED ? ` and ${titles.length - NAMED} more` : '';
            return titles.length ? [`${words}: ${titles.slice(0, NAMED).join(', ')}${rest}`] : [];
        };
        const missing = (from, others) => [...from].filter(([id]) => !others.has(id)).map(([, title]) => title);
        const words = told
            ? [...some('Needs attention', missing(now, told)), ...some('No longer', missing(told, now))]
            : [];
        if (words.length) gh.say(words.join('. '));
        told = now;
    }
    function dress(slot) {
        const strip = slot.querySelector('.strip');
        const items = [...strip.querySelectorAll('[data-mark]')];
        for (const item of items) {
            const { mark, incident } = item.dataset;
            item.hidden = hidden.has(mark);
            if (!item.dataset.loud) taken.delete(incident);
            if (!taken.has(incident)) continue;
            const by = gh.el('span', { class: 'note small text-body-secondary' }, ' · acknowledged by you');
            item.querySelector('.strip-text').append(by);
            delete item.dataset.loud;
        }
        const loud = items.filter((item) => item.dataset.loud && !item.hidden);
        announce(loud);
        const list = strip.querySelector('.strip-list');
        const details = strip.querySelector('[data-details]');
        list.hidden = !isOpen || !details;
        details?.setAttribute('aria-expanded', String(isOpen));
        gh.setText(details, isOpen ? 'Fewer' : 'Details');
        if (!gh.boot.operates) for (const tool of strip.querySelectorAll('[data-operates]')) tool.remove();
        if (!loud.some((item) => item.dataset.incident)) strip.querySelector('[data-act]')?.remove();
        if (!items.some((item) => item.hidden || taken.has(item.dataset.incident))) return;
        const text = strip.querySelector('.strip-text');
        const number = loud.length + Number(strip.dataset.more);
        const calm = `Nothing new: ${items.length} acknowledged, silenced or hidden`;
        text.textContent = number
            ? `${number} need attention: ${loud.map((one) => one.dataset.loud).join(' · ')}`
            : calm;
        if (!number) strip.className = 'strip card text-body-secondary';
        const again = gh.tool('Show again', { 'data-again': 'all' });
        if (hidden.size) strip.querySelector('[data-hide]')?.replaceWith(again);
    }
    gh.showStrip = (slot, html) => {
        slot.html = html;
        gh.morph(slot, html);
        dress(slot);
    };
    document.addEventListener('acted', ({ detail: address }) => {
        taken.add(address);
        const slot = document.querySelector('[data-kind=strip]');
        if (slot?.html) gh.showStrip(slot, slot.html);
    });
    document.addEventListener('click', (event) => {
        const tool = event.target.closest('.strip .btn');
        const slot = tool?.closest('[data-slot]');
        if (!tool) return;
        if (tool.dataset.to) gh.goTo(tool.dataset.to);
        if ('details' in tool.dataset) isOpen = !isOpen;
        if ('again' in tool.dataset) hidden.clear();
        if ('hide' in tool.dataset)
            for (const item of slot.querySelectorAll('[data-loud]:not([data-incident])')) hidden.add(item.dataset.mark);
        gh.showStrip(slot, slot.html);
    });
})();

// The strip on top (console/strip.py). What is no incident can be hidden in this browser until it changes. Only changes of
// the list are announced to screen readers, a few names and a number at the most.
const NAMED = 3;
const hidden = new Set();
const taken = new Set(); // what was acknowledged here, until the data say so
let told = null;
let isOpen = false;

function announce(loud) {
    const now = new Map(loud.map((item) => [item.dataset.id, item.dataset.loud]));
    const changed = (words, from, others) => {
        const titles = [...from].filter(([id]) => !others.has(id)).map(([, title]) => title);
        const rest = titles.length > NAMED ? ` and ${titles.length - NAMED} more` : '';
        return titles.length ? [`${words}: ${titles.slice(0, NAMED).join(', ')}${rest}`] : [];
    };
    const words = told ? [...changed('Needs attention', now, told), ...changed('No longer', told, now)] : [];
    if (words.length) gh.say(words.join('. '));
    told = now;
}
function dress(slot) {
    const strip = slot.querySelector('.strip');
    const text = strip.querySelector('.strip-text');
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
    const details = strip.querySelector('[data-details]');
    strip.querySelector('.strip-list').hidden = !isOpen || !details;
    if (details) Object.assign(details, { ariaExpanded: String(isOpen), textContent: isOpen ? 'Fewer' : 'Details' });
    if (!gh.boot.operates) for (const tool of strip.querySelectorAll('[data-operates]')) tool.remove();
    if (!loud.some((item) => item.dataset.incident)) strip.querySelector('[data-act]')?.remove();
    if (!items.some((item) => item.hidden || taken.has(item.dataset.incident))) return;
    const number = loud.length + Number(strip.dataset.more);
    text.textContent = number
        ? `${number} need attention: ${loud.map((one) => one.dataset.loud).join(' · ')}`
        : `Nothing new: ${items.length} acknowledged, silenced or hidden`;
    if (!number) strip.className = 'strip card text-body-secondary';
    if (hidden.size) strip.querySelector('[data-hide]')?.replaceWith(gh.tool('Show again', { 'data-again': 'all' }));
}
gh.showStrip = (slot, html) => {
    slot.html = html;
    gh.morph(slot, html);
    dress(slot);
};
document.addEventListener('acted', ({ detail: { address } }) => {
    taken.add(address);
    const slot = document.querySelector('[data-kind=strip]');
    if (slot?.html) gh.showStrip(slot, slot.html);
});
gh.on('click', '.strip .btn', (tool) => {
    const slot = tool.closest('[data-slot]');
    const { to, details, again, hide } = tool.dataset;
    if (to) gh.goTo(to);
    if (details !== undefined) isOpen = !isOpen;
    if (again) hidden.clear();
    const own = hide === undefined ? [] : slot.querySelectorAll('[data-loud]:not([data-incident])');
    for (const item of own) hidden.add(item.dataset.mark);
    gh.showStrip(slot, slot.html);
});

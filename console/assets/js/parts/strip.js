// The strip on top (console/strip.py). What is no incident can be hidden in this browser until it changes; so is what was
// acknowledged here, until the data say so.
const hidden = new Set();

gh.showStrip = (slot, html) => {
    slot.html = html;
    gh.morph(slot, html);
    const strip = slot.querySelector('.strip');
    const items = [...strip.querySelectorAll('[data-mark]')];
    for (const item of items) {
        if (!item.dataset.loud) hidden.delete(item.dataset.mark);
        item.hidden = hidden.has(item.dataset.mark);
    }
    if (!gh.boot.operates) for (const tool of strip.querySelectorAll('[data-operates]')) tool.remove();
    const loud = items.filter((item) => item.dataset.loud && !item.hidden);
    if (!loud.some((item) => item.dataset.incident)) strip.querySelector('[data-act]')?.remove();
    if (!items.some((item) => item.hidden)) return;
    const number = loud.length + Number(strip.dataset.more);
    strip.querySelector('.strip-text').textContent = number
        ? `${number} need attention: ${loud.map((one) => one.dataset.loud).join(' · ')}`
        : `Nothing new: ${items.length} acknowledged, silenced or hidden`;
    if (!number) strip.className = 'strip card text-body-secondary';
    strip.querySelector('[data-hide]')?.replaceWith(gh.tool('Show again', { 'data-again': 'all' }));
};
function hide(items, slot) {
    for (const item of items) hidden.add(item.dataset.mark);
    if (slot) gh.showStrip(slot, slot.html);
}
document.addEventListener('acted', ({ detail: { address } }) => {
    const items = document.querySelectorAll(`[data-incident="${CSS.escape(address)}"]`);
    hide(items, items[0]?.closest('[data-slot]'));
});
gh.on('click', '.strip [data-to]', (tool) => gh.goTo(tool.dataset.to));
gh.on('click', '.strip :is([data-hide], [data-again])', (tool) => {
    const slot = tool.closest('[data-slot]');
    if (tool.dataset.again) hidden.clear();
    hide(tool.dataset.again ? [] : slot.querySelectorAll('[data-loud]:not([data-incident])'), slot);
});

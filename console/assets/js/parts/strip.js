// The strip on top (console/strip.py). What is no incident can be hidden in this browser until it changes; what was
// acknowledged here says so, until the data do.
const hidden = new Set();

gh.showStrip = (slot, html) => {
    slot.html = html;
    gh.morph(slot, html);
    const strip = slot.querySelector('.strip');
    const items = [...strip.querySelectorAll('[data-mark]')];
    for (const item of items) {
        const { mark, loud } = item.dataset;
        if (!loud) hidden.delete(mark);
        if (!hidden.has(mark)) continue;
        const mine = item.querySelector('[data-mine]');
        Object.assign(mine || item, { hidden: !mine });
        delete item.dataset.loud;
    }
    if (!gh.boot.operates) for (const tool of strip.querySelectorAll('[data-operates]')) tool.remove();
    const loud = items.filter((item) => item.dataset.loud);
    if (!loud.some((item) => item.dataset.incident)) strip.querySelector('[data-act]')?.remove();
    if (!items.some((item) => hidden.has(item.dataset.mark))) return;
    const number = loud.length + Number(strip.dataset.more);
    strip.querySelector('.strip-text').textContent = number
        ? `${number} need attention: ${loud.map((one) => one.dataset.loud).join(' · ')}`
        : `Nothing new: ${items.length} acknowledged, silenced or hidden`;
    if (!number) strip.className = 'strip card text-body-secondary';
    const again = gh.tool('Show again', { 'data-again': 'all' });
    if (items.some((item) => item.hidden)) strip.querySelector('[data-hide]')?.replaceWith(again);
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

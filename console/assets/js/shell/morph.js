// HTML of the server in place (console/as_html.py): a new page as a whole, the same page as it is now by what differs
// (idiomorph). What a person typed, opened or chose stays; what lies under the pointer waits until that has left.
const OWN = new Set(['open', 'aria-selected', 'data-done', 'aria-busy', 'tabindex']); // set by what a person does
const waiting = new Map(); // what holds still under the pointer: its panel, and what it will do

gh.whenFree = (panel, place, waits, does) => {
    const isHeld = waits && place.matches(':hover') && matchMedia('(hover: hover)').matches;
    panel.classList.toggle('held', isHeld);
    waiting.delete(place);
    if (isHeld) waiting.set(place, [panel, does]);
    else does();
};
document.addEventListener('pointerout', ({ relatedTarget }) => {
    for (const [place, [panel, does]] of waiting)
        if (!place.contains(relatedTarget)) {
            waiting.delete(place);
            panel.classList.remove('held');
            does();
        }
});
// Whether a person has changed what a field holds.
function isTouched(field) {
    if (['checkbox', 'radio'].includes(field.type)) return field.checked !== field.defaultChecked;
    if (!field.options) return field.value !== field.defaultValue;
    const usual = [...field.options].findIndex((one) => one.defaultSelected);
    return field.selectedIndex !== Math.max(usual, 0);
}
// Whether idiomorph goes into an element; what has a way of its own is done here.
function enters(old, fresh) {
    if (!old.matches || !fresh.matches) return true;
    if ('rows' in old.dataset && 'rows' in fresh.dataset) gh.takeTable(old, fresh);
    else if ('figure' in old.dataset && 'figure' in fresh.dataset) old.dataset.figure = fresh.dataset.figure;
    else if ('filled' in old.dataset) return false;
    else return !(old.matches('input, select, textarea') && isTouched(old));
    return false;
}
// `html` is a text, an element or a list of them; `more` are further callbacks of idiomorph.
gh.morph = (place, html, more) => {
    const callbacks = { beforeNodeMorphed: enters, beforeAttributeUpdated: (name) => !OWN.has(name), ...more };
    window.Idiomorph.morph(place, html, { morphStyle: 'innerHTML', ignoreActiveValue: true, callbacks });
    if (!more) dress(place);
};
function dress(place) {
    for (const slot of place.querySelectorAll('[data-rows]')) gh.dressTable(slot);
    gh.drawFigures(place);
    gh.tick();
    document.dispatchEvent(new Event('filled'));
}
// Content of its own in an element, which no look at the page changes.
gh.fill = (place, html) => {
    gh.forgetFigures(place);
    if (place.id !== 'region') place.toggleAttribute('data-filled', Boolean(html));
    place.innerHTML = html;
    dress(place);
};

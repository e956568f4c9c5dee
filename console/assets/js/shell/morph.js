// HTML of the server in place (console/as_html.py): a new page as a whole, the same page as it is now by what differs
// (idiomorph). What a person typed, opened or chose stays; a table whose rows would move waits until the pointer has left.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const OWN = new Set(['open', 'aria-selected', 'data-done', 'aria-busy']); // attributes that a person's doing set
    const held = new Map(); // tables under the pointer: what they will show

    const isTick = (field) => ['checkbox', 'radio'].includes(field.type);
    gh.isTouched = (field) => {
        if (isTick(field)) return field.checked !== field.defaultChecked;
        if (!field.options) return field.value !== field.defaultValue;
        const usual = [...field.options].findIndex((one) => one.defaultSelected);
        return field.selectedIndex !== Math.max(usual, 0);
    };
    function takeTable(slot, fresh) {
        const entries = gh.entriesOf(fresh);
        const moves = gh.keysOf(slot) !== entries.map(([key]) => key).join('\n');
        const waits = moves && slot.matches(':hover') && matchMedia('(hover: hover)').matches;
        slot.closest('.panel').classList.toggle('held', waits);
        held.delete(slot);
        if (waits) held.set(slot, [entries, fresh.dataset.empty]);
        else gh.takeRows(slot, entries, { empty: fresh.dataset.empty });
    }
    document.addEventListener('pointerout', (event) => {
        for (const [slot, [entries, empty]] of held)
            if (!slot.contains(event.relatedTarget)) {
                held.delete(slot);
                slot.closest('.panel').classList.remove('held');
                gh.takeRows(slot, entries, { empty });
            }
    });
    // Whether idiomorph goes into an element; what has a way of its own is done here.
    function enters(old, fresh) {
        if (!old.matches || !fresh.matches) return true;
        if ('rows' in old.dataset && 'rows' in fresh.dataset) takeTable(old, fresh);
        else if ('figure' in old.dataset && 'figure' in fresh.dataset) old.dataset.figure = fresh.dataset.figure;
        else if ('filled' in old.dataset) return false;
        else return !(old.matches('input, select, textarea') && gh.isTouched(old));
        return false;
    }
    gh.morph = (place, html) => {
        window.Idiomorph.morph(place, html, {
            morphStyle: 'innerHTML',
            ignoreActiveValue: true,
            callbacks: { beforeNodeMorphed: enters, beforeAttributeUpdated: (name) => !OWN.has(name) }
        });
        dress(place);
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
})();

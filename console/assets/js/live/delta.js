// Applies what console/panel_patch.py sends.
function patched(old, sent) {
    const isRun = (one) => typeof one?.[0] === 'number';
    if (sent.runs) return sent.runs.flatMap((one) => (isRun(one) ? old.slice(one[0], one[0] + one[1]) : [one]));
    if (sent.each) return sent.each.map((one, at) => patched(old[at], one));
    if (sent.text) return patched(old.split(/(?=<)/), { runs: sent.text }).join('');
    if (sent.merge) return { ...old, ...merged(old, sent.merge) };
    return sent.same ? old : sent.whole;
}
const merged = (old, sent) =>
    Object.fromEntries(Object.entries(sent).map(([name, one]) => [name, patched(old[name], one)]));
// The whole payload, or null when what is here is not what the patch starts from.
gh.patched = (known, sent, span) => {
    if (!known || known.span !== span || known.payload.version !== sent.base || !known.payload.slots) return null;
    return { version: sent.version, note: sent.note, slots: merged(known.payload.slots, sent.slots) };
};

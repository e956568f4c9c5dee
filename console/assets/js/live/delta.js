// Applies what console/panel_patch.py sends: runs [start, count] keep a stretch of what is here, the rest is new.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});

    const joined = (old, sent) =>
        sent.flatMap((entry) => (typeof entry[0] === 'number' ? old.slice(entry[0], entry[0] + entry[1]) : [entry]));
    function columns(old, { shift, changed }) {
        return old.map((row, y) =>
            row.map((_, x) => {
                if (x in changed) return changed[x][y] ?? null;
                return row[x + shift] ?? null;
            })
        );
    }
    function trace(old, { points, columns: moved, ...rest }) {
        const now = { ...old, ...rest };
        if (points) {
            const all = joined(
                old.ids.map((id, at) => [id, old.x[at], old.y[at]]),
                points
            );
            now.ids = all.map((point) => point[0]);
            now.x = all.map((point) => point[1]);
            now.y = all.map((point) => point[2]);
        }
        if (moved) now.z = columns(old.z, moved);
        return now;
    }
    function slot(old, sent) {
        if (sent.same) return old;
        if (sent.rows) return { ...sent.rest, rows: joined(old.rows, sent.rows) };
        if (sent.figure)
            return {
                data: sent.figure.data.map((patch, at) => trace(old.data[at], patch)),
                layout: { ...old.layout, ...sent.figure.layout }
            };
        return sent.whole;
    }
    // The whole payload, or null when what is here is not what the patch starts from.
    gh.patched = (known, sent, span) => {
        if (!known || known.span !== span || known.payload.version !== sent.base || !known.payload.slots) return null;
        const slots = {};
        for (const name in sent.slots) slots[name] = slot(known.payload.slots[name], sent.slots[name]);
        return { version: sent.version, note: sent.note, slots };
    };
})();

// Elements, how times and lengths read, and files. Text is always set as text, never as markup.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});

    gh.byId = (id) => document.getElementById(id);
    gh.el = (tag, attributes, ...children) => {
        const node = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) if (value) node.setAttribute(name, value);
        node.append(...children);
        return node;
    };
    gh.tool = (words, known) => gh.el('button', { class: 'btn btn-sm btn-secondary', type: 'button', ...known }, words);
    gh.icon = (name) => gh.el('span', { class: `i i-${name}`, 'aria-hidden': 'true' });
    gh.SAYS =
        'says d-flex flex-column align-items-center justify-content-center gap-2 flex-fill m-auto p-4 text-center text-body-secondary';
    gh.says = (icon, title, text) =>
        gh.el('div', { class: gh.SAYS }, gh.icon(icon), title ? gh.el('b', {}, title) : '', gh.el('span', {}, text));
    gh.setText = (node, text) => {
        if (node && node.textContent !== text) node.textContent = text;
    };
    gh.second = (millis) => new Date(millis).toISOString().slice(0, 19).replace('T', ' ');
    gh.full = (millis) => `${gh.second(millis)} UTC · ${new Date(millis).toLocaleString()} local`;
    gh.lasted = (seconds) => {
        const s = Math.max(0, Math.round(seconds));
        if (s < 90) return `${s} s`;
        const minutes = Math.round(s / 60);
        if (minutes < 60) return `${minutes} min`;
        const [whole, rest, more, less] =
            minutes < 2880 ? [60, minutes % 60, 'h', 'min'] : [1440, Math.floor((minutes % 1440) / 60), 'd', 'h'];
        return `${Math.floor(minutes / whole)} ${more}${rest ? ` ${rest} ${less}` : ''}`;
    };
    // Times that count on, and the local time of any on hover; what is cut off shows whole on hover.
    gh.tick = () => {
        for (const node of document.querySelectorAll('#main time:is([data-since], [data-until], [data-ago])')) {
            const { since, until, ago } = node.dataset;
            const left = (Number(since || until || ago) - gh.now()) / 1000;
            const words = until && left <= 0 ? 'now' : gh.lasted(Math.abs(left));
            gh.setText(node, ago ? `${words} ago` : words);
        }
    };
    setInterval(gh.tick, 1000);
    document.addEventListener('mouseover', (event) => {
        const at = event.target.closest?.('time[datetime], td:not(.act, .links)');
        if (at && !at.title) at.title = at.dateTime ? gh.full(Date.parse(at.dateTime)) : at.textContent;
    });

    gh.say = (text) => gh.setText(gh.byId('announce'), text);
    gh.copy = (text) => navigator.clipboard?.writeText(text).then(() => gh.remark('Copied'));
    gh.save = (href, download) => gh.el('a', { href, download }).click();
    gh.textFile = (name, text, type = 'text/plain') => {
        const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
        gh.save(address, name);
        setTimeout(() => URL.revokeObjectURL(address), 10000);
    };
    // What a spreadsheet would take for a formula gets an apostrophe, also after a separator inside a cell
    // (core/tabular/csv_export.py says why); plain numbers stay.
    gh.csvCell = (value) => {
        let out = value === null || value === undefined ? '' : String(value);
        if (!/^[+-]?\d{1,40}(\.\d{1,40})?(e[+-]?\d{1,4})?$/i.test(out)) {
            out = out.replace(/((?:^|[;\t|\r\n])[ \u00a0]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g, "$1'");
            if (/^[\t\r\n]/.test(out)) out = `'${out}`;
        }
        return /[",;|\t\r\n']/.test(out) ? `"${out.replace(/"/g, '""')}"` : out;
    };
    gh.csvName = (name, range = gh.meta?.range || {}) => {
        const stamps = [range.from, range.to].map((iso) => (iso || '').replace(/[-:]|\.\d+/g, '').slice(0, 16));
        return `${['gatehouse', name, ...stamps].filter(Boolean).join('-')}.csv`;
    };
    gh.csv = (name, heads, rows, range) => {
        const lines = [heads, ...rows].map((row) => row.map(gh.csvCell).join(','));
        gh.textFile(gh.csvName(name, range), `${lines.join('\r\n')}\r\n`, 'text/csv');
    };
})();

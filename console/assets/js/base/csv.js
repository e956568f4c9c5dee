// CSV files of what is shown. What a spreadsheet would take for a formula gets an apostrophe, also after a separator inside a cell
// (core/tabular/csv_export.py says why); plain numbers stay.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    gh.csvCell = (value) => {
        let out = value === null || value === undefined ? '' : String(value);
        if (!/^[+-]?\d{1,40}(\.\d{1,40})?(e[+-]?\d{1,4})?$/i.test(out)) {
            out = out.replace(/((?:^|[;\t|\r\n])[ \u00a0]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g, "$1'");
            if (/^[\t\r\n]/.test(out)) out = `'${out}`;
        }
        return /[",;|\t\r\n']/.test(out) ? `"${out.replace(/"/g, '""')}"` : out;
    };
    gh.textFile = (name, text, type = 'text/plain') => {
        const link = document.createElement('a');
        link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
        link.download = name;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    };
    gh.csvFile = (name, heads, rows) => {
        const lines = [heads, ...rows].map((row) => row.map(gh.csvCell).join(','));
        gh.textFile(`gatehouse-${name}.csv`, `${lines.join('\r\n')}\r\n`, 'text/csv');
    };
})();

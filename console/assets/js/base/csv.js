// CSV files of what is shown. A cell that a spreadsheet would take for a formula gets an apostrophe; plain numbers stay.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    gh.csvCell = (value) => {
        let out = value === null || value === undefined ? '' : String(value);
        if (/^[=+\-@\t\r\n]/.test(out) && !/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(out)) out = `'${out}`;
        return /[",\r\n']/.test(out) ? `"${out.replace(/"/g, '""')}"` : out;
    };
    gh.csvFile = (name, heads, rows) => {
        const lines = [heads, ...rows].map((row) => row.map(gh.csvCell).join(','));
        const link = document.createElement('a');
        link.href = URL.createObjectURL(new Blob([`${lines.join('\r\n')}\r\n`], { type: 'text/csv;charset=utf-8' }));
        link.download = `gatehouse-${name}.csv`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    };
})();

// The numbers behind a chart as CSV: a button names the table that the page shows below it.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    document.addEventListener('click', (event) => {
        // Advice leads to the retraining: the cursor stands where that begins.
        if (event.target.closest('a[href="#retrain"]')) setTimeout(() => gh.byId('f-reason')?.focus(), 0);
        const button = event.target.closest('[data-csv]');
        if (!button) return;
        const table = document.querySelector(`#numbers-${CSS.escape(button.dataset.csv)} table`);
        const plain = (text) =>
            text === '–' ? '' : text.replace(/^(-?\d{1,3})((,\d{3})+)$/, (all) => all.replaceAll(',', ''));
        const cells = (row) => [...row.children].map((cell) => plain(cell.textContent));
        const stamp = new Date(gh.now()).toISOString().replace(/[-:]/g, '').slice(0, 13);
        const page = document.documentElement.dataset.page;
        gh.csvFile(
            `${page}-${button.dataset.csv}-${stamp}Z`,
            cells(table.tHead.rows[0]),
            [...table.tBodies[0].rows].map(cells)
        );
    });
})();

// The Model page: the numbers behind a chart as CSV, and a retraining that advice leads to puts the cursor where it begins.
(() => {
    const gh = window.gatehouse;
    document.addEventListener('click', (event) => {
        const button = event.target.closest('[data-csv]');
        if (button) {
            const table = document.querySelector(`#numbers-${CSS.escape(button.dataset.csv)} table`);
            const cells = (row) =>
                [...row.children].map((cell) =>
                    cell.textContent === '–'
                        ? ''
                        : cell.textContent.replace(/^(-?\d{1,3})((,\d{3})+)$/, (all) => all.replaceAll(',', ''))
                );
            const stamp = new Date(gh.now()).toISOString().replace(/[-:]/g, '').slice(0, 13);
            gh.csvFile(
                `model-${button.dataset.csv}-${stamp}Z`,
                cells(table.tHead.rows[0]),
                [...table.tBodies[0].rows].map(cells)
            );
        }
        if (event.target.closest('a[href="#retrain"]'))
            setTimeout(() => document.getElementById('f-reason')?.focus(), 0);
    });
})();

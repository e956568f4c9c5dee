// Charts of pages that the server renders whole: `data-figure` with this mode's colours, drawn anew when it changes.
(() => {
    const gh = window.gatehouse;
    const CONFIG = {
        displaylogo: false,
        responsive: true,
        displayModeBar: 'hover',
        doubleClick: 'reset',
        showTips: false,
        modeBarButtonsToRemove: ['select2d', 'lasso2d', 'autoScale2d', 'pan2d', 'zoomIn2d', 'zoomOut2d'],
        toImageButtonOptions: { format: 'png', scale: 2 }
    };
    function draw(box) {
        const figure = gh.painted(JSON.parse(box.dataset.figure));
        if (figure.layout.height) box.style.height = `${figure.layout.height}px`;
        figure.layout.template = gh.painted(JSON.parse(box.closest('[data-template]').dataset.template));
        figure.layout.separators = '.,';
        figure.layout.autosize = true;
        window.Plotly.react(box, figure.data, figure.layout, CONFIG);
    }
    const all = () => document.querySelectorAll('[data-figure]');
    const watch = new MutationObserver((changes) => {
        const boxes = new Set();
        for (const change of changes) {
            if (change.type === 'attributes') boxes.add(change.target);
            for (const node of change.addedNodes)
                if (node.nodeType === 1) {
                    if (node.dataset.figure) boxes.add(node);
                    node.querySelectorAll('[data-figure]').forEach((box) => boxes.add(box));
                }
        }
        boxes.forEach((box) => {
            if (box.dataset.figure) draw(box);
        });
    });
    all().forEach(draw);
    const live = document.getElementById('live');
    if (live)
        watch.observe(live, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-figure'] });
    gh.drawCharts = (root) => root.querySelectorAll('[data-figure]').forEach(draw);
    gh.repaint = () => all().forEach(draw);
})();

// Charts of pages that the server renders whole: a figure in `data-figure` gets this mode's colours and is drawn.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const CONFIG = { displaylogo: false, responsive: true, displayModeBar: false, showTips: false, doubleClick: false };

    gh.plot = (node, figure, template) => {
        const painted = gh.painted(figure);
        painted.layout.template = gh.painted(template);
        painted.layout.separators = '.,';
        painted.layout.autosize = true;
        if (painted.layout.height) node.style.height = `${painted.layout.height}px`;
        return window.Plotly.react(node, painted.data, painted.layout, CONFIG);
    };
    gh.drawCharts = (root) => {
        for (const node of root.querySelectorAll('[data-figure]')) {
            const template = node.closest('[data-template]').dataset.template;
            gh.plot(node, JSON.parse(node.dataset.figure), JSON.parse(template));
        }
    };
    gh.repaint = () => gh.drawCharts(document);
    document.addEventListener('DOMContentLoaded', () => gh.drawCharts(document));
})();

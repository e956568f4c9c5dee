// Charts that come with a page: `data-figure` of an empty element, in this mode's colours. Plotly is loaded with the first.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const CONFIG = { showTips: false, displayModeBar: false, responsive: true };
    let loading = null;

    const plotly = () =>
        (loading ||= new Promise((resolve, reject) => {
            if (window.Plotly) resolve();
            else
                document.head.append(
                    gh.el('script', { src: window._dashPlotlyJSURL, onload: resolve, onerror: reject })
                );
        }));
    function draw(box) {
        const figure = gh.painted(JSON.parse(box.dataset.figure));
        if (figure.layout.height) box.style.height = `${figure.layout.height}px`;
        Object.assign(figure.layout, { template: gh.painted(gh.boot.template), separators: '.,', autosize: true });
        window.Plotly.react(box, figure.data, figure.layout, CONFIG);
        box.dispatchEvent(new CustomEvent('drawn', { bubbles: true }));
    }
    gh.drawFigures = async (root) => {
        const boxes = () => [...root.querySelectorAll('[data-figure]')].filter((box) => box.isConnected);
        if (!boxes().length) return;
        await plotly();
        boxes().forEach(draw);
    };
    gh.forgetFigures = (root) => {
        for (const box of root?.querySelectorAll('[data-figure].js-plotly-plot') || []) window.Plotly.purge(box);
    };
})();

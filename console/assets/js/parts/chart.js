// Charts: the figure drawn by the server gets this mode's colours. Those of panels go to their dcc.Graph and zoom all panels
// to the span that is dragged over; those of pages come as `data-figure` of an empty element.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { el } = gh;
    const CONFIG = { showTips: false, displayModeBar: false, responsive: true };
    const figures = {};
    let loading = null;

    const coloured = (figure) => {
        const painted = gh.painted(figure);
        Object.assign(painted.layout, { template: gh.painted(gh.boot.template), autosize: true, separators: '.,' });
        return painted;
    };
    // Plotly is loaded with the first chart.
    const plotly = () =>
        (loading ||= new Promise((resolve, reject) => {
            const script = el('script', { src: window._dashPlotlyJSURL });
            Object.assign(script, { onload: resolve, onerror: reject });
            if (window.Plotly) resolve();
            else document.head.append(script);
        }));
    gh.drawFigures = async (root, again) => {
        const boxes = () =>
            [...root.querySelectorAll('[data-figure]')].filter(
                (box) => box.isConnected && (again || box.drawn !== box.dataset.figure)
            );
        if (!boxes().length) return;
        await plotly();
        for (const box of boxes()) {
            box.drawn = box.dataset.figure;
            const figure = coloured(JSON.parse(box.drawn));
            if (figure.layout.height) box.style.height = `${figure.layout.height}px`;
            window.Plotly.react(box, figure.data, figure.layout, CONFIG);
        }
    };
    gh.forgetFigures = (root) => {
        for (const box of root.querySelectorAll('[data-figure].js-plotly-plot')) window.Plotly.purge(box);
    };

    const time = (x) => (typeof x === 'number' ? x : Date.parse(`${String(x).replace(' ', 'T')}Z`));
    const clicked = {
        incident: (trace, at) => {
            const id = encodeURIComponent(gh.plainText(trace.customdata[at][0]));
            gh.goPage(`${gh.prefix}alerts/incidents/${id}`);
        },
        txn: (trace, at) => gh.openTransaction(gh.plainText(trace.ids[at])),
        minute: (trace, at) => gh.setSpan(time(trace.x[at]) - 300000, time(trace.x[at]) + 360000)
    };
    function wire(slot, tries = 0) {
        const plot = slot.querySelector('.js-plotly-plot');
        if (plot?.dataset.wired) return;
        if (!plot?.on) {
            if (tries < 100) setTimeout(() => wire(slot, tries + 1), 100);
            return;
        }
        plot.dataset.wired = '1';
        plot.on('plotly_relayout', (change) => {
            const [from, to] = change['xaxis.range'] || [change['xaxis.range[0]'], change['xaxis.range[1]']];
            if (from !== undefined && time(to) - time(from) >= 1000) gh.setSpan(time(from), time(to));
        });
        plot.on('plotly_doubleclick', () => {
            if (gh.isAbsolute()) gh.setRange('1h');
        });
        plot.on('plotly_click', ({ points: [point] = [] }) => {
            if (point) clicked[point.data.meta]?.(point.data, point.pointNumber);
        });
    }
    // The numbers of a chart are asked of the server: as a table, or as a file.
    function numbers(slot, more) {
        const span = gh.range().length ? gh.range() : [['range', gh.state.range]];
        const query = [['page', document.documentElement.dataset.page], ['place', slot.id], ...span, ...more];
        return `${gh.prefix}live/numbers?${new URLSearchParams(query)}`;
    }
    async function table(slot, over) {
        const answer = await gh.get(numbers(slot, [])).catch(() => null);
        if (answer?.ok && over.dataset.table === '1') gh.morph(over, (await answer.json()).content);
    }
    gh.showFigure = (slot, content, span) => {
        figures[slot.id] = { content, span };
        const over = slot.querySelector('.over');
        const isTable = !content.empty && over.dataset.table === '1';
        over.classList.toggle('on', Boolean(content.empty || isTable));
        if (isTable) {
            table(slot, over);
            return;
        }
        over.replaceChildren(...(content.empty ? [gh.says('bar-chart-line', '', content.empty)] : []));
        if (content.empty) return;
        const figure = coloured(content);
        figure.layout.uirevision = span;
        gh.setProps(`${slot.id}-graph`, { figure });
        wire(slot);
    };
    document.addEventListener('click', (event) => {
        const button = event.target.closest('.as-table');
        if (!button) return;
        const slot = button.closest('[data-panel]').querySelector('[data-kind=figure]');
        const over = slot.querySelector('.over');
        over.dataset.table = over.dataset.table === '1' ? '' : '1';
        button.setAttribute('aria-pressed', String(over.dataset.table === '1'));
        const { content, span } = figures[slot.id];
        gh.showFigure(slot, content, span);
    });
    // The one CSV button of a panel saves the numbers of its chart where that is shown as a table, or stands alone.
    gh.saveChart = (panel) => {
        const slot = panel.querySelector('[data-kind=figure]');
        if (!slot || (panel.querySelector('[data-rows]') && slot.querySelector('.over').dataset.table !== '1'))
            return false;
        gh.save(numbers(slot, [['csv', '1']]), gh.csvName(panel.id));
        return true;
    };
})();

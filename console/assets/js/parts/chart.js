// Charts: the figure drawn by the server gets this mode's colours. Those of panels come with each tick and zoom all panels to
// the span that is dragged over; those of pages come as `data-figure` of an empty element.
const CONFIG = { showTips: false, displayModeBar: false, responsive: true };
let loading = null;

const coloured = (figure) => {
    const painted = gh.painted(figure);
    Object.assign(painted.layout, { template: gh.painted(gh.boot.template), autosize: true, separators: '.,' });
    return painted;
};
// Plotly is loaded with the first chart.
const plotly = () =>
    (loading ||= new Promise((resolve, reject) => {
        const script = gh.el('script', { src: document.querySelector('meta[name=plotly]').content });
        document.head.append(Object.assign(script, { onload: resolve, onerror: reject }));
    }));
async function draw(box, { data, layout }, config) {
    await plotly();
    if (!box.isConnected) return;
    if (layout.height) box.style.height = `${layout.height}px`;
    window.Plotly.react(box, data, layout, config);
}
gh.drawFigures = (root, again) => {
    for (const box of root.querySelectorAll('[data-figure]')) {
        if (!again && box.drawn === box.dataset.figure) continue;
        box.drawn = box.dataset.figure;
        draw(box, coloured(JSON.parse(box.drawn)), CONFIG);
    }
};
gh.forgetFigures = (root) => {
    for (const box of root.querySelectorAll('.js-plotly-plot')) window.Plotly.purge(box);
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
function wire(plot) {
    if (plot.dataset.wired) return;
    plot.dataset.wired = '1';
    plot.on('plotly_relayout', (change) => {
        const [from, to] = change['xaxis.range'] || [change['xaxis.range[0]'], change['xaxis.range[1]']];
        if (from !== undefined && time(to) - time(from) >= 1000) gh.setSpan(time(from), time(to));
    });
    plot.on('plotly_doubleclick', () => gh.isAbsolute() && gh.setRange('1h'));
    plot.on('plotly_click', ({ points: [point] = [] }) => {
        if (point) clicked[point.data.meta]?.(point.data, point.pointNumber);
    });
}
// The numbers of a chart are asked of the server.
async function table(slot, over) {
    const answer = await gh.get(gh.numbers({ table: slot.id })).catch(() => null);
    if (answer?.ok && over.dataset.table) gh.morph(over, (await answer.json()).content);
}
gh.showFigure = (slot, content, span) => {
    const over = slot.querySelector('.over');
    const isTable = !content.html && Boolean(over.dataset.table);
    over.classList.toggle('on', Boolean(content.html || isTable));
    if (isTable) return void table(slot, over);
    over.innerHTML = content.html || '';
    if (content.html) return undefined;
    const figure = coloured(content);
    figure.layout.uirevision = span;
    const plot = slot.querySelector('.graph');
    return void draw(plot, figure, JSON.parse(plot.dataset.config)).then(() => wire(plot));
};
gh.on('click', '.as-table', (button) => {
    const panel = button.closest('[data-panel]');
    const slot = panel.querySelector('[data-kind=figure]');
    const { dataset } = slot.querySelector('.over');
    dataset.table = dataset.table ? '' : '1';
    button.ariaPressed = String(Boolean(dataset.table));
    const { payload, span } = gh.shown[panel.id] || {}; // none yet: the table comes with the first numbers
    if (payload) gh.showFigure(slot, payload.slots[slot.dataset.slot], span);
});

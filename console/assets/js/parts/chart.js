// Charts: the figure drawn by the server gets this mode's colours and goes to its dcc.Graph. Drag zooms all to that span.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { el } = gh;
    const figures = {};

    gh.setProps = (id, props) => window.dash_clientside.set_props(id, props);
    gh.figure = (id, figure, revision) => {
        const painted = gh.painted(figure);
        painted.layout.template = gh.painted(gh.boot.template);
        painted.layout.autosize = true;
        painted.layout.uirevision = revision;
        painted.layout.separators = '.,';
        gh.setProps(id, { figure: painted });
    };
    function wire(slot) {
        const plot = slot.querySelector('.js-plotly-plot');
        if (!plot || plot.dataset.wired || !plot.on) return Boolean(plot?.dataset.wired);
        plot.dataset.wired = '1';
        plot.on('plotly_relayout', (change) => {
            const [from, to] = change['xaxis.range'] || [change['xaxis.range[0]'], change['xaxis.range[1]']];
            if (from === undefined || to === undefined) return;
            const at = (x) => (typeof x === 'number' ? x : Date.parse(`${String(x).replace(' ', 'T')}Z`));
            if (Number.isFinite(at(from)) && Number.isFinite(at(to)) && at(to) - at(from) >= 1000)
                gh.setSpan(at(from), at(to));
        });
        plot.on('plotly_doubleclick', () => {
            if (gh.isAbsolute()) gh.setRange('1h');
        });
        plot.on('plotly_click', (event) => {
            const point = event.points?.[0];
            if (!point) return;
            const trace = point.data;
            if (trace.meta === 'incident') {
                gh.goPage(
                    `${gh.prefix}alerts/incidents/${encodeURIComponent(gh.plainText(trace.customdata[point.pointNumber][0]))}`
                );
                return;
            }
            if (trace.meta === 'txn') gh.openTransaction(gh.plainText(trace.ids[point.pointNumber]));
            if (trace.meta === 'minute') {
                const at = gh.millis(trace.x[point.pointNumber]);
                gh.setSpan(at - 300000, at + 360000);
            }
        });
        return true;
    }
    gh.renderers.figure = (slot, content, { name, span }) => {
        const over = slot.querySelector('.over');
        const id = `${name}-${slot.dataset.slot}-graph`;
        const empty = Boolean(content.empty);
        over.classList.toggle('on', empty || over.dataset.table === '1');
        if (empty) {
            over.dataset.table = '';
            over.replaceChildren(gh.says('bar-chart-line', '', content.empty));
            return;
        }
        figures[slot.id] = content;
        if (over.dataset.table === '1') {
            table(slot, over);
            return;
        }
        over.replaceChildren();
        gh.figure(id, content, span);
        if (!wire(slot)) {
            let tries = 0;
            const again = () => {
                if (!wire(slot) && tries++ < 100) setTimeout(again, 100);
            };
            again();
        }
        tools(slot, name);
    };
    function tools(slot, name) {
        const place = gh.byId(name).querySelector('.head-tools');
        if (place.querySelector('.as-table')) return;
        const button = el(
            'button',
            {
                class: 'tool as-table',
                type: 'button',
                'aria-pressed': 'false',
                title: 'Show as a table',
                'aria-label': `${slot.id} as a table`
            },
            gh.icon('table')
        );
        button.addEventListener('click', () => {
            const over = slot.querySelector('.over');
            const on = over.dataset.table !== '1';
            over.dataset.table = on ? '1' : '';
            button.setAttribute('aria-pressed', String(on));
            over.classList.toggle('on', on);
            if (on) table(slot, over);
            else gh.renderers.figure(slot, figures[slot.id], { name, span: gh.spanKey() });
        });
        if (gh.byId(name).querySelector('[data-kind="rows"]')) {
            place.prepend(button);
            return;
        }
        const csv = el(
            'button',
            {
                class: 'tool',
                type: 'button',
                title: 'Download as CSV',
                'aria-label': `Download ${name} as CSV`,
                onclick: () => save(name, slot)
            },
            gh.icon('download'),
            'CSV'
        );
        place.append(csv, button);
    }
    const save = (name, slot) =>
        gh.csv(
            name,
            ['Series', 'At', 'Value', 'Id'],
            records(figures[slot.id]).map((r) => [r[0], r[3], r[2], r[4]])
        );
    // The numbers of a chart that shows them as a table, for the one CSV button of its panel; false when it shows a drawing.
    gh.chartCsv = (name) => {
        const slot = gh.byId(name).querySelector('[data-kind="figure"]');
        if (slot?.querySelector('.over')?.dataset.table !== '1') return false;
        save(name, slot);
        return true;
    };
    function records(figure) {
        const rows = [];
        for (const trace of figure.data) {
            if (trace.type === 'heatmap') {
                trace.z[0]?.forEach((_, column) => {
                    const n = trace.z.reduce((sum, row) => sum + (row[column] || 0), 0);
                    const at = trace.x0 + column * trace.dx;
                    rows.push([
                        `${gh.plainText(trace.name)} (count)`,
                        gh.clock(at),
                        n,
                        new Date(at).toISOString(),
                        '',
                        at
                    ]);
                });
            } else {
                trace.x.forEach((x, at) => {
                    if (x === null || (trace.meta === 'incident' && trace.marker.size[at] === 0)) return;
                    const time = typeof x === 'number' && x > 1e11;
                    const value = trace.meta === 'incident' ? trace.customdata[at][1] : trace.y[at];
                    rows.push([
                        gh.plainText(trace.name),
                        time ? gh.clock(x) : gh.plainText(x),
                        typeof value === 'string' ? gh.plainText(value) : value,
                        time ? new Date(x).toISOString() : gh.plainText(x),
                        trace.ids ? gh.plainText(trace.ids[at]) : '',
                        time ? x : at
                    ]);
                });
            }
        }
        return rows.sort((a, b) => b[5] - a[5]);
    }
    function table(slot, over) {
        const rows = records(figures[slot.id]).slice(0, 600);
        const ids = rows.some((row) => row[4]);
        const heads = ids ? ['Series', 'At (UTC)', 'Value', 'Transaction'] : ['Series', 'At (UTC)', 'Value'];
        const body = el(
            'tbody',
            {},
            ...rows.map((row) =>
                el(
                    'tr',
                    {},
                    el('td', {}, row[0]),
                    el('td', { class: 'time', title: row[3] }, row[1]),
                    el('td', { class: 'right' }, row[2] === null || row[2] === undefined ? gh.NONE : String(row[2])),
                    ids
                        ? el(
                              'td',
                              { class: 'txn' },
                              row[4] ? el('button', { class: 'link', type: 'button', 'data-txn': row[4] }, row[4]) : ''
                          )
                        : null
                )
            )
        );
        over.replaceChildren(
            el(
                'div',
                {
                    class: 'wrap',
                    tabindex: '0',
                    role: 'region',
                    'aria-label': `${JSON.parse(slot.dataset.spec).label}, as a table`
                },
                el(
                    'table',
                    {},
                    el(
                        'thead',
                        {},
                        el(
                            'tr',
                            {},
                            ...heads.map((head) =>
                                el(
                                    'th',
                                    { class: head === 'Value' ? 'right' : '', scope: 'col', style: 'padding:0 8px' },
                                    head
                                )
                            )
                        )
                    ),
                    body
                )
            )
        );
    }
})();

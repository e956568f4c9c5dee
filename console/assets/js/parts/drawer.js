// The transaction drawer: asks the server by one Dash callback, shows the answer, keeps the address, gives focus back.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { el, byId } = gh;
    let number = 0,
        back = null,
        figure = null,
        slow = 0;

    const OPTIONAL = new Set(['Platform fee', 'Counterparty', 'Event']); // what an attempt that was never completed does not have
    const pairs = (list) =>
        el(
            'dl',
            { class: 'pairs' },
            ...list.flatMap(([name, value]) => [
                el('dt', {}, name),
                el('dd', {}, value === null || value === undefined || value === '' ? gh.NONE : value)
            ])
        );
    const mono = (value) => (value ? el('span', { class: 'mono' }, String(value)) : null);
    const ip = (value) =>
        value ? el('button', { class: 'link mono', type: 'button', 'data-ip': value }, value) : null;
    const time = (value) =>
        value
            ? el(
                  'span',
                  { title: gh.full(value), class: 'mono' },
                  `${new Date(gh.millis(value)).toISOString().replace('T', ' ').slice(0, 19)} UTC`
              )
            : null;
    const num = (value) =>
        typeof value === 'number'
            ? Number.isInteger(value)
                ? String(value)
                : String(Number(value.toPrecision(5)))
            : value === null || value === undefined
              ? gh.NONE
              : String(value);

    function ask(id) {
        number += 1;
        const mine = number;
        byId('drawer-title').textContent = `Transaction ${id}`;
        byId('drawer-body').replaceChildren(el('p', { class: 'drawer-wait' }, 'Loading…'));
        byId('drawer-more').replaceChildren();
        byId('drawer-chart').hidden = true;
        gh.setProps('txn-request', { data: { id, n: mine } });
        clearTimeout(slow);
        slow = setTimeout(() => {
            if (mine === number) fail('The console did not answer. Close and open it again to retry.');
        }, 8000);
    }
    function fail(text) {
        byId('drawer-body').replaceChildren(gh.says('exclamation-triangle-fill', '', text));
    }
    function show(answer) {
        if (!answer || answer.n !== number || gh.state.txn !== answer.id) return;
        clearTimeout(slow);
        figure = answer.figure || null;
        if (answer.error) {
            fail(answer.error);
            return;
        }
        const { transaction, prediction, labels, wallet_history: wallet, ip_history: address } = answer.document;
        const p = prediction || {},
            t = transaction || {};
        const [ofWallet, ofIp] = [wallet, address].map((found) =>
            (found?.transactions || []).filter((x) => x.transaction_id !== answer.id)
        );
        byId('drawer-body').replaceChildren(
            pairs(
                [
                    ['Decision', p.decision ? gh.look(p.decision) : null],
                    ['Score', typeof p.score === 'number' ? p.score.toFixed(3) : null],
                    [
                        'Top feature',
                        mono(p.top_feature_text || (p.top_feature ? `${p.top_feature}=${num(p.top_value)}` : ''))
                    ],
                    ['Amount', typeof t.amount === 'number' ? gh.usd(t.amount) : null],
                    ['Platform fee', typeof t.platform_fee === 'number' ? gh.usd(t.platform_fee) : null],
                    [
                        'Type',
                        t.type || (p.decision && p.decision !== 'APPROVED' ? 'none: it was never completed' : null)
                    ],
                    ['Time', time(p.t || t.t)],
                    ['Wallet', mono(t.wallet)],
                    ['Counterparty', mono(t.counterparty)],
                    ['IP', ip(t.ip)],
                    ['Event', mono(t.event_id)],
                    ['Model', typeof p.model_version === 'number' ? `v${p.model_version}` : null],
                    [
                        'Scored in',
                        typeof p.latency_ms === 'number' ? `${Number(p.latency_ms.toPrecision(3))} ms` : null
                    ],
                    [
                        'Labels',
                        labels.length
                            ? labels
                                  .map(
                                      (l) =>
                                          `${l.label} (${l.source}${l.counts && labels.length > 1 ? ', counts' : ''})`
                                  )
                                  .join(', ')
                            : 'none yet'
                    ]
                ].filter(([name, value]) => value || !OPTIONAL.has(name))
            )
        );
        chart();
        if (!figure && p.explained === 'unavailable')
            byId('drawer-body').append(
                gh.el(
                    'p',
                    { class: 'drawer-wait' },
                    'The contributions cannot be computed at the moment: the scoring service does not answer.'
                )
            );
        const features = p.features || [];
        const more = [
            el(
                'p',
                {},
                el(
                    'a',
                    { class: 'link', href: `${gh.boot.prefix}transactions/one?id=${encodeURIComponent(answer.id)}` },
                    'Label it, similar cases, history of its labels'
                )
            )
        ];
        if (features.length)
            more.push(
                el('h3', {}, 'Features'),
                grid(
                    'Features of the prediction',
                    ['Feature', 'Value', 'Contribution'],
                    features.map((f) => [
                        f.name,
                        num(f.value),
                        typeof f.contribution === 'number'
                            ? (f.contribution > 0 ? '+' : '') + f.contribution.toFixed(3)
                            : gh.NONE
                    ]),
                    [1, 2]
                )
            );
        if (ofWallet.length)
            more.push(el('h3', {}, 'Recent of this wallet'), history('Recent transactions of this wallet', ofWallet));
        if (ofIp.length)
            more.push(el('h3', {}, 'Recent from this IP'), history('Recent transactions from this IP', ofIp));
        byId('drawer-more').replaceChildren(...more);
    }
    function grid(label, heads, rows, right) {
        const side = (at) => (right.includes(at) ? 'right' : '');
        return el(
            'table',
            { 'aria-label': label },
            el(
                'thead',
                {},
                el('tr', {}, ...heads.map((head, at) => el('th', { scope: 'col', class: side(at) }, head)))
            ),
            el(
                'tbody',
                {},
                ...rows.map((row) =>
                    el(
                        'tr',
                        {},
                        ...row.map((value, at) =>
                            el(
                                'td',
                                {
                                    class: `${side(at)} ${at ? '' : 'mono'}`,
                                    title: typeof value === 'string' ? value : null
                                },
                                value
                            )
                        )
                    )
                )
            )
        );
    }
    const history = (label, list) =>
        grid(
            label,
            ['Transaction', 'Time', 'Amount', 'Score', 'Decision'],
            list.slice(0, 20).map((x) => {
                const id = x.transaction_id;
                return [
                    el('button', { class: 'link', type: 'button', 'data-txn': id }, id),
                    gh.clock(x.t),
                    gh.usd(x.amount),
                    gh.fixed(x.score, 3),
                    x.decision ? gh.look(x.decision) : gh.NONE
                ];
            }),
            [2, 3]
        );
    function chart() {
        const box = byId('drawer-chart');
        box.hidden = !figure;
        if (!figure) return;
        const height = figure.layout.height;
        box.querySelector('#drawer-graph').style.height = `${height}px`;
        gh.figure('drawer-graph', figure, String(number));
    }
    gh.repaintDrawer = () => {
        if (figure && gh.state.txn) chart();
    };
    function open() {
        const hidden = byId('drawer-back').hidden;
        if (hidden) {
            back = document.activeElement;
            byId('drawer-back').hidden = false;
            byId('drawer').focus({ preventScroll: true });
            document.body.style.overflow = 'hidden';
        }
        byId('drawer').scrollTop = 0;
        ask(gh.state.txn);
    }
    function close() {
        byId('drawer-back').hidden = true;
        document.body.style.overflow = '';
        figure = null;
        const to = back && document.contains(back) ? back : byId('fraud_feed')?.querySelector('tr[tabindex="0"]');
        back = null;
        to?.focus({ preventScroll: true });
    }
    gh.openTransaction = (id) => {
        if (id && gh.state.txn !== id) gh.change({ txn: id });
    };
    gh.closeTransaction = () => {
        if (gh.state.txn) gh.change({ txn: '' });
    };
    gh.startDrawer = () => {
        gh.onState((before) => {
            if (before.txn !== gh.state.txn) (gh.state.txn ? open : close)();
        });
        byId('drawer-close').addEventListener('click', gh.closeTransaction);
        byId('drawer-back').addEventListener('click', (event) => {
            if (event.target.id === 'drawer-back') gh.closeTransaction();
        });
        byId('drawer').addEventListener('keydown', (event) => {
            if (event.key !== 'Tab') return;
            const all = [...byId('drawer').querySelectorAll('button, a[href], input')].filter(
                (node) => node.offsetParent
            );
            const [first, last] = [all[0], all[all.length - 1]];
            if (event.shiftKey && (document.activeElement === first || document.activeElement === byId('drawer'))) {
                last.focus();
                event.preventDefault();
            } else if (!event.shiftKey && document.activeElement === last) {
                first.focus();
                event.preventDefault();
            }
        });
        if (gh.state.txn) open();
    };
    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.gatehouse = {
        showTransaction: (answer) => {
            show(answer);
            return window.dash_clientside.no_update;
        }
    };
})();

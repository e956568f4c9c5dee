// Renderers of the small kinds: strip, cards, chips, facts, matrix, meters, notes, tiles.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { el, icon, chip } = gh;
    const LOOK = {
        BLOCKED: ['blocked', 'x-octagon-fill', 'Blocked'],
        REVIEW: ['review', 'exclamation-triangle-fill', 'Review'],
        APPROVED: ['ok', 'check-circle-fill', 'Approved'],
        critical: ['blocked', 'x-octagon-fill', 'Critical'],
        high: ['blocked', 'exclamation-octagon-fill', 'High'],
        medium: ['review', 'exclamation-triangle-fill', 'Medium'],
        low: ['ok', 'info-circle-fill', 'Low'],
        alert: ['blocked', 'x-octagon-fill', 'Alert'],
        warning: ['review', 'exclamation-triangle-fill', 'Off target'],
        ok: ['good', 'check-circle-fill', 'On target'],
        none: ['', 'dash-circle', 'No data'],
        UP: ['good', 'check-circle-fill', 'UP'],
        SLOW: ['review', 'exclamation-triangle-fill', 'SLOW'],
        DOWN: ['blocked', 'x-octagon-fill', 'DOWN'],
        UNKNOWN: ['', 'question-circle', 'UNKNOWN'],
        within: ['good', 'check-circle-fill', 'Within'],
        near: ['review', 'exclamation-triangle-fill', 'Near limit'],
        limited: ['blocked', 'slash-circle', 'Limited'],
        blocked: ['blocked', 'slash-circle', 'Blocked'],
        firing: ['blocked', 'bell-fill', 'Firing'],
        pending: ['review', 'clock', 'Pending'],
        inactive: ['good', 'check-circle-fill', 'OK'],
        waiting: ['', 'dash-circle', 'Not evaluated'],
        acknowledged: ['review', 'person-check', 'Acknowledged'],
        silenced: ['', 'bell-slash', 'Silenced'],
        no_data: ['', 'question-circle', 'No data'],
        error: ['review', 'bug', 'Error'],
        healthy: ['good', 'check-circle-fill', 'Healthy'],
        watch: ['review', 'eye', 'Watch'],
        drifted: ['blocked', 'x-octagon-fill', 'Drifted'],
        unknown: ['', 'question-circle', 'Unknown']
    };
    gh.look = (key, word) => {
        const [role, name, text] = LOOK[key] || ['', 'dash-circle', String(key ?? gh.NONE)];
        return chip(role, name, word || text);
    };
    gh.lookWord = (key) => (LOOK[key] ? LOOK[key][2] : String(key ?? ''));
    const says = (slot, content) => {
        if (!content?.empty) return false;
        slot.replaceChildren(gh.says('info-circle-fill', '', content.empty));
        return true;
    };

    // One DOM per key: a value that did not change is not touched, so focus and hover survive a tick.
    function keyed(slot, className, items, make, update) {
        let box = slot.querySelector(`:scope > .${className}`);
        const keys = items.map((item) => item.id || item.label).join('|');
        if (!box || box.dataset.keys !== keys) {
            box = el('div', { class: className, 'data-keys': keys }, ...items.map(make));
            slot.replaceChildren(box);
        }
        items.forEach((item, at) => {
            const text = JSON.stringify(item);
            if (box.children[at].dataset.was === text) return;
            box.children[at].dataset.was = text;
            update(box.children[at], item);
        });
    }

    gh.renderers = Object.assign(gh.renderers || {}, {
        cards(slot, cards) {
            keyed(
                slot,
                'kpis',
                cards,
                () => el('div', { class: 'kpi', role: 'group', 'data-part': '' }),
                (box, card) => {
                    box.dataset.status = card.status;
                    box.setAttribute('aria-label', card.title);
                    box.title = card.reason;
                    const arrow =
                        { up: 'arrow-up', down: 'arrow-down', flat: 'arrow-right' }[card.arrow] || 'arrow-right';
                    box.replaceChildren(
                        el('h3', {}, card.title),
                        el(
                            'span',
                            { class: 'state' },
                            card.incident
                                ? el(
                                      'a',
                                      {
                                          href: `${gh.prefix}alerts/incidents/${encodeURIComponent(card.incident)}`,
                                          title: 'Open the incident'
                                      },
                                      gh.look('alert', card.status === 'alert' ? card.word : 'Alert firing')
                                  )
                                : gh.look(card.status, card.word)
                        ),
                        el(
                            'div',
                            {
                                class: 'value',
                                title: card.exact === null || card.exact === undefined ? '' : String(card.exact)
                            },
                            card.value,
                            card.unit ? el('small', {}, card.unit) : null
                        ),
                        spark(card),
                        el(
                            'div',
                            { class: 'line' },
                            el(
                                'span',
                                { class: card.mood, title: `one hour ago: ${card.was}` },
                                icon(arrow),
                                ` ${card.delta}`,
                                el('span', { class: 'sr' }, ` ${card.mood} than one hour ago`)
                            ),
                            el('span', { 'aria-hidden': 'true' }, 'vs 1 h ago'),
                            el('span', { class: 'target', title: card.target }, card.target)
                        )
                    );
                }
            );
        },
        chips(slot, chips) {
            slot.replaceChildren(
                ...chips.map((c) => {
                    const box = gh.look(c.decision, `${c.label} ${gh.int(c.n)}`);
                    return box;
                })
            );
        },
        facts(slot, facts) {
            keyed(
                slot,
                'facts',
                facts,
                () => el('div', { class: 'fact' }),
                (box, fact) => {
                    box.dataset.level = fact.level;
                    box.replaceChildren(
                        el('div', { class: 'k' }, fact.label),
                        el('div', { class: 'v' }, fact.value),
                        el('div', { class: 's', title: fact.sub }, fact.sub || '\u00a0')
                    );
                }
            );
        },
        matrix(slot, m) {
            if (says(slot, m)) return;
            const key = JSON.stringify(m);
            if (slot.dataset.was === key) return;
            slot.dataset.was = key;
            const cell = (role, value, word, title) =>
                el('div', { class: `cell ${role}`, title, role: 'cell' }, value, el('small', {}, word));
            const head = (text, top) =>
                el('span', { class: top ? 'top' : '', role: top ? 'columnheader' : 'rowheader' }, text);
            const row = (...cells) => el('div', { role: 'row', style: 'display:contents' }, ...cells);
            slot.replaceChildren(
                el(
                    'div',
                    { class: 'matrix', role: 'table', 'aria-label': 'Confusion matrix of 24 hours' },
                    row(
                        el('span', { role: 'columnheader' }, el('span', { class: 'sr' }, 'what it was')),
                        head('predicted fraud', true),
                        head('predicted legit', true)
                    ),
                    row(
                        head('was fraud'),
                        cell('good', m.tp, 'TP caught', 'true positives: fraud predicted as fraud'),
                        cell('bad', m.fn, 'FN missed', 'false negatives: fraud predicted as legit')
                    ),
                    row(
                        head('was legit'),
                        cell('bad', m.fp, 'FP false alarm', 'false positives: legit predicted as fraud'),
                        cell('good', m.tn, 'TN passed', 'true negatives: legit predicted as legit')
                    )
                )
            );
        },
        meters(slot, meters) {
            if (says(slot, meters)) return;
            keyed(
                slot,
                'meters',
                meters,
                (m) =>
                    el(
                        'div',
                        { class: 'meter' },
                        el(
                            'div',
                            { class: 't' },
                            el('b', {}, m.label),
                            el('span', { class: 'x' }),
                            el('span', { class: 'n' })
                        ),
                        el(
                            'div',
                            {
                                class: 'track',
                                role: 'meter',
                                'aria-valuemin': '0',
                                'aria-valuemax': '100',
                                'aria-label': m.label
                            },
                            el('i')
                        )
                    ),
                (box, m) => {
                    box.dataset.level = m.level;
                    box.querySelector('.x').textContent = m.text;
                    box.querySelector('.x').title = m.text;
                    box.querySelector('.n').textContent = m.value;
                    const percent = Math.max(0, Math.min(100, m.percent ?? 0));
                    box.querySelector('.track').setAttribute('aria-valuenow', percent.toFixed(1));
                    box.querySelector('.track i').style.width = `${percent}%`;
                }
            );
        },
        notes(slot, notes) {
            keyed(
                slot,
                'notes',
                notes.map((n, at) => ({ ...n, label: String(at) })),
                () => el('div', { class: 'nt' }),
                (box, n) => {
                    box.dataset.level = n.level;
                    box.replaceChildren(
                        icon(n.level === 'alert' ? 'x-octagon-fill' : 'exclamation-triangle-fill'),
                        el('p', {}, el('b', {}, n.title), n.text ? `. ${n.text}` : '')
                    );
                }
            );
        },
        tiles(slot, tiles) {
            if (says(slot, tiles)) return;
            keyed(
                slot,
                'tiles',
                tiles,
                () => el('div', { class: 'tile', role: 'group' }),
                (box, t) => {
                    box.dataset.status = t.status;
                    box.title = t.detail;
                    box.setAttribute('aria-label', t.title);
                    box.replaceChildren(
                        el('div', { class: 'n' }, el('span', { title: t.title }, t.title), gh.look(t.status)),
                        el(
                            'div',
                            { class: 'd' },
                            el('span', {}, el('b', {}, t.uptime), ' uptime'),
                            el('span', {}, el('b', {}, t.latency)),
                            el(
                                'span',
                                { title: gh.full(t.at) },
                                'checked ',
                                el('b', {}, gh.clock(t.at)),
                                el('span', { class: 'age', 'data-at': t.at ?? '' }, t.at ? `, ${gh.ago(t.at)}` : '')
                            )
                        )
                    );
                }
            );
            for (const age of slot.querySelectorAll('.age[data-at]'))
                if (age.dataset.at) gh.setText(age, `, ${gh.ago(Number(age.dataset.at) || age.dataset.at)}`);
        }
    });
    function spark(card) {
        const known = card.spark.some((y) => y !== null);
        const box = gh.svg('svg', { viewBox: '0 0 100 40', preserveAspectRatio: 'none', 'aria-hidden': 'true' });
        if (!known || card.spark.length < 2) return box;
        for (const [from, to] of card.fired || [])
            box.append(gh.svg('rect', { x: from, y: 0, width: Math.max(1, to - from), height: 40, class: 'fired' }));
        let line = '',
            pen = 'M',
            first = null,
            last = 0;
        card.spark.forEach((y, at) => {
            if (y === null) {
                pen = 'M';
                return;
            }
            const x = (100 * at) / (card.spark.length - 1);
            if (first === null) first = x;
            last = x;
            line += `${pen}${x.toFixed(1)} ${y}`;
            pen = 'L';
        });
        box.append(
            gh.svg('path', { d: `${line}L${last.toFixed(1)} 40L${first.toFixed(1)} 40Z`, class: 'area' }),
            gh.svg('path', { d: line })
        );
        return box;
    }
    gh.goTo = (id) => {
        const panel = gh.byId(id) || gh.byId(`section-${id}`)?.querySelector('[data-panel]');
        if (!panel) return;
        panel.scrollIntoView({
            behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth',
            block: 'center'
        });
        panel.focus({ preventScroll: true });
    };
})();

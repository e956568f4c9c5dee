// The threshold simulator: every move of a slider is answered from suffix sums that came with the page. The arithmetic
// is that of core/transactions/thresholds.py, bounds of money come with them; a browser test holds the two together.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const NAMES = ['review_from', 'fraud_threshold', 'block_from'];
    const Z = 1.959964;
    let sim, curve, N, force, sliders, cells;

    const place = (score) => Math.min(Math.max(Math.round(score * N), 0), N);
    function wilson(hits, cases) {
        if (cases <= 0) return { value: null };
        const share = hits / cases,
            z = Z;
        const middle = share + (z * z) / (2 * cases),
            half = z * Math.sqrt((share * (1 - share)) / cases + (z * z) / (4 * cases * cases)),
            scale = 1 + (z * z) / cases;
        return {
            value: share,
            low: hits <= 0 ? 0 : Math.max(0, (middle - half) / scale),
            high: hits >= cases ? 1 : Math.min(1, (middle + half) / scale)
        };
    }
    // Of weighted cases: at the number of equal ones that would tell as much.
    function weighted(hits, others, hitsSquared, othersSquared) {
        const total = hits + others;
        if (total <= 0) return { value: null };
        const rate = hits / total,
            spread = hitsSquared * (1 - rate) ** 2 + othersSquared * rate ** 2;
        const plain = hitsSquared === hits && othersSquared === others;
        const cases = plain
            ? total
            : spread > 0
              ? (rate * (1 - rate) * total ** 2) / spread
              : total ** 2 / (hitsSquared + othersSquared);
        return { ...wilson(hits * (cases / total), cases), value: rate };
    }
    function poisson(count, hours) {
        if (hours <= 0) return { value: null };
        const more = count + 1;
        const low = count ? count * (1 - 1 / (9 * count) - Z / (3 * Math.sqrt(count))) ** 3 : 0;
        return {
            value: count / hours,
            low: Math.max(low, 0) / hours,
            high: (more * (1 - 1 / (9 * more) + Z / (3 * Math.sqrt(more))) ** 3) / hours
        };
    }
    gh.outcome = (t) => {
        const [block, review, fraud] = [place(t.block_from), place(t.review_from), place(t.fraud_threshold)];
        const c = curve;
        const [tp, fp, unknown] = [c.n_fraud[fraud], c.n_legit[fraud], Math.max(c.n_unknown[fraud], 0)];
        const squares = c.squares_fraud;
        const flagged = tp + fp + unknown;
        const band = [c.n_fraud, c.n_legit, c.n_unknown].reduce((sum, side) => sum + side[review] - side[block], 0);
        return {
            blocked_fraud: { value: c.money_fraud[block], low: c.fraud_low[block], high: c.fraud_high[block] },
            n_blocked_fraud: Math.round(c.n_fraud[block]),
            blocked_legit: { value: c.money_legit[block], low: c.legit_low[block], high: c.legit_high[block] },
            n_blocked_legit: Math.round(c.n_legit[block]),
            blocked_unknown: { value: Math.max(c.money_unknown[block], 0) },
            n_blocked_unknown: Math.round(Math.max(c.n_unknown[block], 0)),
            review_fraud: { value: c.money_fraud[review] - c.money_fraud[block] },
            n_review_fraud: Math.round(c.n_fraud[review] - c.n_fraud[block]),
            let_through: {
                value: c.money_fraud[0] - c.money_fraud[review],
                low: c.through_low[review],
                high: c.through_high[review]
            },
            n_let_through: Math.round(c.n_fraud[0] - c.n_fraud[review]),
            n_through_unknown: Math.round(Math.max(c.n_unknown[0] - c.n_unknown[review], 0)),
            precision: weighted(tp, fp, squares[fraud], c.squares_legit[fraud]),
            recall: weighted(tp, c.n_fraud[0] - tp, squares[fraud], squares[0] - squares[fraud]),
            precision_worst: flagged ? tp / flagged : null,
            precision_best: flagged ? (tp + unknown) / flagged : null,
            reviews_per_hour: poisson(Math.round(band), c.hours)
        };
    };
    const usd = (v) =>
        v === null || v === undefined
            ? gh.NONE
            : `${v < 0 ? '-' : ''}$${Math.abs(v) < 100 ? Math.abs(v).toFixed(2) : gh.int(Math.abs(v))}`;
    const share = (v) => (v === null || v === undefined ? gh.NONE : `${(100 * v).toFixed(1)} %`);
    const rate = (v) => (v === null || v === undefined ? gh.NONE : v >= 100 ? gh.int(v) : v.toFixed(v >= 10 ? 1 : 2));
    // Figure, how it reads, its count, and whether more is better.
    const ROWS = [
        [
            'Correctly blocked',
            'blocked_fraud',
            usd,
            'n_blocked_fraud',
            'up',
            'Money of labelled frauds at or above BLOCKED'
        ],
        [
            'Wrongly blocked',
            'blocked_legit',
            usd,
            'n_blocked_legit',
            'down',
            'Money of labelled legit transactions at or above BLOCKED'
        ],
        [
            'Blocked, unknown',
            'blocked_unknown',
            usd,
            'n_blocked_unknown',
            '',
            'Without a label: neither right nor wrong'
        ],
        ['Fraud in review', 'review_fraud', usd, 'n_review_fraud', '', 'Labelled frauds sent to review'],
        ['Missed fraud', 'let_through', usd, 'n_let_through', 'down', 'Labelled frauds below REVIEW'],
        ['Reviews per hour', 'reviews_per_hour', rate, '', 'down', 'Everything between REVIEW and BLOCKED'],
        ['Precision', 'precision', share, '', 'up', 'Among labelled transactions, at the fraud threshold'],
        ['Recall', 'recall', share, '', 'up', 'Among labelled frauds, at the fraud threshold']
    ];
    const { el } = gh;
    const line = ([words, , , , , title]) => {
        const parts = [el('th', { scope: 'row', title }, words), ...[1, 2, 3].map(() => el('td', { class: 'right' }))];
        document.querySelector('#outcome tbody').append(el('tr', {}, ...parts));
        return parts;
    };
    function fill(cell, figure, reads, count) {
        const bounds =
            figure.low !== undefined && figure.low !== null && figure.value !== null
                ? `${reads(figure.low)} – ${reads(figure.high)}`
                : '';
        const counted = count === undefined ? '' : `${gh.int(count)} transactions`;
        cell.replaceChildren(
            el('b', {}, reads(figure.value)),
            el('small', {}, [counted, bounds].filter(Boolean).join(', '))
        );
    }
    function chosen() {
        const fraud_threshold = Number(sliders.fraud_threshold.value);
        const block_from = Math.min(1, Math.round((fraud_threshold + Number(sliders.block_margin.value)) * N) / N);
        return { fraud_threshold, block_from, review_from: Math.min(Number(sliders.review_from.value), block_from) };
    }
    let waiting = 0;
    function address(t) {
        const query = new URLSearchParams(location.search);
        if (NAMES.every((name) => t[name] === force[name])) query.delete('t');
        else query.set('t', NAMES.map((name) => t[name]).join(','));
        const rest = query.toString().replaceAll('%2C', ',');
        history.replaceState(history.state, '', location.pathname + (rest ? `?${rest}` : '') + location.hash);
    }
    function show() {
        const t = chosen();
        address(t);
        const [now, then] = [gh.outcome(force), gh.outcome(t)];
        ROWS.forEach(([, key, reads, count, better], at) => {
            const [, first, second, change] = cells[at];
            fill(first, now[key], reads, count ? now[count] : undefined);
            fill(second, then[key], reads, count ? then[count] : undefined);
            const step = now[key].value === null || then[key].value === null ? null : then[key].value - now[key].value;
            const small = step !== null && Math.abs(step) < (reads === share ? 0.0005 : 0.005);
            change.textContent =
                step === null
                    ? gh.NONE
                    : small
                      ? 'same'
                      : `${step > 0 ? '+' : ''}${reads === share ? `${(100 * step).toFixed(1)} pp` : reads(step)}`;
            change.className = `right ${step === null || small || !better ? 'same' : step > 0 === (better === 'up') ? 'better' : 'worse'}`;
        });
        const known =
            then.precision_worst === null
                ? ''
                : ` Precision would be ${share(then.precision_worst)} if all unknown transactions were legit, ${share(then.precision_best)} if all were fraud.`;
        gh.byId('policy-words').textContent =
            `APPROVED below ${t.review_from.toFixed(3)}, REVIEW up to ${t.block_from.toFixed(3)}, BLOCKED from there.${known} ${gh.int(then.n_through_unknown)} below REVIEW have no label.`;
        gh.byId('o-review_from').textContent = t.review_from.toFixed(3);
        gh.byId('o-fraud_threshold').textContent = t.fraud_threshold.toFixed(3);
        gh.byId('o-block_margin').textContent = `+${(t.block_from - t.fraud_threshold).toFixed(3)}`;
        for (const form of sim.querySelectorAll('form')) for (const name of NAMES) form.elements[name].value = t[name];
        gh.byId('apply')?.setAttribute(
            'data-ask',
            `These thresholds will decide every transaction from now on: REVIEW from ${t.review_from.toFixed(3)}, BLOCKED from ${t.block_from.toFixed(3)}. On this history that blocks ${usd(then.blocked_fraud.value)} of fraud and ${usd(then.blocked_legit.value)} of legit money, and ${usd(then.blocked_unknown.value)} unknown. To undo it, apply other thresholds.`
        );
        cancelAnimationFrame(waiting);
        waiting = requestAnimationFrame(() => lines(t));
    }
    const ROLES = { review_from: '@review', fraud_threshold: '@accent', block_from: '@blocked' };
    const WORDS = { review_from: 'REVIEW', fraud_threshold: 'fraud', block_from: 'BLOCKED' };
    function lines(t) {
        for (const box of document.querySelectorAll('[data-lines]')) {
            if (!box._fullLayout) continue;
            const names = box.dataset.lines.split(',');
            const line = (x, color, dash, width) => ({
                type: 'line',
                x0: x,
                x1: x,
                yref: 'paper',
                y0: 0,
                y1: 1,
                line: { color: gh.painted(color), dash, width }
            });
            const shapes = names.flatMap((name) => [
                line(force[name], '@muted', 'dot', 1),
                line(t[name], ROLES[name], 'solid', 2)
            ]);
            const annotations = names.map((name, at) => ({
                x: t[name],
                yref: 'paper',
                y: 1 - 0.1 * at,
                text: WORDS[name],
                showarrow: false,
                xanchor: t[name] > 0.8 ? 'right' : 'left',
                xshift: t[name] > 0.8 ? -4 : 4,
                yanchor: 'top',
                font: { size: 11, color: gh.painted(ROLES[name]) },
                bgcolor: gh.painted('@panel'),
                borderpad: 1
            }));
            window.Plotly.relayout(box, { shapes, annotations });
        }
    }
    function put(text) {
        const [review, fraud, block] = text.split(',').map(Number);
        if (![review, fraud, block].every(Number.isFinite)) return;
        sliders.review_from.value = review;
        sliders.fraud_threshold.value = fraud;
        sliders.block_margin.value = Math.round((block - fraud) * N) / N;
    }
    const asked = () => new URLSearchParams(location.search).get('t') || '';
    document.addEventListener('click', (event) => {
        const preset = event.target.closest('[data-preset]');
        if (!preset) return;
        put(preset.dataset.preset);
        show();
    });
    document.addEventListener('input', (event) => {
        if (event.target.closest('.slider')) show();
    });
    document.addEventListener('drawn', (event) => {
        if (event.target.dataset.lines) lines(chosen());
    });
    window.addEventListener('popstate', () => {
        if (!sim?.isConnected) return;
        put(asked() || NAMES.map((name) => force[name]).join(','));
        show();
    });
    gh.onShow(() => {
        sim = gh.byId('sim');
        if (!sim) return;
        curve = JSON.parse(sim.dataset.curve);
        force = JSON.parse(sim.dataset.force);
        N = Number(sim.dataset.buckets);
        sliders = Object.fromEntries(
            ['review_from', 'fraud_threshold', 'block_margin'].map((name) => [name, gh.byId(`s-${name}`)])
        );
        cells = ROWS.map(line);
        put(asked());
        show();
    });
})();

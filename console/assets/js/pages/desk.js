// A list of transactions with one opened beside it: the address follows, and in the review queue so do claims and figures.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const LABELS = {
        fraud: ['blocked', 'x-octagon-fill', 'fraud', ''],
        legit: ['good', 'check-lg', 'legit', ''],
        unsure: ['review', 'question-lg', 'unsure', '']
    };
    const done = new Set(); // labelled in this visit of the queue
    let back = null;

    const desk = () => document.querySelector('#region .desk:not(.alone)');
    const isQueue = () => 'queue' in (desk()?.dataset || {});
    const side = () => gh.byId('side');
    const rows = () => [...document.querySelectorAll('#rows tbody tr')];
    const row = (id) => rows().find((one) => one.dataset.key === id);
    const cell = (...given) => gh.tableCell('rows-rows', ...given); // without a value it reads
    const opened = () => new URLSearchParams(location.search).get('open');
    const isOpen = () => side()?.classList.contains('open');

    // Opening the first one is a step that the back button undoes; going from one to the next is not a step each.
    function address(id) {
        const query = new URLSearchParams(location.search);
        const isStep = id && !query.has('open');
        if (id) query.set('open', id);
        else query.delete('open');
        const text = query.toString();
        const place = location.pathname + (text ? `?${text}` : '');
        if (isStep) history.pushState({ opened: true }, '', place);
        else history.replaceState(history.state, '', place);
    }
    function choose(id) {
        for (const one of rows()) {
            if (one.dataset.key === id) {
                one.setAttribute('aria-selected', 'true');
                one.scrollIntoView({ block: 'nearest' });
            } else one.removeAttribute('aria-selected');
        }
    }
    async function open(id, isAddressed) {
        if (!side().contains(document.activeElement)) back = document.activeElement;
        choose(id);
        side().classList.replace('empty', 'open');
        if (!isAddressed) address(id);
        if (isQueue() && !done.has(id))
            gh.post('queue/claim', { id })
                .then((answer) => hand(id, answer))
                .catch(() => {});
        if (!(await gh.showTransaction('side-body', id))) return;
        side().scrollTop = 0;
        if (getComputedStyle(side()).position === 'fixed') side().querySelector('.close')?.focus();
    }
    function hand(id, answer) {
        if (done.has(id)) return; // labelled before the console answered
        for (const one of rows())
            if (one.dataset.key !== id && cell(one.dataset.key, 'hand')?.[2] === 'you')
                cell(one.dataset.key, 'hand', null);
        cell(id, 'hand', answer.mine ? ['', 'lock', 'you', ''] : ['review', 'lock', answer.holder, '']);
        if (!answer.mine) gh.say(`${answer.holder} is reviewing this transaction.`);
    }
    // Going back takes effect later; what is shut already is not closed again by a second key, which would leave the page.
    function close() {
        shut();
        if (history.state?.opened) history.back();
        else address('');
    }
    function shut() {
        const id = gh.byId('verdict')?.dataset.id;
        if (isQueue() && id && !done.has(id)) gh.post('queue/release', { id }).catch(() => {});
        side().classList.replace('open', 'empty');
        gh.forgetTransaction('side-body');
        choose('');
        if (back && document.contains(back)) back.focus();
    }
    function step(way, isWaiting) {
        const list = rows();
        let at = list.findIndex((one) => one.getAttribute('aria-selected') === 'true') + way;
        const isTaken = (id) => done.has(id) || ![undefined, 'you'].includes(cell(id, 'hand')?.[2]);
        while (isWaiting && list[at] && isTaken(list[at].dataset.key)) at += way;
        if (list[at]) open(list[at].dataset.key);
        else if (isWaiting) gh.noteLast('That was the last transaction in this list. Reload for more.');
    }
    const money = (n) =>
        `$${n.toLocaleString('en-US', n < 100 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumFractionDigits: 0 })}`;
    function count(id, change, words = gh.int) {
        const node = gh.byId(id);
        node.dataset.n = Math.max(0, Number(node.dataset.n) + change);
        node.textContent = words(Number(node.dataset.n));
    }
    // The line and the figures follow what was stored.
    gh.labelled = (answer) => {
        const id = answer.transaction_id;
        if (!desk() || !row(id)) return;
        cell(id, isQueue() ? 'hand' : 'label', LABELS[answer.after || answer.counts] || null);
        if (!isQueue() || done.has(id) === Boolean(answer.after)) return;
        done[answer.after ? 'add' : 'delete'](id);
        row(id).toggleAttribute('data-done', Boolean(answer.after));
        const less = answer.after ? -1 : 1;
        count('waiting', less);
        count('mine', -less);
        if (cell(id, 'decision')?.[2] === 'Blocked') count('blocked', less);
        count('risk', less * Number(cell(id, 'risk')), money);
    };
    gh.goOn = () => {
        if (desk() && isQueue()) step(1, true);
    };
    gh.goBackTo = (id) => {
        if (desk() && isQueue() && gh.byId('verdict')?.dataset.id !== id) open(id);
    };
    gh.openBeside = (id) => {
        if (desk()) open(id);
        return Boolean(desk());
    };
    gh.listKeys = () =>
        desk()
            ? {
                  j: () => step(1),
                  k: () => step(-1),
                  ...(isOpen() ? { ArrowDown: () => step(1), ArrowUp: () => step(-1), Escape: close } : {})
              }
            : {};
    document.addEventListener('click', (event) => {
        if (event.target.closest('#side [data-close]') && desk()) close();
    });
    window.addEventListener('popstate', () => {
        if (!desk()) return;
        const id = opened();
        if (id) open(id, true);
        else if (isOpen()) shut();
    });
    gh.onShow((isNew) => {
        if (isNew) done.clear();
        if (isNew && desk() && opened()) open(opened(), true);
    });
})();

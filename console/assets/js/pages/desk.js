// A list of transactions with one opened beside it: the address follows, and in the review queue so do claims and figures.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    let back = null;

    const desk = () => document.querySelector('#region .desk:not(.alone)');
    const isQueue = () => 'queue' in (desk()?.dataset || {});
    const side = () => gh.byId('side');
    const isOpen = () => side()?.classList.contains('open');
    const rows = () => [...document.querySelectorAll('#rows tbody tr')];
    const row = (id) => rows().find((one) => one.dataset.key === id);
    const isDone = (id) => 'done' in (row(id)?.dataset || {}); // labelled in this visit of the queue
    const opened = () => new URLSearchParams(location.search).get('open');

    // Opening the first one is a step that the back button undoes; going from one to the next is not a step each.
    function address(id) {
        const query = new URLSearchParams(location.search);
        const isStep = id && !query.has('open');
        if (id) query.set('open', id);
        else query.delete('open');
        const place = location.pathname + (query.size ? `?${query}` : '');
        if (isStep) history.pushState({ opened: true }, '', place);
        else history.replaceState(history.state, '', place);
    }
    function choose(id) {
        for (const one of rows()) one.ariaSelected = one.dataset.key === id ? 'true' : null;
        row(id)?.scrollIntoView({ block: 'nearest' });
    }
    async function claim(id) {
        const answer = await gh.store('queue/claim', { id }).catch(() => null);
        if (answer && !answer.mine) gh.say(`${answer.holder} is reviewing this transaction.`);
        if (answer && !isDone(id)) gh.refresh();
    }
    async function open(id, isAddressed) {
        if (!side().contains(document.activeElement)) back = document.activeElement;
        choose(id);
        side().classList.replace('empty', 'open');
        side().dataset.filled = '';
        if (!isAddressed) address(id);
        if (isQueue() && !isDone(id)) claim(id);
        if (!(await gh.showTransaction('side-body', id))) return;
        side().scrollTop = 0;
        if (getComputedStyle(side()).position === 'fixed') side().querySelector('.close')?.focus();
    }
    // Going back takes effect later; what is shut already is not closed again by a second key, which would leave the page.
    function close() {
        shut();
        if (history.state?.opened) history.back();
        else address('');
    }
    function shut() {
        const id = gh.byId('verdict')?.dataset.id;
        if (isQueue() && id && !isDone(id)) gh.store('queue/release', { id }).catch(() => {});
        side().classList.replace('open', 'empty');
        delete side().dataset.filled;
        gh.forgetTransaction('side-body');
        choose('');
        if (back?.isConnected) back.focus();
    }
    function step(way, isWaiting) {
        const list = rows();
        let at = list.findIndex((one) => one.ariaSelected === 'true') + way;
        const isTaken = (one) => 'done' in one.dataset || one.querySelector('[data-column=hand] .review');
        while (isWaiting && list[at] && isTaken(list[at])) at += way;
        if (list[at]) open(list[at].dataset.key);
        else if (isWaiting) gh.noteLast('That was the last transaction in this list. Reload for more.');
    }
    // The line and the figures follow what was stored; a line of the queue stays for this visit.
    gh.labelled = (answer) => {
        const line = desk() && row(answer.transaction_id);
        if (!line) return;
        if (isQueue()) {
            line.toggleAttribute('data-done', Boolean(answer.after));
            if (answer.after) line.querySelector('[data-column=hand]').innerHTML = answer.chip;
            else line.html = '';
        }
        gh.refresh();
    };
    gh.goOn = () => {
        if (isQueue()) step(1, true);
    };
    gh.goBackTo = (id) => {
        if (isQueue() && gh.byId('verdict')?.dataset.id !== id) open(id);
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
        if (opened()) open(opened(), true);
        else if (isOpen()) shut();
    });
    gh.onShow((isNew) => {
        if (isNew && desk() && opened()) open(opened(), true);
    });
})();

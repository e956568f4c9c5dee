// One opened transaction, wherever it is shown: beside a list (pages/desk.js), in the drawer, on its own page. It comes from
// the address of its page; labels are sent from it by button or key, and come back as they are stored.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { byId } = gh;
    const SLOW = 8000;
    let asked = 0,
        last = null, // the change that `z` takes back
        back = null; // what had the cursor before the drawer

    const addressOf = (id) => `${gh.prefix}transactions/one?id=${encodeURIComponent(id)}`;
    const instead = (says) =>
        `<article class="one"><header class="one-head position-sticky top-0 z-2 d-flex align-items-center gap-2 py-2">
        <h2 class="flex-fill">Transaction</h2><button type="button" class="btn btn-sm btn-outline-secondary close"
        data-close title="Close (Escape)" aria-label="Close"><span class="i i-x-lg"></span></button></header>${says}</article>`;
    const LOADS = instead('<p class="text-body-secondary">Loading…</p>');
    const FAILED = instead(
        '<p class="alert alert-danger" role="alert">The console did not respond. Select the transaction again to retry.</p>'
    );

    // True when it is shown; false when another was asked for meanwhile, or the session is over.
    gh.showTransaction = async (place, id) => {
        const mine = ++asked;
        const box = byId(place);
        if (box.querySelector('article')) box.setAttribute('aria-busy', 'true');
        else gh.fill(box, LOADS);
        const url = gh.fragment(new URL(`${addressOf(id)}&alone=1`, location.href));
        const answer = await gh.get(url, { signal: AbortSignal.timeout(SLOW) }).catch(() => null);
        const found = await answer?.json().catch(() => null);
        if (mine !== asked) return false;
        box.removeAttribute('aria-busy');
        if (answer?.status === 401) return false; // the notice over the page says so
        gh.fill(box, found?.content || FAILED);
        box.scrollTop = 0;
        return true;
    };
    gh.forgetTransaction = (place) => {
        asked += 1;
        gh.fill(byId(place), '');
    };
    // Beside the list that shows it; from its own page to that of another; else in the drawer.
    gh.openTransaction = (id) => {
        if (!id || gh.state.txn === id || gh.openBeside(id)) return;
        if (document.documentElement.dataset.page === 'transaction') gh.goPage(addressOf(id));
        else gh.change({ txn: id });
    };
    gh.closeTransaction = () => {
        if (gh.state.txn) gh.change({ txn: '' });
    };
    // The drawer over any page. The address keeps it, and the cursor goes back to where it was.
    async function drawer(before) {
        const { txn } = gh.state;
        if (before.txn === txn) return;
        if (!before.txn) back = document.activeElement;
        byId('drawer-back').hidden = !txn;
        document.body.style.overflow = txn ? 'hidden' : '';
        for (const part of document.querySelectorAll('.bar, #main, #foot')) part.inert = Boolean(txn);
        if (txn) {
            byId('drawer').focus({ preventScroll: true });
            await gh.showTransaction('drawer-body', txn);
            byId('drawer').scrollTop = 0;
        } else {
            gh.forgetTransaction('drawer-body');
            const to = back?.isConnected ? back : document.querySelector('#fraud_feed tr[tabindex="0"]');
            to?.focus({ preventScroll: true });
        }
    }
    gh.startDrawer = () => {
        gh.onState(drawer);
        drawer({ txn: '' });
    };

    // What the console stored; an error says in words why nothing was.
    gh.store = async (path, fields) => {
        const body = new URLSearchParams(fields);
        const answer = await gh.post(`${gh.prefix}transactions/${path}`, body).catch(() => null);
        if (answer?.ok) return answer.found;
        if (answer?.status === 401) throw new Error('You are logged out. Nothing was saved.');
        const words = answer ? `The console responded with status ${answer.status}.` : '';
        throw new Error(answer?.found.detail || words || 'The console cannot be reached. Nothing was saved.');
    };
    function stored(answer) {
        if (byId('verdict')?.dataset.id === answer.transaction_id) gh.fill(byId('verdict-place'), answer.content);
        gh.labelled(answer);
    }
    function told(text, change) {
        const part = (type, children, more) => ({
            namespace: 'dash_html_components',
            type,
            props: { children, ...more }
        });
        const undo = { className: 'btn btn-sm btn-secondary', 'data-undo-change': String(change) };
        gh.notify(change ? [part('Span', text), part('Button', 'Undo (z)', undo)] : text);
        gh.say(text);
    }
    gh.noteLast = (text) => told(text, last);
    async function label(word) {
        const form = document.querySelector('#verdict form[data-say]');
        const buttons = [...(form?.querySelectorAll('button') || [])];
        if (!form || buttons.some((button) => button.disabled)) return;
        const { id } = byId('verdict').dataset;
        const wrong = form.querySelector('[data-said]');
        wrong.textContent = '';
        for (const button of buttons) button.disabled = true;
        try {
            const answer = await gh.store('label', { id, label: word, comment: form.elements.comment.value });
            const { after, counts, change } = answer;
            const outranks =
                after !== 'unsure' && counts !== after
                    ? `, but ${counts} counts because it comes from a higher-ranked source`
                    : '';
            last = change;
            stored(answer);
            told(answer.result === 'unchanged' ? `${id} is already ${word}` : `${id}: ${word}${outranks}`, change);
            gh.goOn();
        } catch (error) {
            for (const button of buttons) button.disabled = false;
            wrong.textContent = error.message;
        }
    }
    async function undo(change) {
        if (!change) return;
        try {
            const answer = await gh.store('undo', { change });
            last = null;
            stored(answer);
            const counts = answer.counts ? `${answer.counts} counts` : 'no label counts';
            told(`${answer.transaction_id}: label removed, ${counts} now`);
            gh.goBackTo(answer.transaction_id);
        } catch (error) {
            gh.notify(error.message, true);
        }
    }
    document.addEventListener('submit', (event) => {
        if (!('say' in event.target.dataset)) return;
        event.preventDefault();
        if (event.submitter) label(event.submitter.value);
    });
    document.addEventListener('click', (event) => {
        const button = event.target.closest('[data-undo-change]');
        if (button) undo(button.dataset.undoChange);
        const isOver = event.target.id === 'drawer-back' || event.target.closest('#drawer [data-close]');
        if (isOver) gh.closeTransaction();
    });
    const does = {
        f: () => label('fraud'),
        l: () => label('legit'),
        u: () => label('unsure'),
        z: () => undo(byId('verdict')?.dataset.undo || last),
        c: () => byId('say-comment')?.focus()
    };
    // What a key does to the opened one, or to the list beside it.
    gh.transactionKey = (key) => {
        if (key === 'Escape' && gh.state.txn) return gh.closeTransaction;
        return gh.listKeys()[key] || (byId('verdict') || last ? does[key] : null);
    };
})();

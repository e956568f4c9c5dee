// One opened transaction, wherever it is shown: beside a list (pages/desk.js), in the drawer, on its own page. It comes from
// the address of its page; labels are an action of its own form, by button or key, and come back as they are stored.
const { byId } = gh;
const SLOW = 8000;
let asked = 0;
let last = null; // the change that `z` takes back
let back = null; // what had the cursor before the drawer

const addressOf = (id) => `${gh.prefix}transactions/one?id=${encodeURIComponent(id)}`;

// True when it is shown; false when another was asked for meanwhile, or the session is over.
gh.showTransaction = async (place, id) => {
    const mine = ++asked;
    const box = byId(place);
    if (box.querySelector('article')) box.setAttribute('aria-busy', 'true');
    else gh.fill(box, byId('one-loading').innerHTML);
    const request = { signal: AbortSignal.timeout(SLOW) };
    const answer = await gh.get(gh.fragment(`${addressOf(id)}&alone=1`), request).catch(() => null);
    const found = await answer?.json().catch(() => null);
    if (mine !== asked) return false;
    box.removeAttribute('aria-busy');
    if (answer?.status === 401) return false; // the notice over the page says so
    gh.fill(box, found?.content || byId('one-failed').innerHTML);
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

const undoAddress = () => `${gh.prefix}transactions/undo`;
gh.sayOfLast = (text, change = last) => {
    const part = (type, children, more) => ({ namespace: 'dash_html_components', type, props: { children, ...more } });
    const undo = {
        className: 'btn btn-sm btn-secondary',
        'data-act': undoAddress(),
        name: 'change',
        value: `${change}`
    };
    gh.notify(change ? [part('Span', text), part('Button', 'Undo (z)', undo)] : text);
    gh.say(text);
};
// A label was stored or taken back.
document.addEventListener('acted', ({ detail: { found } }) => {
    if (!found.said) return;
    last = found.undo;
    gh.sayOfLast(found.said);
    gh.labelled(found);
});
gh.on('click', '#drawer-back', (back, { target }) => {
    if (target === back || target.closest('[data-close]')) gh.closeTransaction();
});
const label = (word) => () => document.querySelector(`#verdict .say-${word}`)?.click();
function undo() {
    const change = byId('verdict')?.dataset.undo || last;
    if (change) gh.send(undoAddress(), null, null, { change });
}
const does = {
    f: label('fraud'),
    l: label('legit'),
    u: label('unsure'),
    z: undo,
    c: () => byId('say-comment')?.focus()
};
// What a key does to the opened one, or to the list beside it.
gh.transactionKey = (key) => {
    if (key === 'Escape' && gh.state.txn) return gh.closeTransaction;
    return gh.listKeys()[key] || (byId('verdict') || last ? does[key] : null);
};

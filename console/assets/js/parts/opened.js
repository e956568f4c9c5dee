// One opened transaction: beside the list of a page that has a place for it, else in the drawer, or on its own page, from
// whose address it comes. The address says which; in the review queue claims follow. Labels are an action of its own form,
// by button or key, and come back as they are stored.
const { byId } = gh;
const SLOW = 8000;
let asked = 0;
let last = null; // the change that `z` takes back
let back = null; // what had the cursor before

const addressOf = (id) => `${gh.prefix}transactions/one?id=${encodeURIComponent(id)}`;
const desk = () => document.querySelector('#region .desk:not(.alone)');
const isQueue = () => 'queue' in (desk()?.dataset || {});
const rows = () => [...document.querySelectorAll('.desk #rows tbody tr')];
const row = (id) => rows().find((one) => one.dataset.key === id);
const isDone = (id) => 'done' in (row(id)?.dataset || {}); // labelled in this visit of the queue

const claims = (what, id) =>
    gh.post(`${gh.prefix}transactions/queue/${what}`, new URLSearchParams({ id })).catch(() => ({}));
async function claim(id) {
    const { ok, found } = await claims('claim', id);
    if (ok && !found.mine) gh.say(`${found.holder} is reviewing this transaction.`);
    if (ok) gh.refresh();
}
// True when it is shown; false when another was asked for meanwhile, or the session is over.
async function fill(box, id) {
    const mine = ++asked;
    const place = byId(`${box.id}-body`);
    if (place.querySelector('article')) place.setAttribute('aria-busy', 'true');
    else gh.fill(place, byId('one-loading').innerHTML);
    const request = { signal: AbortSignal.timeout(SLOW) };
    const answer = await gh.get(gh.fragment(`${addressOf(id)}&alone=1`), request).catch(() => null);
    const found = await answer?.json().catch(() => null);
    if (mine !== asked) return false;
    place.removeAttribute('aria-busy');
    if (!found?.content) box.dataset.filled = ''; // so that it can be asked for again
    if (answer?.status === 401) return false; // the notice over the page says so
    gh.fill(place, found?.content || byId('one-failed').innerHTML);
    box.scrollTop = 0;
    return true;
}
// What a place for one shows from now on; '' for nothing.
async function show(box, id) {
    const { filled: known = '' } = box.dataset;
    if (known === id && box.classList.contains('open') === Boolean(id)) return;
    const { activeElement: used } = document;
    if (used !== document.body && !box.contains(used)) back = used;
    box.dataset.filled = id;
    box.classList.toggle('open', Boolean(id));
    for (const one of rows()) one.ariaSelected = one.dataset.key === id ? 'true' : null;
    row(id)?.scrollIntoView({ block: 'nearest' });
    if (isQueue() && id && !isDone(id)) claim(id);
    if (id) {
        if (box.matches('dialog:not([open])')) box.showModal();
        const isShown = await fill(box, id);
        const isOver = box.id === 'side' && getComputedStyle(box).position === 'fixed'; // the list, on a small screen
        if (isShown && isOver) box.querySelector('.close')?.focus();
        return;
    }
    if (isQueue() && known && !isDone(known)) claims('release', known);
    delete box.dataset.filled;
    asked += 1;
    gh.fill(byId(`${box.id}-body`), '');
    box.close?.();
    const to = back?.isConnected ? back : document.querySelector('#fraud_feed tr[tabindex="0"]');
    to?.focus({ preventScroll: true });
}
function follow() {
    if (location.pathname !== gh.here.pathname) return; // the page of the address is still to come
    const beside = desk() && byId('side');
    if (beside) show(beside, gh.state.txn);
    show(byId('drawer'), beside ? '' : gh.state.txn);
}
gh.onState(follow);
byId('drawer').onclose = () => byId('drawer').classList.contains('open') && gh.closeTransaction();
// From its own page to that of another. Beside a list, opening the first one is a step that the back button undoes; going
// from one to the next is not a step each.
gh.openTransaction = (id) => {
    if (document.documentElement.dataset.page === 'transaction') gh.goPage(addressOf(id));
    else if (id) gh.change({ txn: id }, Boolean(desk() && gh.state.txn));
};
// Going back takes effect later; what is shut already is not closed again by a second key, which would leave the page.
gh.closeTransaction = () => {
    if (!gh.state.txn) return;
    if (!history.state?.opened) return void gh.change({ txn: '' }, true);
    gh.state.txn = '';
    follow();
    history.back();
};

const undoAddress = () => `${gh.prefix}transactions/undo`;
function sayOfLast(text) {
    const known = { 'data-act': undoAddress(), name: 'change', value: `${last}` };
    gh.notify(text, false, ...(last ? [gh.tool('Undo (z)', known)] : []));
    gh.say(text);
}
function step(way, isWaiting) {
    const list = rows();
    let at = list.findIndex((one) => one.dataset.key === gh.state.txn) + way;
    const isTaken = (one) => 'done' in one.dataset || one.querySelector('[data-column=hand] .review');
    while (isWaiting && list[at] && isTaken(list[at])) at += way;
    if (list[at]) gh.openTransaction(list[at].dataset.key);
    else if (isWaiting) sayOfLast('That was the last transaction in this list. Reload for more.');
}
// A label was stored or taken back: the line and the figures follow; a line of the queue stays for this visit. From there it
// goes on to the next one, or back to that whose label was taken back.
document.addEventListener('acted', ({ detail: { found } }) => {
    const { said, transaction_id: id, after, chip, undo } = found;
    if (!said) return;
    last = undo;
    sayOfLast(said);
    const line = desk() && row(id);
    if (line && isQueue()) line.toggleAttribute('data-done', Boolean(after));
    if (line && isQueue() && after) line.querySelector('[data-column=hand]').innerHTML = chip;
    if (line) gh.refresh();
    if (isQueue() && undo) step(1, true);
    else if (isQueue() && gh.state.txn !== id) gh.openTransaction(id);
});
gh.on('click', ':is(#drawer, .desk:not(.alone)) [data-close]', gh.closeTransaction);
function undo() {
    const change = byId('verdict')?.dataset.undo || last;
    if (change) gh.send(undoAddress(), null, null, { change });
}
// What a key does to the opened one, or to the list beside it; those of its form are in the form.
gh.transactionKey = (key) => {
    const [next, before] = [() => step(1), () => step(-1)];
    const beside = gh.state.txn ? { ArrowDown: next, ArrowUp: before, Escape: gh.closeTransaction } : {};
    const list = desk() ? { j: next, k: before, ...beside } : {};
    return list[key] || (key === 'z' && (byId('verdict') || last) ? undo : null);
};

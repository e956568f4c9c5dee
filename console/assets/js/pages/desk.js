// A list of transactions with one opened beside it: the address follows, and in the review queue so do claims and figures.
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
    const place = gh.withQuery({ open: id });
    if (id && !opened()) history.pushState({ opened: true }, '', place);
    else history.replaceState(history.state, '', place);
}
function choose(id) {
    for (const one of rows()) one.ariaSelected = one.dataset.key === id ? 'true' : null;
    row(id)?.scrollIntoView({ block: 'nearest' });
}
const claims = (what, id) =>
    gh.post(`${gh.prefix}transactions/queue/${what}`, new URLSearchParams({ id })).catch(() => ({}));
async function claim(id) {
    const { ok, found } = await claims('claim', id);
    if (ok && !found.mine) gh.say(`${found.holder} is reviewing this transaction.`);
    if (ok && !isDone(id)) gh.refresh();
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
    if (isQueue() && id && !isDone(id)) claims('release', id);
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
    else if (isWaiting) gh.sayOfLast('That was the last transaction in this list. Reload for more.');
}
// The line and the figures follow what was stored; a line of the queue stays for this visit. From there it goes on to the
// next one, or back to that whose label was taken back.
gh.labelled = ({ transaction_id: id, after, chip, undo }) => {
    const line = desk() && row(id);
    if (line && isQueue()) line.toggleAttribute('data-done', Boolean(after));
    if (line && isQueue() && after) line.querySelector('[data-column=hand]').innerHTML = chip;
    if (line) gh.refresh();
    if (isQueue() && undo) step(1, true);
    else if (isQueue() && gh.byId('verdict')?.dataset.id !== id) open(id);
};
gh.openBeside = (id) => {
    if (desk()) open(id);
    return Boolean(desk());
};
gh.listKeys = () => {
    const [next, last] = [() => step(1), () => step(-1)];
    const ofOpened = isOpen() ? { ArrowDown: next, ArrowUp: last, Escape: close } : {};
    return desk() ? { j: next, k: last, ...ofOpened } : {};
};
gh.on('click', '.desk:not(.alone) #side [data-close]', close);
window.addEventListener('popstate', () => {
    if (!desk()) return;
    if (opened()) open(opened(), true);
    else if (isOpen()) shut();
});
document.addEventListener('shown', ({ detail: isNew }) => {
    if (isNew && desk() && opened()) open(opened(), true);
});

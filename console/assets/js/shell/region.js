// Pages without a reload: the shell stays, the region takes the next page's content. Addresses, history, titles, focus and
// scroll behave as with whole pages; what is no page of the shell is opened as a whole page.
const root = document.documentElement;
const SLOW = 10000;
let loading = null;
let kept = null; // the live page, which stays as it is while others show
let isLeaving = false;
gh.here = new URL(location.href);

gh.pageOf = ({ origin, pathname }) =>
    origin === location.origin && gh.boot.pages.find(({ path }) => new RegExp(`^${gh.prefix}${path}$`).test(pathname));

// The content in place; the bar shows where one is.
function put(found) {
    Object.assign(root.dataset, { page: found.page, live: found.live ? '1' : '0' });
    gh.showControls();
    document.title = `${found.title} · Gatehouse`;
    for (const link of document.querySelectorAll('.pages a[data-page]'))
        link.ariaCurrent = link.dataset.page === found.under ? 'page' : null;
    for (const menu of document.querySelectorAll('.nav-more')) menu.open = false;
    gh.fill(gh.byId('region'), found.live ? '' : found.content);
    if (found.live && kept?.page !== found.page) {
        gh.forgetPanels();
        kept = found;
        gh.byId('region-live').innerHTML = found.content;
    } else if (found.live) setTimeout(gh.repaint); // what was drawn while it was hidden has no width
    gh.readAddress();
    gh.follow(found);
}
function toHash() {
    const name = location.hash.slice(1);
    const at = gh.byId(name) || gh.byId(name.replaceAll('%20', ' '));
    at?.scrollIntoView({ block: at.matches('td') ? 'center' : 'start' });
    return Boolean(at);
}
gh.showFirst = () => {
    put(JSON.parse(gh.byId('first').textContent));
    toHash();
};

async function load(url) {
    loading?.abort();
    const abort = (loading = new AbortController());
    try {
        const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(SLOW)]);
        const answer = await gh.get(gh.fragment(url), { signal });
        if ((answer.headers.get('Content-Type') || '').startsWith('application/json')) return await answer.json();
        isLeaving = !gh.isOut();
        if (isLeaving) location.assign(url); // what went wrong is said by a whole page
    } catch {
        if (loading === abort && !gh.isOut()) gh.notify('The console does not respond. Try again.', true);
    }
    return null;
}
// Shows the page of an address. `push` makes it a step of the history; without it the history has moved already.
async function go(url, push) {
    const found = kept && kept.page === gh.pageOf(url)?.name ? kept : await load(url);
    if (!found || (!push && location.href !== url.href)) return;
    gh.stop();
    if (push) {
        history.replaceState({ ...history.state, scroll: scrollY }, '');
        history.pushState({ scroll: 0 }, '', url);
    }
    gh.here = url;
    put(found);
    if (!push || !toHash()) scrollTo(0, push ? 0 : history.state?.scroll || 0);
    gh.byId('main').focus({ preventScroll: true });
    gh.say(found.title);
}
// A link into a page with a range keeps the one that is being looked at, where the page offers it.
gh.goPage = async (href) => {
    const url = new URL(href, location.href);
    const page = gh.pageOf(url);
    if (!page) return location.assign(url);
    const isLooking = ['range', 'from'].some((name) => url.searchParams.has(name));
    const isOffered = gh.isAbsolute() ? page.ranges.length > 0 : page.ranges.includes(gh.state.range);
    if (isOffered && !isLooking) for (const [name, value] of gh.range()) url.searchParams.set(name, value);
    return go(url, true);
};

// A link to a form of the page: the cursor stands where that begins.
const begin = (place) =>
    place?.matches('section') && place.querySelector('form :is(input, textarea, select):not([type=hidden])')?.focus();
// Links and forms that look; a field that is empty is not asked for. A browser without `navigation` opens whole pages.
window.navigation?.addEventListener('navigate', (event) => {
    const url = new URL(event.destination.url);
    if (event.hashChange) setTimeout(() => begin(gh.byId(url.hash.slice(1))), 0);
    const isWhole = isLeaving || event.formData || event.downloadRequest !== null || !event.canIntercept || !gh.boot;
    if (isWhole || event.destination.sameDocument || !['push', 'replace'].includes(event.navigationType)) return;
    if (!gh.pageOf(url)) return;
    event.preventDefault();
    const empty = [...url.searchParams].filter(([, value]) => !value);
    for (const [name] of empty) url.searchParams.delete(name, '');
    gh.goPage(url);
});
// What an address asks of the server: which transaction is opened is asked for by itself.
function asked(url) {
    const query = new URLSearchParams(url.search);
    for (const name of ['open', 'txn']) query.delete(name);
    return query.toString();
}
window.addEventListener('popstate', () => {
    const url = new URL(location.href);
    if (url.pathname !== gh.here.pathname || (!gh.isLive() && asked(url) !== asked(gh.here))) go(url, false);
});

// Pages without a reload: the shell stays, the region takes the next page's content. Addresses, history, titles, focus and
// scroll behave as with whole pages; what is no page of the shell is opened as a whole page.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const root = document.documentElement;
    const SLOW = 10000;
    let number = 0,
        loading = null,
        kept = null, // the live page, which stays as it is while others show
        here = new URL(location.href);

    gh.setProps = (id, props) => window.dash_clientside.set_props(id, props);
    // Paths may hold names: `users/<int:user_id>`. A page is its name and whether it is live.
    const patterns = () =>
        (gh.boot.patterns ||= Object.entries(gh.boot.pages).map(([path, page]) => {
            const named = path.replace(/<int:[^>]+>/g, '\\d+').replace(/<[^>]+>/g, '[^/]+');
            return [new RegExp(`^${named}$`), page];
        }));
    const pageOf = (url) => {
        if (url.origin !== location.origin || !url.pathname.startsWith(gh.prefix)) return undefined;
        const path = url.pathname.slice(gh.prefix.length);
        return gh.boot.pages[path] || patterns().find(([pattern]) => pattern.test(path))?.[1];
    };

    // Dash's components of a live page, rendered. Two kinds of element by turns, so that React takes nothing over.
    async function components(content) {
        const view = String(++number);
        const type = number % 2 ? 'Div' : 'Section';
        const props = { className: 'view', 'data-view': view, children: content };
        gh.setProps('region-live', { children: { namespace: 'dash_html_components', type, props } });
        while (!document.querySelector(`#region-live > [data-view="${view}"]`))
            await new Promise((resolve) => {
                setTimeout(resolve, 4);
            });
    }
    // The content in place; the bar shows where one is.
    async function put(found) {
        Object.assign(root.dataset, { page: found.page, live: found.live ? '1' : '0' });
        document.title = `${found.title} · Gatehouse`;
        for (const link of document.querySelectorAll('.pages a[data-page]')) {
            if (link.dataset.page === found.under) link.setAttribute('aria-current', 'page');
            else link.removeAttribute('aria-current');
        }
        for (const menu of document.querySelectorAll('.nav-more')) {
            menu.open = false;
            menu.querySelector('summary').toggleAttribute('data-here', Boolean(menu.querySelector('[aria-current]')));
        }
        const isNew = !found.live || kept?.page !== found.page;
        gh.fill(gh.byId('region'), found.live ? '' : found.content);
        if (found.live && isNew) {
            gh.forgetPanels();
            kept = found;
            await components(found.content);
        }
        gh.pageComes(isNew);
        gh.follow(found);
    }
    function toHash() {
        const name = location.hash.slice(1);
        const at = gh.byId(name) || gh.byId(name.replaceAll('%20', ' '));
        at?.scrollIntoView({ block: at.matches('td') ? 'center' : 'start' });
        return Boolean(at);
    }
    gh.showFirst = async () => {
        await put(JSON.parse(gh.byId('first').textContent));
        toHash();
    };

    async function load(url) {
        loading?.abort();
        const abort = (loading = new AbortController());
        const slow = setTimeout(() => abort.abort('slow'), SLOW);
        try {
            const answer = await gh.get(gh.fragment(url), { signal: abort.signal });
            if ((answer.headers.get('Content-Type') || '').startsWith('application/json')) return await answer.json();
            if (!gh.isOut()) location.assign(url); // what went wrong is said by a whole page
        } catch {
            if (loading === abort && !gh.isOut()) gh.remark('The console does not respond. Try again.', true);
        } finally {
            clearTimeout(slow);
        }
        return null;
    }
    // Shows the page of an address. `push` makes it a step of the history; without it the history has moved already.
    async function go(url, push) {
        const found = kept && kept.page === pageOf(url)?.[0] ? kept : await load(url);
        if (!found || (!push && location.href !== url.href)) return;
        gh.pageGoes();
        if (push) {
            history.replaceState({ ...history.state, scroll: scrollY }, '');
            history.pushState({ scroll: 0 }, '', url);
        }
        here = url;
        gh.readAddress();
        await put(found);
        if (!push || !toHash()) scrollTo(0, push ? 0 : history.state?.scroll || 0);
        gh.byId('main').focus({ preventScroll: true });
        gh.say(found.title);
    }
    // A link into a live page keeps the range that is being looked at.
    gh.goPage = async (href) => {
        const url = new URL(href, location.href);
        const page = pageOf(url);
        if (!page) location.assign(url);
        else {
            const isLooking = ['range', 'from'].some((name) => url.searchParams.has(name));
            if (page[1] && !isLooking) for (const [name, value] of gh.range()) url.searchParams.set(name, value);
            await go(url, true);
        }
    };
    // The same page as it is now, after a change; what was typed and the cursor stay where they were.
    gh.refresh = async () => {
        if (await gh.lookAgain()) return;
        if (gh.isLive()) {
            gh.askNow();
            return;
        }
        const found = await load(new URL(location.href));
        if (found?.page !== root.dataset.page) return;
        here = new URL(location.href);
        gh.morph(gh.byId('region'), found.content);
    };

    // A link to a form of the page: the cursor stands where that begins.
    const begin = (place) =>
        place?.matches('section') &&
        place.querySelector('form :is(input, textarea, select):not([type=hidden])')?.focus();
    document.addEventListener('click', (event) => {
        const link = event.target.closest?.('a[href]');
        const isOther = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
        if (!link || isOther || event.defaultPrevented || !gh.boot) return;
        if ((link.target && link.target !== '_self') || link.hasAttribute('download')) return;
        const url = new URL(link.href);
        const stays = url.pathname === location.pathname && url.search === location.search;
        if (url.hash && stays) setTimeout(() => begin(gh.byId(url.hash.slice(1))), 0);
        if (!pageOf(url) || (url.hash && stays)) return;
        event.preventDefault();
        gh.goPage(url);
    });
    document.addEventListener('submit', (event) => {
        const form = event.target;
        const looks = event.submitter?.getAttribute('formmethod') === 'get';
        if (!gh.boot || (!looks && !form.matches('.filter[method=get]'))) return;
        const url = new URL(form.getAttribute('action'), location.href);
        for (const [name, value] of new FormData(form, event.submitter))
            if (value) url.searchParams.append(name, value);
        if (!pageOf(url)) return;
        event.preventDefault();
        go(url, true);
    });
    // What an address asks of the server: the script of a list answers to which one is opened.
    function asked(url) {
        const query = new URLSearchParams(url.search);
        query.delete('open');
        return query.toString();
    }
    window.addEventListener('popstate', () => {
        const url = new URL(location.href);
        if (url.pathname !== here.pathname || (!gh.isLive() && asked(url) !== asked(here))) go(url, false);
    });
})();

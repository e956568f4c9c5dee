// Pages without a reload: the shell stays, the region takes the next page's content. Addresses, history, titles, focus and
// scroll behave as with whole pages; what is no page of the shell is opened as a whole page.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const root = document.documentElement;
    const SLOW = 10000;
    let number = 0,
        loading = null,
        kept = null,
        here = new URL(location.href);

    // Paths may hold names: `users/<int:user_id>`.
    const patterns = () =>
        (gh.boot.patterns ||= Object.entries(gh.boot.pages)
            .filter(([path]) => path.includes('<'))
            .map(([path, page]) => {
                const named = path.replace(/<int:[^>]+>/g, '\\d+').replace(/<[^>]+>/g, '[^/]+');
                return [new RegExp(`^${named}$`), page];
            }));
    const pageOf = (url) => {
        if (url.origin !== location.origin || !url.pathname.startsWith(gh.prefix)) return undefined;
        const path = url.pathname.slice(gh.prefix.length);
        return gh.boot.pages[path] || patterns().find(([pattern]) => pattern.test(path))?.[1];
    };

    // The content in place, rendered; a live page is kept while others show. Two kinds of element by turns, so that React
    // never takes what was in the region for what comes.
    function put(found) {
        number += 1;
        const mine = String(number);
        root.dataset.page = found.page;
        root.dataset.live = found.live ? '1' : '0';
        document.title = `${found.title} · Gatehouse`;
        for (const link of document.querySelectorAll('.pages a[data-page]')) {
            if (link.dataset.page === found.under) link.setAttribute('aria-current', 'page');
            else link.removeAttribute('aria-current');
        }
        for (const menu of document.querySelectorAll('.nav-more')) {
            menu.open = false;
            menu.querySelector('summary').toggleAttribute('data-here', Boolean(menu.querySelector('[aria-current]')));
        }
        const place = found.live ? 'region-live' : 'region';
        if (found.live) {
            gh.unfill('region');
            if (kept?.page === found.page) {
                gh.pageComes(false);
                return Promise.resolve(true);
            }
            if (kept) gh.forgetPanels();
            kept = { page: found.page, under: found.under, title: found.title, live: true };
        }
        return gh.fill(place, found.content).then((filled) => {
            if (!filled || String(number) !== mine) return false;
            gh.pageComes(true);
            gh.follow(found);
            return true;
        });
    }
    // Components in place of what an element holds; true when they are there, false when others came meanwhile. Two kinds of
    // element by turns, so that React never takes what was there for what comes.
    const turns = {};
    gh.fill = (place, content) => {
        const mine = String((turns[place] = (turns[place] || 0) + 1));
        gh.forgetFigures(gh.byId(place));
        const view = {
            namespace: 'dash_html_components',
            type: turns[place] % 2 ? 'Div' : 'Section',
            props: { className: 'view', 'data-view': mine, children: content }
        };
        gh.setProps(place, { children: view });
        return new Promise((resolve) => {
            const wait = () => {
                if (String(turns[place]) !== mine || !gh.byId(place)) {
                    resolve(false);
                    return;
                }
                const made = document.querySelector(`#${place} > [data-view="${mine}"]`);
                if (!made) {
                    setTimeout(wait, 4);
                    return;
                }
                gh.fillRegion(made);
                gh.noteFields(made);
                resolve(true);
            };
            wait();
        });
    };
    // What components bring along as data, in native elements.
    gh.fillRegion = (root) => {
        for (const fill of [gh.fillTables, gh.drawFigures, gh.fillFiles, gh.fillDocuments]) fill(root);
        document.dispatchEvent(new Event('filled'));
    };
    gh.unfill = (place) => {
        turns[place] = (turns[place] || 0) + 1;
        gh.forgetFigures(gh.byId(place));
        gh.setProps(place, { children: null });
    };
    function toHash() {
        const name = location.hash.slice(1);
        const at = gh.byId(name) || gh.byId(name.replaceAll('%20', ' '));
        at?.scrollIntoView({ block: at.matches('td') ? 'center' : 'start' });
        return Boolean(at);
    }
    gh.put = put;
    gh.showFirst = async () => {
        await put(JSON.parse(gh.byId('first').textContent));
        toHash();
    };

    async function load(url) {
        loading?.abort();
        const abort = (loading = new AbortController());
        const slow = setTimeout(() => abort.abort('slow'), SLOW);
        const asked = new URL(url);
        asked.searchParams.set('fragment', '1');
        try {
            const answer = await fetch(asked, {
                signal: abort.signal,
                cache: 'no-store',
                headers: { Accept: 'application/json' }
            });
            const kind = answer.headers.get('Content-Type') || '';
            if (kind.startsWith('application/json')) return await answer.json();
            if (!gh.isOut()) location.assign(url); // what went wrong is said by a whole page
            return null;
        } catch {
            if (loading === abort && !gh.isOut()) gh.remark('The console does not respond. Try again.', true);
            return null;
        } finally {
            clearTimeout(slow);
        }
    }
    const keepScroll = () => history.replaceState({ ...history.state, scroll: scrollY }, '');
    // Shows the page of an address. `push` makes it a step of the history; without it the history has moved already.
    async function go(url, push) {
        const found = kept?.page === pageOf(url)?.[0] && kept ? kept : await load(url);
        if (!found || (!push && location.href !== url.href)) return false;
        gh.pageGoes();
        if (push) {
            keepScroll();
            history.pushState({ scroll: 0 }, '', url);
        }
        here = url;
        gh.readAddress();
        if (!(await put(found))) return false;
        if (!push || !toHash()) scrollTo(0, push ? 0 : history.state?.scroll || 0);
        gh.byId('main').focus({ preventScroll: true });
        gh.say(found.title);
        return true;
    }
    // A link into a live page keeps the range that is being looked at.
    function withRange(url) {
        if (pageOf(url)?.[1] && !['range', 'from'].some((name) => url.searchParams.has(name))) {
            const { from, to, range } = gh.state;
            if (from) {
                url.searchParams.set('from', from);
                url.searchParams.set('to', to);
            } else if (range !== '1h') url.searchParams.set('range', range);
        }
        return url;
    }
    gh.goPage = (href) => {
        const url = new URL(href, location.href);
        if (!pageOf(url)) {
            location.assign(url);
            return false;
        }
        return go(withRange(url), true);
    };
    // The same page once more, after a change (by `form`); the cursor stays where it was.
    gh.refresh = async (form) => {
        if (await gh.lookAgain(form)) return;
        const found = await load(new URL(location.href));
        if (!found || found.page !== root.dataset.page) return;
        gh.pageGoes();
        await put(found);
    };

    document.addEventListener('click', (event) => {
        const link = event.target.closest?.('a[href]');
        if (
            !link ||
            event.defaultPrevented ||
            event.button ||
            event.ctrlKey ||
            event.metaKey ||
            event.shiftKey ||
            event.altKey
        )
            return;
        if ((link.target && link.target !== '_self') || link.hasAttribute('download') || !gh.boot) return;
        const url = new URL(link.href);
        const stays = url.pathname === location.pathname && url.search === location.search;
        if (!pageOf(url) || (url.hash && stays)) return;
        event.preventDefault();
        gh.goPage(url);
    });
    document.addEventListener('submit', (event) => {
        const form = event.target;
        const looks = event.submitter?.getAttribute('formmethod') === 'get';
        if (!gh.boot || (!looks && (form.method !== 'get' || !form.classList.contains('filter')))) return;
        const url = new URL(form.getAttribute('action'), location.href);
        for (const [name, value] of gh.typed(form)) if (value) url.searchParams.append(name, value);
        if (looks) url.searchParams.set(event.submitter.name, event.submitter.value);
        if (!pageOf(url)) return;
        event.preventDefault();
        go(url, true);
    });
    // What an address asks of the server: a page's own script answers to the rest.
    const OWN = ['open', 't'];
    function asked(url) {
        const query = new URLSearchParams(url.search);
        for (const name of OWN) query.delete(name);
        return query.toString();
    }
    window.addEventListener('popstate', () => {
        const url = new URL(location.href);
        if (url.pathname !== here.pathname || (!gh.isLive() && asked(url) !== asked(here))) go(url, false);
    });
})();

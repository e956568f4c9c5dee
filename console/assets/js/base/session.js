// The session of an open tab. When it ends, a notice lies over the page and everything stays as it is: what was typed, what
// was shown, the address. Requests stop until somebody has logged in again, here or in another tab. A session that was
// renewed meanwhile (another tab, a second factor) gives the forms of this one their new token.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { user: me, prefix } = document.documentElement.dataset;
    const LOOK = 10000,
        SENDING = 3000,
        RENEWING = 700;
    const real = window.fetch.bind(window);
    const channel = 'BroadcastChannel' in window ? new BroadcastChannel('gatehouse-session') : null;
    const returns = [];
    let token = '',
        out = false,
        heard = performance.now(),
        doubtful = false,
        box = null,
        watch = null,
        other = '';

    gh.isOut = () => out;
    gh.csrf = () => token || gh.boot.csrf;
    gh.onReturn = (does) => returns.push(does);
    const place = () => location.pathname + location.search + location.hash;
    gh.loginAddress = () => `${prefix}login?next=${encodeURIComponent(place())}`;

    async function timed(input, options) {
        const sent = performance.now();
        const answer = await real(input, options);
        gh.heardTime(Number(answer.headers.get('X-Now')), sent, performance.now());
        heard = performance.now();
        return answer;
    }
    const isOver = (status, realm) => status === 401 && (realm || '').startsWith('Session');
    const isOurs = (input) => new URL(input.url || input, location.href).origin === location.origin;
    const isChange = (options) => (options?.method || 'GET').toUpperCase() === 'POST';
    async function isOldToken(answer) {
        if (answer.status !== 403 || !(answer.headers.get('Content-Type') || '').includes('json')) return false;
        return (
            (
                await answer
                    .clone()
                    .json()
                    .catch(() => ({}))
            ).field === 'csrf'
        );
    }
    function renewed(options) {
        if (!token || !isChange(options)) return options;
        const headers = new Headers(options.headers);
        if (headers.has('X-CSRF-Token')) headers.set('X-CSRF-Token', token);
        if (options.body instanceof URLSearchParams && options.body.has('csrf')) options.body.set('csrf', token);
        return { ...options, headers };
    }
    // Every request of a page passes here, those of libraries too.
    window.fetch = async (input, options) => {
        if (!isOurs(input)) return real(input, options);
        let answer = await timed(input, renewed(options));
        if (isChange(options) && (await isOldToken(answer)) && (await settle(await ask())))
            answer = await timed(input, renewed(options));
        if (isOver(answer.status, answer.headers.get('WWW-Authenticate')) && (await isStillIn()))
            answer = await timed(input, renewed(options));
        return answer;
    };
    const open = XMLHttpRequest.prototype.open;
    XMLHttpRequest.prototype.open = function (...given) {
        this.addEventListener('load', () => {
            if (isOurs(this.responseURL || given[1]) && isOver(this.status, this.getResponseHeader('WWW-Authenticate')))
                isStillIn();
        });
        return open.apply(this, given);
    };

    // Who is logged in here now: {user, csrf}, user null for nobody; null when the console does not say. A session that is
    // being renewed in another tab has, for a moment, a cookie that is on its way: nobody is nobody only twice.
    async function askOnce() {
        try {
            const answer = await timed(`${prefix}login/session`, {
                cache: 'no-store',
                headers: { Accept: 'application/json' }
            });
            return answer.ok ? await answer.json() : null;
        } catch {
            return null;
        }
    }
    async function ask() {
        const state = await askOnce();
        if (out || !state || state.user) return state;
        await new Promise((resolve) => {
            setTimeout(resolve, RENEWING);
        });
        return askOnce();
    }
    async function isStillIn() {
        const state = await ask();
        if (!state) gh.signedOut(); // a request was told so
        return settle(state);
    }
    function settle(state) {
        if (!state) return false;
        if (!state.user) {
            gh.signedOut();
            return false;
        }
        if (state.user !== me) {
            changed(state.user);
            return false;
        }
        put(state.csrf);
        if (out) {
            [out, other] = [false, ''];
            hide();
            returns.forEach((does) => does());
        }
        return true;
    }
    function put(fresh) {
        token = fresh;
        for (const field of document.querySelectorAll('input[name=csrf]'))
            if (field.value !== fresh) field.value = fresh;
    }
    async function look() {
        doubtful = false;
        return settle(await ask());
    }

    gh.signedOut = () => {
        if (out) return;
        out = true;
        show(
            'lock',
            'You are logged out',
            `Your input is kept. The page shows the state at ${time()} UTC.`,
            [
                ['Log in again', gh.loginAddress, ''],
                ['In a new tab', () => `${prefix}login?next=${encodeURIComponent(prefix)}`, '_blank']
            ]
        );
    };
    function changed(name) {
        if (out && other === name) return;
        [out, other] = [true, name];
        show('person', `${name} is logged in now`, `${me} opened this page. Nothing was sent.`, [
            [`Continue as ${name}`, place, '']
        ]);
    }
    const time = () => (Number.isFinite(gh.now()) ? new Date(gh.now()).toISOString().slice(11, 19) : '–');
    function node(tag, properties, ...children) {
        const made = Object.assign(document.createElement(tag), properties);
        made.append(...children);
        return made;
    }
    function show(icon, title, text, actions) {
        hide();
        const links = actions.map(([words, address, target], at) => {
            const link = node(
                'a',
                { className: `button ${at ? '' : 'main'}`, href: address(), target, rel: target ? 'noopener' : '' },
                words
            );
            if (!target)
                link.addEventListener('click', (event) => {
                    link.href = address();
                    if (address() === place()) {
                        event.preventDefault();
                        location.reload();
                    } else keep();
                });
            return link;
        });
        const says = node('div', { className: 'notice-text' }, node('b', {}, title), node('span', {}, text));
        says.setAttribute('role', 'alert');
        box = node(
            'section',
            { className: 'notice', id: 'session-notice' },
            node('span', { className: `i i-${icon}`, ariaHidden: 'true' }),
            says,
            node('div', { className: 'buttons' }, ...links)
        );
        box.setAttribute('aria-label', title);
        document.documentElement.classList.add('is-out');
        lay();
        // A dialog lies over everything else: the notice is shown in it, and comes back when it is closed.
        watch = new MutationObserver(lay);
        watch.observe(document.body, { subtree: true, childList: true, attributeFilter: ['open'] });
        gh.badge?.();
    }
    function lay() {
        const host = [...document.querySelectorAll('dialog:modal')].pop() || document.body;
        if (box && box.parentElement !== host) host.append(box);
    }
    function hide() {
        watch?.disconnect();
        box?.remove();
        box = null;
        document.documentElement.classList.remove('is-out');
        gh.badge?.();
    }
    // A short word at the foot of the page that needs no answer.
    gh.remark = (text, bad) => {
        document.querySelector('.remark')?.remove();
        const said = node('div', { className: `remark${bad ? ' bad' : ''}` }, text);
        said.setAttribute('role', bad ? 'alert' : 'status');
        (document.querySelector('dialog:modal') || document.body).append(said);
        setTimeout(() => said.remove(), bad ? 12000 : 6000);
    };

    // Drafts: what was typed, kept for this tab over a log-in. Secrets and files are not.
    const DRAFT = 'gatehouse-draft:';
    const SECRET = /^(csrf|password|old|new|again|code|recovery|passkey|token|secret)$/;
    const isKept = (field) =>
        !['password', 'hidden', 'file', 'submit', 'button', 'reset'].includes(field.type) &&
        !SECRET.test(field.name) &&
        !/password|one-time/.test(field.autocomplete || '');
    const fields = () =>
        [...document.querySelectorAll('input, textarea, select')].filter(
            (field) => isKept(field) && (field.name || field.id)
        );
    function keyed() {
        const seen = {};
        return fields().map((field) => {
            const key = `${field.form?.getAttribute('action') || ''}|${field.name || field.id}|${['checkbox', 'radio'].includes(field.type) ? field.value : ''}`;
            seen[key] = (seen[key] || 0) + 1;
            return [`${key}|${seen[key]}`, field];
        });
    }
    // As the person's own typing would: past the property that React lays over it.
    const setter = (field) => Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value').set;
    const isTick = (field) => ['checkbox', 'radio'].includes(field.type);
    // Dash keeps the default of a field equal to its value: what it was at first is noted when the page shows.
    gh.noteFields = (root = document) => {
        for (const field of fields().filter((one) => root.contains(one) && !('initial' in one.dataset)))
            field.dataset.initial = isTick(field) ? field.checked : field.value;
    };
    const isTouched = (field) =>
        'initial' in field.dataset
            ? String(isTick(field) ? field.checked : field.value) !== field.dataset.initial
            : isTick(field)
              ? field.checked !== field.defaultChecked
              : field.options
                ? [...field.options].some((one) => one.selected !== one.defaultSelected)
                : field.value !== field.defaultValue;
    function keep() {
        const typed = keyed()
            .filter(([, field]) => isTouched(field))
            .map(([key, field]) => [
                key,
                isTick(field)
                    ? field.checked
                    : field.multiple && field.options
                      ? [...field.selectedOptions].map((one) => one.value)
                      : field.value
            ]);
        try {
            if (typed.length)
                sessionStorage.setItem(DRAFT + location.pathname + location.search, JSON.stringify({ me, typed }));
        } catch {
            /* full or forbidden: the page itself still has it */
        }
    }
    function forget() {
        try {
            for (const key of Object.keys(sessionStorage)) if (key.startsWith(DRAFT)) sessionStorage.removeItem(key);
        } catch {
            /* forbidden: nothing was kept */
        }
    }
    function restore() {
        let draft = null;
        const key = DRAFT + location.pathname + location.search;
        try {
            draft = JSON.parse(sessionStorage.getItem(key));
            sessionStorage.removeItem(key);
        } catch {
            return;
        }
        if (draft?.me !== me) return;
        const waiting = new Map(draft.typed);
        function fill() {
            let filled = 0;
            for (const [name, field] of keyed()) {
                if (!waiting.has(name)) continue;
                const value = waiting.get(name);
                waiting.delete(name);
                filled += 1;
                if (isTick(field)) {
                    if (field.checked !== value) field.click();
                    continue;
                }
                if (Array.isArray(value)) for (const one of field.options) one.selected = value.includes(one.value);
                else setter(field).call(field, value);
                for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));
            }
            if (filled) gh.remark('Your input was restored.');
        }
        fill();
        if (!waiting.size) return;
        const later = new MutationObserver(() => {
            fill();
            if (!waiting.size) later.disconnect();
        });
        later.observe(document.body, { subtree: true, childList: true });
        setTimeout(() => later.disconnect(), 20000);
    }

    // Before a form leaves the page: whether it may, with the token of now. If not, it stays as it is and the page says why.
    gh.mayLeave = async () => {
        const state = await ask();
        if (!state) gh.remark('The console does not respond. Nothing was sent; your input is kept.', true);
        return settle(state);
    };
    const isLogout = (form) => form.getAttribute('action').endsWith('/logout');
    gh.submitForm = async (form, submitter) => {
        if (form.dataset.sending) return;
        form.dataset.sending = '1';
        const done = () => delete form.dataset.sending;
        if (!(await gh.mayLeave())) {
            done();
            if (out && !other && isLogout(form)) location.assign(`${prefix}login`);
            return;
        }
        if (isLogout(form)) {
            forget();
            channel?.postMessage('changed');
        }
        const pressed = submitter?.name
            ? node('input', { type: 'hidden', name: submitter.name, value: submitter.value })
            : null;
        if (pressed) form.append(pressed);
        HTMLFormElement.prototype.submit.call(form);
        pressed?.remove();
        setTimeout(done, SENDING);
    };
    document.addEventListener(
        'submit',
        (event) => {
            const form = event.target;
            const elsewhere = ['inline', 'ask', 'upload', 'say'].some((kind) => kind in form.dataset);
            if (form.getAttribute('method') !== 'post' || elsewhere || !form.elements.csrf) return;
            event.preventDefault();
            event.stopImmediatePropagation();
            gh.submitForm(form, event.submitter);
        },
        true
    );

    if (channel) {
        channel.addEventListener('message', () => {
            if (document.hidden) doubtful = true;
            else look();
        });
        channel.postMessage('changed');
    }
    document.addEventListener('visibilitychange', () => {
        if (!document.hidden && (doubtful || out || performance.now() - heard > LOOK)) look();
    });
    window.addEventListener('focus', () => {
        if (doubtful || out) look();
    });
    window.addEventListener('pageshow', (event) => {
        if (event.persisted) look();
    });
    setInterval(() => {
        if (!document.hidden && !out && performance.now() - heard >= LOOK) look();
    }, LOOK / 4);
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', restore);
    else restore();
})();

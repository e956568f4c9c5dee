// The session of an open tab. When it ends, a notice lies over the page and everything stays as it is: what was typed, what
// was shown, the address. Requests stop until somebody has logged in again, here or in another tab. A session that was
// renewed meanwhile (another tab, a second factor) gives the forms of this one their new token.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { user: me, prefix } = document.documentElement.dataset;
    const LOOK = 10000,
        RENEWING = 700;
    const real = window.fetch.bind(window);
    const channel = new BroadcastChannel('gatehouse-session');
    const returns = [];
    let token = '',
        out = '', // why nothing is sent: the name of who is logged in now, or 'nobody'
        heard = performance.now(),
        doubtful = false,
        notice = null;

    gh.isOut = () => Boolean(out);
    gh.csrf = () => token || gh.boot.csrf;
    gh.onReturn = (does) => returns.push(does);
    const place = () => location.pathname + location.search + location.hash;
    const login = (next) => `${prefix}login?next=${encodeURIComponent(next)}`;

    async function timed(input, options) {
        const sent = performance.now();
        const answer = await real(input, options);
        gh.heardTime(Number(answer.headers.get('X-Now')), sent, performance.now());
        heard = performance.now();
        return answer;
    }
    const isOver = ({ status, headers }) => status === 401 && headers.get('WWW-Authenticate')?.startsWith('Session');
    async function isOldToken(answer) {
        if (answer.status !== 403) return false;
        const told = answer.clone().json();
        return (await told.catch(() => ({}))).field === 'csrf';
    }
    function renewed(options) {
        if (!token || !options?.headers?.['X-CSRF-Token']) return options;
        return { ...options, headers: { ...options.headers, 'X-CSRF-Token': token } };
    }
    // Every request of a page passes here, those of libraries too.
    window.fetch = async (input, options) => {
        if (new URL(input.url || input, location.href).origin !== location.origin) return real(input, options);
        let answer = await timed(input, renewed(options));
        if (options?.method === 'POST' && (await isOldToken(answer)) && (await look()))
            answer = await timed(input, renewed(options));
        if (isOver(answer) && (await gh.isStillIn())) answer = await timed(input, renewed(options));
        return answer;
    };

    // Who is logged in here now: {user, csrf}, user null for nobody; null when the console does not say.
    async function askOnce() {
        const request = { cache: 'no-store', headers: { Accept: 'application/json' } };
        const answer = await timed(`${prefix}login/session`, request).catch(() => null);
        return answer?.ok ? answer.json() : null;
    }
    // A session that is being renewed in another tab has, for a moment, a cookie that is on its way: nobody is nobody only
    // twice.
    async function ask() {
        const state = await askOnce();
        if (out || !state || state.user) return state;
        await new Promise((resolve) => {
            setTimeout(resolve, RENEWING);
        });
        return askOnce();
    }
    // Whether this tab goes on as it is, by what the console said.
    function settle(state) {
        if (!state) return false;
        if (state.user !== me) {
            if (state.user) show(state.user);
            else signedOut();
            return false;
        }
        token = state.csrf;
        for (const field of document.querySelectorAll('input[name=csrf]')) field.value = token;
        if (out) {
            hide();
            returns.forEach((does) => does());
        }
        return true;
    }
    async function look() {
        doubtful = false;
        return settle(await ask());
    }
    // A request was told that the session is over.
    gh.isStillIn = async () => settle((await ask()) || { user: null });

    const link = (words, address, target) => {
        const made = document.createElement('a');
        Object.assign(made, {
            className: `btn btn-${target ? 'secondary' : 'primary main'}`,
            href: address(),
            target,
            textContent: words
        });
        made.addEventListener('click', (event) => {
            made.href = address();
            if (target) return;
            if (address() !== place()) gh.keepDraft?.();
            else {
                event.preventDefault();
                location.reload();
            }
        });
        return made;
    };
    function signedOut() {
        if (out !== 'nobody') show('');
    }
    function show(name) {
        const now = Number.isFinite(gh.now()) ? new Date(gh.now()).toISOString().slice(11, 19) : '–';
        if (name && out === name) return;
        hide();
        out = name || 'nobody';
        const title = name ? `${name} is logged in now` : 'You are logged out';
        notice = document.createElement('section');
        const looks = 'notice card d-flex flex-md-row align-items-center gap-3 p-3';
        Object.assign(notice, { className: looks, id: 'session-notice', ariaLabel: title });
        notice.innerHTML =
            '<span class="i" aria-hidden="true"></span><div class="flex-fill" role="alert"><b class="d-block fs-5"></b><span class="text-break"></span></div>';
        notice.firstChild.classList.add(name ? 'i-person' : 'i-lock');
        notice.querySelector('b').textContent = title;
        notice.querySelector('b + span').textContent = name
            ? `${me} opened this page. Nothing was sent.`
            : `Your input is kept. The page shows the state at ${now} UTC.`;
        const buttons = document.createElement('div');
        buttons.className = 'd-flex flex-shrink-0 gap-2';
        if (name) buttons.append(link(`Continue as ${name}`, place, ''));
        else
            buttons.append(
                link('Log in again', () => login(place()), ''),
                link('In a new tab', () => login(prefix), '_blank')
            ); // prettier-ignore
        notice.append(buttons);
        document.documentElement.classList.add('is-out');
        lay();
        over.observe(document.body, { subtree: true, childList: true, attributeFilter: ['open'] });
        gh.badge?.();
    }
    // A dialog lies over everything else: the notice is shown in it, and comes back when it is closed.
    const top = () => [...document.querySelectorAll('dialog:modal')].pop() || document.body;
    function lay() {
        if (notice && notice.parentElement !== top()) top().append(notice);
    }
    const over = new MutationObserver(lay);
    function hide() {
        over.disconnect();
        notice?.remove();
        [notice, out] = [null, ''];
        document.documentElement.classList.remove('is-out');
        gh.badge?.();
    }
    // A short word at the foot of the page that needs no answer.
    gh.remark = (text, bad) => {
        document.querySelector('.remark')?.remove();
        const said = document.createElement('div');
        Object.assign(said, {
            className: `remark card p-2 px-3${bad ? ' border-danger' : ''}`,
            role: bad ? 'alert' : 'status',
            textContent: text
        });
        top().append(said);
        setTimeout(() => said.remove(), bad ? 12000 : 6000);
    };

    // Before something leaves the page that cannot be sent twice: whether it may. If not, the page says why.
    gh.mayLeave = async () => {
        const state = await ask();
        if (!state) gh.remark('The console does not respond. Nothing was sent; your input is kept.', true);
        return settle(state);
    };
    document.addEventListener('submit', async (event) => {
        const form = event.target;
        if (!form.matches('.logout')) return;
        event.preventDefault();
        if (await gh.mayLeave()) {
            gh.forgetDrafts?.();
            channel.postMessage('changed');
            form.submit();
        } else if (out === 'nobody') location.assign(`${prefix}login`);
    });

    channel.addEventListener('message', () => {
        doubtful = true;
        if (!document.hidden) look();
    });
    channel.postMessage('changed');
    const isOld = () => performance.now() - heard >= LOOK;
    document.addEventListener('visibilitychange', () => !document.hidden && (doubtful || out || isOld()) && look());
    window.addEventListener('focus', () => (doubtful || out) && look());
    window.addEventListener('pageshow', (event) => event.persisted && look());
    setInterval(() => !document.hidden && !out && isOld() && look(), LOOK / 4);
})();

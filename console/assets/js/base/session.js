// The session of an open tab. When it ends, a notice lies over the page and everything stays as it is: what was typed, what
// was shown, the address. Requests stop until somebody has logged in again, in another tab, which the notice opens. A session
// that was renewed meanwhile (another tab, a second factor) gives the forms of this one their new token.
const { user: me, prefix } = document.documentElement.dataset;
const LOOK = 10000;
const RENEWING = 700;
const real = window.fetch.bind(window);
const channel = new BroadcastChannel('gatehouse-session');
const returns = [];
let token = '';
let out = ''; // why nothing is sent: the name of who is logged in now, or 'nobody'
let heard = performance.now();
let notice = null;

gh.isOut = () => Boolean(out);
gh.csrf = () => token || gh.boot.csrf;
gh.onReturn = (does) => returns.push(does);

async function timed(input, options) {
    const answer = await real(input, options);
    gh.heardTime(Number(answer.headers.get('X-Now')));
    heard = performance.now();
    return answer;
}
const isOver = ({ status, headers }) => status === 401 && headers.get('WWW-Authenticate')?.startsWith('Session');
const saidBy = (answer) =>
    answer
        .clone()
        .json()
        .catch(() => ({}));
const isOldToken = async (answer) => answer.status === 403 && (await saidBy(answer)).field === 'csrf';
function renewed(options) {
    if (!token || !options?.headers?.['X-CSRF-Token']) return options;
    return { ...options, headers: { ...options.headers, 'X-CSRF-Token': token } };
}
// Every request of a page passes here, those of libraries too.
window.fetch = async (input, options) => {
    if (new URL(input.url || input, location.href).origin !== location.origin) return real(input, options);
    let answer = await timed(input, renewed(options));
    if ((await isOldToken(answer)) && (await look())) answer = await timed(input, renewed(options));
    if (isOver(answer) && settle((await ask()) || { user: null })) answer = await timed(input, renewed(options));
    return answer;
};

// Who is logged in here now: {user, csrf}, user null for nobody; null when the console does not say. A session that is
// being renewed in another tab has, for a moment, a cookie that is on its way: nobody is nobody only twice.
async function ask(isAgain) {
    const request = { cache: 'no-store', headers: { Accept: 'application/json' } };
    const answer = await timed(`${prefix}login/session`, request).catch(() => null);
    const state = answer?.ok ? await answer.json() : null;
    if (isAgain || out || !state || state.user) return state;
    await new Promise((resolve) => setTimeout(resolve, RENEWING));
    return ask(true);
}
// Whether this tab goes on as it is, by what the console said.
function settle(state) {
    if (state && state.user !== me) show(state.user);
    if (state?.user !== me) return false;
    token = state.csrf;
    for (const field of document.querySelectorAll('input[name=csrf]')) field.value = token;
    if (out) {
        hide();
        returns.forEach((does) => does());
    }
    return true;
}
const look = async () => settle(await ask());

function show(name) {
    if (out === (name || 'nobody')) return;
    hide();
    out = name || 'nobody';
    notice = gh.made(name ? 'other-user' : 'logged-out');
    gh.put(notice, { name, me, now: gh.second(gh.now()).slice(11) });
    const here = encodeURIComponent(location.pathname + location.search + location.hash);
    if (!name) notice.querySelector('.main').href = `${prefix}login?next=${here}`;
    document.documentElement.classList.add('is-out');
    gh.lay();
    gh.badge?.();
}
function hide() {
    notice?.remove();
    [notice, out] = [null, ''];
    document.documentElement.classList.remove('is-out');
    gh.badge?.();
}
gh.on('click', '[data-reload]', () => location.reload());
// A dialog lies over everything else: what is said over the page is shown in it, and comes back when it is closed.
gh.lay = () => {
    const top = [...document.querySelectorAll('dialog:modal')].pop() || document.body;
    for (const said of [notice, gh.byId('toast')]) if (said && said.parentElement !== top) top.append(said);
};
document.addEventListener('close', gh.lay, true);
// A short word that needs no answer; `more` stands behind it.
gh.notify = (text, bad, ...more) => {
    gh.byId('toast')?.remove();
    const said = gh.made('toast-says');
    said.classList.add(`border-${bad ? 'danger' : 'success'}-subtle`);
    said.role = bad ? 'alert' : 'status';
    gh.put(said, { head: bad ? 'Not done' : 'Done', text });
    said.lastElementChild.append(...more);
    document.body.append(said);
    gh.lay();
    setTimeout(() => said.remove(), bad ? 12000 : 6000);
};
gh.on('click', '#toast .btn-close', () => gh.byId('toast').remove());

// Before something leaves the page that cannot be sent twice: whether it may. If not, the page says why.
gh.mayLeave = async () => {
    const state = await ask();
    if (!state) gh.notify('The console does not respond. Nothing was sent; your input is kept.', true);
    return settle(state);
};
gh.on('submit', '.logout', async (form, event) => {
    event.preventDefault();
    if (await gh.mayLeave()) {
        channel.postMessage('changed');
        form.submit();
    } else if (out === 'nobody') location.assign(`${prefix}login`);
});

channel.addEventListener('message', look);
channel.postMessage('changed');
// The tab in which one logged in again, from the notice of another: what was typed never left that one.
if (window.name === 'gatehouse-login' && window.opener) window.close();
const isOld = () => performance.now() - heard >= LOOK;
for (const kind of ['visibilitychange', 'focus', 'pageshow'])
    window.addEventListener(kind, ({ persisted }) => {
        if (!document.hidden && (out || persisted || isOld())) look();
    });
setInterval(() => !document.hidden && !out && isOld() && look(), LOOK / 4);

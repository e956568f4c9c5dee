// Changes that a person makes (console/actions.py): a form or a button of a row is sent once, what is wrong is said by its
// field, a second factor is asked for where it is due, and the result shows in the toast. What was typed stays until it worked.
const STEP_UP = 'urn:gatehouse:step-up';
const SIGNED_OUT = 'urn:gatehouse:signed-out';
const presses = new Map(); // what was sent, by address, until the console has answered: sent again it is the same press
const sending = new Set();

// Not crypto.randomUUID, which pages without TLS lack.
function press(address, body) {
    const text = [...body].map(([name, value]) => `${name}=${value.size ?? value}`).join('&');
    const name = crypto.getRandomValues(new Uint32Array(4)).join('-');
    if (presses.get(address)?.text !== text) presses.set(address, { text, name });
    return presses.get(address).name;
}
function mark(form, wrong) {
    for (const place of form?.querySelectorAll('.wrong[id]') || []) {
        const name = place.id.slice(2);
        const field = gh.byId(`f-${name}`);
        gh.setText(place, wrong[name] || '');
        if (wrong[name]) field?.setAttribute('aria-describedby', place.id);
        if (field) field.ariaInvalid = wrong[name] ? 'true' : null;
    }
    const first = form?.querySelector('[aria-invalid="true"]');
    (first?.matches('input, select, textarea') ? first : first?.querySelector('input'))?.focus();
}
// What is sent: text as an address would have it, files as they are.
function bodyOf(form, button, more) {
    const body = form ? new FormData(form, button?.form === form ? button : null) : new FormData();
    if (!form && button?.name) body.set(button.name, button.value);
    for (const [name, value] of Object.entries(more)) body.set(name, value);
    for (const [name, value] of [...body]) if (value instanceof File && !value.name) body.delete(name);
    return [...body.values()].some((value) => value instanceof File) ? body : new URLSearchParams(body);
}
// A request of the person's own. A rejection says that the console did not answer.
gh.post = async (address, body, form) => {
    const headers = { Accept: 'application/json', 'X-CSRF-Token': gh.csrf(), 'X-Once': press(address, body) };
    const request = { method: 'POST', body, headers };
    const answer = await (body instanceof FormData ? gh.sendFiles(address, request, form) : fetch(address, request));
    const found = await answer.json().catch(() => ({}));
    if (found.type !== SIGNED_OUT) presses.delete(address);
    return { ok: answer.ok, status: answer.status, found };
};
// `more` are fields beside those of the form; a button without a form sends its own name and value.
gh.send = async (address, form, button, more = {}) => {
    if (sending.has(address)) return;
    sending.add(address);
    const focus = document.activeElement?.id;
    const body = bodyOf(form, button, more);
    if (button) button.disabled = true;
    form?.setAttribute('aria-busy', 'true');
    try {
        if (body instanceof FormData && !(await gh.mayLeave())) return;
        const { ok, status, found } = await gh.post(address, body, form);
        if (ok) {
            mark(form, {});
            document.dispatchEvent(new CustomEvent('acted', { detail: { address, found } }));
            await worked(found, form, focus);
        } else if (found.type === STEP_UP)
            gh.showDialog(found.dialog, (fields) => gh.send(address, form, button, fields));
        else if (found.type !== SIGNED_OUT) refused(form, found, status);
        else saidIn(form, 'You are logged out. Nothing was saved.'); // so does the notice over the page
    } catch {
        const text = 'The console does not respond. Your change may not have been made; your input is kept.';
        if (!saidIn(form, text)) gh.notify(text, true);
    } finally {
        sending.delete(address);
        if (button?.isConnected) button.disabled = false;
        form?.removeAttribute('aria-busy');
    }
};
// A form that has a place for what went wrong says it there.
function saidIn(form, text) {
    const place = form?.querySelector('[data-said]');
    gh.setText(place, text);
    return Boolean(place);
}
async function worked(found, form, focus) {
    if (found.passkey)
        return gh.makePasskey(found.passkey, (fields) => gh.send(gh.prefix + found.passkey_to, null, null, fields));
    if (found.place) placed(found);
    else if (found.go) await gh.goPage(found.go);
    else {
        form?.reset();
        await gh.refresh();
        if (document.activeElement === document.body)
            (gh.byId(focus) || gh.byId('main')).focus({ preventScroll: true });
    }
    if (found.message) gh.notify(found.message, found.bad);
    if (found.dialog) gh.showDialog(found.dialog);
}
// An answer that is shown in a place of the page, which stays as it is.
function placed({ place: name, content }) {
    const place = gh.byId(name);
    if (place) gh.fill(place, content);
    place?.scrollIntoView({ block: 'nearest' });
}
function refused(form, found, status) {
    const text = found.detail || `The console responded with status ${status}.`;
    for (const [name, value] of Object.entries(found.values || {}))
        Object.assign(gh.byId(`f-${name}`), { checked: false, value });
    mark(form, found.fields || {});
    if (found.place) placed(found);
    else if (!saidIn(form, text) && !(form && Object.keys(found.fields || {}).some((name) => gh.byId(`w-${name}`)))) {
        gh.notify(text, true);
        if (status === 409) gh.refresh();
    }
}
function asked(button, does) {
    const { ask, tone } = button.closest('[data-ask]')?.dataset || {};
    if (ask) gh.confirm(button.textContent, ask, tone, does);
    else does();
}
gh.on('submit', '.action-form', (form, event) => {
    const { submitter: button } = event;
    if (button?.getAttribute('formmethod') === 'get') return; // it only looks
    event.preventDefault();
    asked(button || form, () => gh.send(new URL(form.action).pathname, form, button));
});
gh.on('click', 'button[data-act]', (button) =>
    asked(button, async () => {
        for (const address of button.dataset.act.split(' ')) await gh.send(address, null, button);
    })
);

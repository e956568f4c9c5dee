// Changes that a person makes (console/actions.py): a form or a button of a row is sent once, what is wrong is said by its
// field, a second factor is asked for where it is due, and the result shows in the toast. What was typed stays until it worked.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const STEP_UP = 'urn:gatehouse:step-up',
        SIGNED_OUT = 'urn:gatehouse:signed-out';
    const presses = new Map(); // what was sent, by address, until the console has answered: sent again it is the same press
    const sending = new Set();

    // Not crypto.randomUUID, which pages without TLS lack.
    const fresh = () =>
        Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
    function press(address, body) {
        const text = [...body].map(([name, value]) => `${name}=${value.size ?? value}`).join('&');
        if (presses.get(address)?.text !== text) presses.set(address, { text, name: fresh() });
        return presses.get(address).name;
    }
    function mark(form, wrong) {
        for (const place of form?.querySelectorAll('.wrong[id]') || []) {
            const name = place.id.slice(2);
            const field = gh.byId(`f-${name}`);
            gh.setText(place, wrong[name] || '');
            if (wrong[name]) {
                field?.setAttribute('aria-invalid', 'true');
                field?.setAttribute('aria-describedby', place.id);
            } else field?.removeAttribute('aria-invalid');
        }
        const first = form?.querySelector('[aria-invalid="true"]');
        (first?.matches('input, select, textarea') ? first : first?.querySelector('input'))?.focus();
    }
    // What a form sends: text as its address would, files as they are.
    function bodyOf(form, button, more) {
        const body = form ? new FormData(form, button?.form === form ? button : null) : new FormData();
        for (const [name, value] of Object.entries(more)) body.set(name, value);
        for (const [name, value] of [...body]) if (value instanceof File && !value.name) body.delete(name);
        return [...body.values()].some((value) => value instanceof File) ? body : new URLSearchParams(body);
    }
    // A request of the person's own. A rejection says that the console did not answer.
    gh.post = async (address, body, form) => {
        const headers = { Accept: 'application/json', 'X-CSRF-Token': gh.csrf(), 'X-Once': press(address, body) };
        const request = { method: 'POST', body, headers };
        const answer = await (body instanceof FormData
            ? gh.sendFiles(address, request, form)
            : fetch(address, request));
        const found = await answer.json().catch(() => ({}));
        if (found.type !== SIGNED_OUT) presses.delete(address);
        return { ok: answer.ok, status: answer.status, found };
    };
    async function send(address, form, button, more = {}) {
        if (sending.has(address) || gh.wrongFile(form)) return;
        sending.add(address);
        const focus = document.activeElement?.id;
        const body = bodyOf(form, button, more);
        if (button) button.disabled = true;
        form?.setAttribute('aria-busy', 'true');
        try {
            if (body instanceof FormData && !(await gh.mayLeave())) return;
            const { ok, status, found } = await gh.post(address, body, form);
            if (found.type === SIGNED_OUT) return; // the notice over the page says so; the form stays as it is
            if (ok) {
                mark(form, {});
                document.dispatchEvent(new CustomEvent('acted', { detail: address }));
                await worked(found, form, focus);
            } else if (found.type === STEP_UP) gh.askFactor(found, (fields) => send(address, form, button, fields));
            else refused(form, found, status);
        } catch {
            const text = 'The console does not respond. Your change may not have been made; your input is kept.';
            gh.remark(text, true);
        } finally {
            sending.delete(address);
            if (button?.isConnected) button.disabled = false;
            form?.removeAttribute('aria-busy');
        }
    }
    async function worked(found, form, focus) {
        if (found.passkey) {
            gh.makePasskey(found.passkey, (fields) => send(gh.prefix + found.passkey_to, null, null, fields));
            return;
        }
        if (found.place) placed(found);
        else if (found.go) await gh.goPage(found.go);
        else {
            form?.reset();
            await gh.refresh();
            if (document.activeElement === document.body)
                (gh.byId(focus) || gh.byId('main')).focus({ preventScroll: true });
        }
        if (found.message) gh.notify(found.message, found.bad);
        if (found.secret) gh.showSecret(found);
    }
    // An answer that is shown in a place of the page, which stays as it is.
    function placed(found) {
        gh.fill(gh.byId(found.place), found.content);
        gh.byId(found.place).scrollIntoView({ block: 'nearest' });
    }
    function refused(form, found, status) {
        for (const [name, value] of Object.entries(found.values || {}))
            Object.assign(gh.byId(`f-${name}`), { checked: false, value });
        mark(form, found.fields || {});
        if (found.place) {
            placed(found);
            return;
        }
        const said = form && Object.keys(found.fields || {}).some((name) => gh.byId(`w-${name}`));
        if (!said) gh.notify(found.detail || `The console responded with status ${status}.`, true);
        if (status === 409 && !said) gh.refresh();
    }
    function asked(button, does) {
        const { ask, tone } = button.closest('[data-ask]')?.dataset || {};
        if (ask) gh.confirm(button.textContent, ask, tone, does);
        else does();
    }
    document.addEventListener('submit', (event) => {
        const { target: form, submitter: button } = event;
        if (!form.matches('.action-form') || button?.getAttribute('formmethod') === 'get') return; // it only looks
        event.preventDefault();
        asked(button || form, () => send(new URL(form.action).pathname, form, button));
    });
    document.addEventListener('click', (event) => {
        const button = event.target.closest('button[data-act]');
        if (button)
            asked(button, async () => {
                for (const address of button.dataset.act.split(' ')) await send(address, null, button);
            });
    });
    gh.notify = (text, bad) =>
        gh.setProps('toast', {
            is_open: true,
            header: bad ? 'Not done' : 'Done',
            children: text,
            class_name: `position-fixed bottom-0 end-0 m-3 border-${bad ? 'danger' : 'success'}-subtle`,
            duration: bad ? 12000 : 6000
        });
})();

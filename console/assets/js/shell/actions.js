// Changes that a person makes (console/actions.py): a form or a button of a row is sent once, what is wrong is said by its
// field, a second factor is asked for where it is due, and the result shows in the toast. What was typed stays until it worked.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const STEP_UP = 'urn:gatehouse:step-up',
        SIGNED_OUT = 'urn:gatehouse:signed-out';
    const presses = new Map(); // what was sent, by address, until the console has answered: sent again it is the same press
    const sending = new Set();

    const fresh = () =>
        Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
    function press(address, text) {
        const known = presses.get(address);
        if (known?.text === text) return known.name;
        const name = fresh();
        presses.set(address, { text, name });
        return name;
    }
    function typed(form) {
        const values = new URLSearchParams();
        for (const field of form.elements) {
            if (!field.name || ['submit', 'button', 'file'].includes(field.type)) continue;
            if (['checkbox', 'radio'].includes(field.type)) {
                if (field.checked)
                    values.append(field.name, field.dataset.value || field.id.slice(`f-${field.name}-`.length));
            } else values.append(field.name, field.value);
        }
        return values;
    }
    gh.typed = typed;
    function mark(form, wrong) {
        if (!form) return;
        for (const place of form.querySelectorAll('.wrong')) {
            const name = place.id.slice(2);
            const text = wrong[name] || '';
            gh.setText(place, text);
            const field = gh.byId(`f-${name}`);
            if (!field) continue;
            if (text) {
                field.setAttribute('aria-invalid', 'true');
                field.setAttribute('aria-describedby', place.id);
            } else {
                field.removeAttribute('aria-invalid');
                field.removeAttribute('aria-describedby');
            }
        }
        const first = [...form.querySelectorAll('[aria-invalid="true"]')][0];
        (first?.matches('input, select, textarea') ? first : first?.querySelector('input'))?.focus();
    }
    async function send(address, values, form, button) {
        if (sending.has(address) || gh.wrongFile(form)) return;
        sending.add(address);
        const focus = document.activeElement?.id;
        if (button) button.disabled = true;
        form?.setAttribute('aria-busy', 'true');
        const body = gh.withFiles(form, values);
        const name = press(address, [...body].map((one) => `${one[0]}=${one[1].size ?? one[1]}`).join('&'));
        try {
            if (body instanceof FormData && !(await gh.mayLeave())) return;
            const request = {
                method: 'POST',
                body,
                headers: { Accept: 'application/json', 'X-CSRF-Token': gh.csrf(), 'X-Once': name }
            };
            const answer = await (body instanceof FormData
                ? gh.sendFiles(address, request, form)
                : fetch(address, request));
            const found = await answer.json().catch(() => ({}));
            if (found.type === SIGNED_OUT) return; // the notice over the page says so; the form stays as it is
            presses.delete(address);
            if (answer.ok) {
                mark(form, {});
                if (found.place) await placed(found);
                else await worked(found, focus, form);
            } else if (found.type === STEP_UP)
                gh.askFactor(found, (fields) => send(address, merged(values, fields), form, button));
            else refused(form, found, answer.status);
        } catch {
            gh.remark(
                'The console does not respond. Your change may not have been made; your input is kept.',
                true
            );
        } finally {
            sending.delete(address);
            if (button?.isConnected) button.disabled = false;
            form?.removeAttribute('aria-busy');
        }
    }
    function merged(values, fields) {
        const all = new URLSearchParams(values);
        for (const name of ['code', 'recovery', 'passkey']) all.delete(name);
        for (const [name, value] of Object.entries(fields)) if (value) all.set(name, value);
        return all;
    }
    async function worked(found, focus, form) {
        if (found.passkey) {
            gh.makePasskey(found.passkey, (fields) =>
                send(gh.prefix + found.passkey_to, new URLSearchParams(fields), null, null)
            );
            return;
        }
        if (found.go) await gh.goPage(found.go);
        else {
            await gh.refresh(form?.id);
            (gh.byId(focus) || gh.byId('main')).focus({ preventScroll: true });
        }
        if (found.message) gh.notify(found.message, found.bad);
        if (found.secret) gh.showSecret(found);
    }
    // An answer that is shown in a place of the page, which stays as it is.
    async function placed(found) {
        await gh.fill(found.place, found.content);
        gh.byId(found.place)?.scrollIntoView({ block: 'nearest' });
        if (found.message) gh.notify(found.message, found.bad);
    }
    async function refused(form, found, status) {
        for (const [name, value] of Object.entries(found.values || {})) {
            const box = gh.byId(`f-${name}`);
            if (box.checked) box.click();
            box.dataset.value = value;
        }
        mark(form, found.fields || {});
        if (found.place) {
            await placed(found);
            return;
        }
        const said = form && Object.keys(found.fields || {}).some((name) => gh.byId(`w-${name}`));
        if (!said) gh.notify(found.detail || `The console responded with status ${status}.`, true);
        if (status === 409 && !said) gh.refresh();
    }
    document.addEventListener(
        'submit',
        (event) => {
            const form = event.target;
            if (!form.classList.contains('action-form')) return;
            if (event.submitter?.getAttribute('formmethod') === 'get') return; // it only looks, see region.js
            event.preventDefault();
            const values = typed(form);
            if (event.submitter?.name) values.append(event.submitter.name, event.submitter.value);
            const does = () => send(new URL(form.action).pathname, values, form, event.submitter);
            const ask = event.submitter?.closest('[data-ask]')?.dataset.ask;
            if (ask) gh.confirm(`${event.submitter.textContent}?`, ask, event.submitter.textContent, '', does);
            else does();
        },
        true
    );
    document.addEventListener('click', (event) => {
        const button = event.target.closest?.('button[data-act]');
        if (!button) return;
        const does = () => send(button.dataset.act, new URLSearchParams(), null, button);
        if (button.dataset.ask)
            gh.confirm(`${button.textContent}?`, button.dataset.ask, button.textContent, button.dataset.tone, does);
        else does();
    });
})();

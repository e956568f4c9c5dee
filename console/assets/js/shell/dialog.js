// The one dialog and the one toast. The dialog asks before a change, asks for a second factor, or shows a secret once.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { el } = gh;

    // Opens the dialog with what `build` returns; `build` gets the function that closes it.
    gh.dialog = async (title, build) => {
        gh.setProps('dialog-title', { children: title });
        gh.setProps('dialog', { is_open: true });
        let body = null;
        for (let tries = 0; !body && tries < 250; tries += 1) {
            body = gh.byId('dialog-body');
            if (!body)
                await new Promise((resolve) => {
                    setTimeout(resolve, 8);
                });
        }
        body.replaceChildren(build(gh.closeDialog));
        (body.querySelector('[autofocus]') || body.querySelector('button, input'))?.focus();
    };
    gh.closeDialog = () => gh.setProps('dialog', { is_open: false });
    const button = (words, tone, does) =>
        el('button', { class: `btn btn-sm btn-${tone}`, type: 'button', onclick: does }, words);

    gh.confirm = (title, text, yes, tone, does) =>
        gh.dialog(title, (close) =>
            el(
                'div',
                {},
                el('p', {}, text),
                el(
                    'div',
                    { class: 'buttons' },
                    button('Cancel', 'secondary', close),
                    button(yes, tone || 'primary', () => {
                        close();
                        does();
                    })
                )
            )
        );
    // What is shown once: copied, and where it has a name for a file, downloaded or printed.
    gh.showSecret = ({ secret_title: title, secret, note, file }) =>
        gh.dialog(title, (close) => {
            const copy = button('Copy', 'primary', async () => {
                await navigator.clipboard.writeText(secret);
                gh.setText(copy, 'Copied');
            });
            const download = () => gh.textFile(file, `${title}\n\n${secret}\n`);
            return el(
                'div',
                {},
                el('p', {}, note),
                el('p', { class: `mono secret${file ? ' many' : ''}`, id: 'link' }, secret),
                el(
                    'div',
                    { class: 'buttons' },
                    button('Close', 'secondary', close),
                    file && button('Print', 'secondary', () => window.print()),
                    file && button('Download', 'secondary', download),
                    copy
                )
            );
        });
    // A second factor: `send` takes its fields and returns what was wrong, or nothing.
    gh.askFactor = (problem, send) =>
        gh.dialog(problem.title, (close) => {
            if (problem.again)
                return el(
                    'div',
                    {},
                    el('p', {}, problem.detail),
                    el(
                        'div',
                        { class: 'buttons' },
                        el('a', { class: 'btn btn-sm btn-primary', href: problem.again }, 'Log in again')
                    )
                );
            const field = (name, label, more) =>
                el(
                    'div',
                    { class: 'field' },
                    el('label', { for: `factor-${name}` }, label),
                    el('input', { id: `factor-${name}`, name, class: 'form-control', maxlength: '24', ...more })
                );
            const said = el(
                'p',
                { class: problem.wrong ? 'wrong' : '', role: problem.wrong ? 'alert' : null },
                problem.detail
            );
            const form = el(
                'form',
                {},
                said,
                field('code', 'Code from your authenticator app', {
                    inputmode: 'numeric',
                    autocomplete: 'one-time-code',
                    autofocus: true
                }),
                el(
                    'details',
                    { class: 'login-more' },
                    el('summary', {}, 'Use a recovery code instead'),
                    field('recovery', 'Recovery code', { autocomplete: 'off', spellcheck: 'false' })
                ),
                el(
                    'div',
                    { class: 'buttons' },
                    button('Cancel', 'secondary', close),
                    el('button', { class: 'btn btn-sm btn-primary', type: 'submit' }, 'Confirm')
                )
            );
            if (problem.passkey && window.PublicKeyCredential) {
                form.querySelector('.buttons').prepend(
                    button('Use a passkey', 'secondary', async () => {
                        try {
                            const passkey = await gh.passkeyAnswer(problem.passkey);
                            close();
                            send({ passkey });
                        } catch (error) {
                            said.className = 'wrong';
                            said.setAttribute('role', 'alert');
                            gh.setText(said, gh.passkeyFault(error));
                        }
                    })
                );
            }
            form.addEventListener('submit', (event) => {
                event.preventDefault();
                const fields = Object.fromEntries(new FormData(form));
                close();
                send(fields);
            });
            return form;
        });
    // A new passkey: its name, then the browser's own ceremony; `send` takes the fields.
    gh.makePasskey = (options, send) =>
        gh.dialog('On this device or a security key', (close) => {
            const name = el('input', {
                id: 'passkey-name',
                class: 'form-control',
                maxlength: '60',
                value: 'This device'
            });
            const said = el('p', { class: 'wrong', role: 'alert' });
            const form = el(
                'form',
                {},
                el('div', { class: 'field' }, el('label', { for: name.id }, 'Name'), name),
                said,
                el(
                    'div',
                    { class: 'buttons' },
                    button('Cancel', 'secondary', close),
                    el('button', { class: 'btn btn-sm btn-primary', type: 'submit' }, 'Create passkey')
                )
            );
            form.addEventListener('submit', async (event) => {
                event.preventDefault();
                try {
                    const credential = await gh.passkeyCreate(options);
                    close();
                    send({ credential, name: name.value });
                } catch (error) {
                    gh.setText(said, gh.passkeyFault(error));
                }
            });
            return form;
        });

    gh.notify = (text, bad) =>
        gh.setProps('toast', {
            is_open: true,
            header: bad ? 'Not done' : 'Done',
            children: text,
            class_name: `shell-toast${bad ? ' bad' : ''}`,
            duration: bad ? 12000 : 6000
        });
})();

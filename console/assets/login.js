// The door: passkeys (WebAuthn), and keeping recovery codes. Everything else works without scripts.
(() => {
    const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    const text = (buffer) =>
        btoa(String.fromCharCode(...new Uint8Array(buffer)))
            .replace(/\+/g, '-')
            .replace(/\//g, '_')
            .replace(/=+$/, '');
    const say = (form, words) => {
        let box = form.querySelector('.passkey-wrong');
        if (!box) {
            box = document.createElement('p');
            box.className = 'passkey-wrong login-wrong';
            box.setAttribute('role', 'alert');
            form.prepend(box);
        }
        box.textContent = words;
    };
    const ids = (list) => (list || []).map((item) => ({ ...item, id: bytes(item.id) }));

    async function get(options) {
        const found = await navigator.credentials.get({
            publicKey: {
                ...options,
                challenge: bytes(options.challenge),
                allowCredentials: ids(options.allowCredentials)
            }
        });
        const r = found.response;
        return {
            id: found.id,
            rawId: text(found.rawId),
            type: found.type,
            clientExtensionResults: {},
            response: {
                clientDataJSON: text(r.clientDataJSON),
                authenticatorData: text(r.authenticatorData),
                signature: text(r.signature),
                userHandle: r.userHandle ? text(r.userHandle) : null
            }
        };
    }
    async function create(options) {
        const made = await navigator.credentials.create({
            publicKey: {
                ...options,
                challenge: bytes(options.challenge),
                user: { ...options.user, id: bytes(options.user.id) },
                excludeCredentials: ids(options.excludeCredentials)
            }
        });
        return {
            id: made.id,
            rawId: text(made.rawId),
            type: made.type,
            clientExtensionResults: {},
            response: {
                clientDataJSON: text(made.response.clientDataJSON),
                attestationObject: text(made.response.attestationObject)
            }
        };
    }
    function wire(attribute, ceremony, field) {
        for (const button of document.querySelectorAll(`[${attribute}]`)) {
            if (!window.PublicKeyCredential) continue;
            button.hidden = false;
            if (button.nextElementSibling?.classList.contains('login-or')) button.nextElementSibling.hidden = false;
            button.addEventListener('click', async () => {
                try {
                    button.form.elements[field].value = JSON.stringify(
                        await ceremony(JSON.parse(button.getAttribute(attribute)))
                    );
                    button.form.submit();
                } catch (error) {
                    say(
                        button.form,
                        error.name === 'InvalidStateError'
                            ? 'This passkey is known already.'
                            : 'The passkey was not used. Try again, or type a code.'
                    );
                }
            });
        }
    }
    // From another site's link: on to the same address from here, so that the cookies of this site come along. One with a
    // fragment goes by the log-in page, as it would only scroll this one.
    const onward = document.querySelector('[data-pass-on]');
    if (onward)
        location.replace(
            location.hash
                ? `${onward.dataset.passOn}?next=${encodeURIComponent(onward.getAttribute('href') + location.hash)}`
                : onward.getAttribute('href')
        );

    // The log-in page keeps the fragment of the address, and sends on whoever has a session, also one of another tab.
    const door = document.querySelector('[data-next]');
    if (door) {
        const next = door.dataset.next + (door.dataset.next.includes('#') ? '' : location.hash);
        for (const [node, name] of [
            [door, 'action'],
            [document.getElementById('provider'), 'href']
        ]) {
            if (!node || !location.hash) continue;
            const to = new URL(node.getAttribute(name), location.href);
            to.searchParams.set('next', next);
            node.setAttribute(name, to.pathname + to.search);
        }
        const pass = async () => {
            if (document.hidden) return;
            const state = await fetch(door.dataset.session, { cache: 'no-store' })
                .then((answer) => (answer.ok ? answer.json() : null))
                .catch(() => null);
            if (state?.user) location.replace(next);
        };
        document.addEventListener('visibilitychange', pass);
        pass();
    }

    wire('data-passkey-get', get, 'passkey');
    wire('data-passkey-create', create, 'credential');

    const list = document.getElementById('codes');
    if (list) {
        const all = () => `${[...list.children].map((item) => item.textContent).join('\n')}\n`;
        const said = (words) => {
            document.getElementById('codes-said').textContent = words;
        };
        const does = {
            copy: async (button) => {
                await navigator.clipboard.writeText(all());
                button.lastChild.textContent = 'Copied';
                said('Copied');
            },
            download: () => {
                const link = document.createElement('a');
                link.href = URL.createObjectURL(
                    new Blob([`Gatehouse recovery codes of ${list.dataset.user}\n\n${all()}`], { type: 'text/plain' })
                );
                link.download = `gatehouse-recovery-codes-${list.dataset.user}.txt`;
                link.click();
                URL.revokeObjectURL(link.href);
            },
            print: () => window.print()
        };
        for (const button of document.querySelectorAll('[data-codes]'))
            button.addEventListener('click', () => does[button.dataset.codes](button));
    }
})();

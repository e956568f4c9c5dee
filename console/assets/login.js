// The door: passkeys (WebAuthn), and keeping recovery codes. Everything else works without scripts.
(() => {
    const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
    const say = (form, words) => {
        let box = form.querySelector('.passkey-wrong');
        if (!box) { box = document.createElement('p'); box.className = 'passkey-wrong login-wrong'; box.setAttribute('role', 'alert'); form.prepend(box); }
        box.textContent = words;
    };
    const ids = (list) => (list || []).map((item) => ({ ...item, id: bytes(item.id) }));

    async function get(options) {
        const found = await navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: ids(options.allowCredentials) } });
        const r = found.response;
        return { id: found.id, rawId: text(found.rawId), type: found.type, clientExtensionResults: {}, response: { clientDataJSON: text(r.clientDataJSON), authenticatorData: text(r.authenticatorData), signature: text(r.signature), userHandle: r.userHandle ? text(r.userHandle) : null } };
    }
    async function create(options) {
        const made = await navigator.credentials.create({ publicKey: { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: ids(options.excludeCredentials) } });
        return { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {}, response: { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) } };
    }
    function wire(attribute, ceremony) {
        for (const button of document.querySelectorAll(`[${attribute}]`)) {
            if (!window.PublicKeyCredential) continue;
            button.hidden = false;
            if (button.nextElementSibling?.classList.contains('login-or')) button.nextElementSibling.hidden = false;
            button.addEventListener('click', async () => {
                try {
                    button.form.elements.passkey.value = JSON.stringify(await ceremony(JSON.parse(button.getAttribute(attribute))));
                    button.form.submit();
                } catch (error) { say(button.form, error.name === 'InvalidStateError' ? 'This passkey is known already.' : 'The passkey was not used. Try again, or type a code.'); }
            });
        }
    }
    wire('data-passkey-get', get);
    wire('data-passkey-create', create);

    const list = document.getElementById('codes');
    if (list) {
        const all = () => [...list.children].map((item) => item.textContent).join('\n') + '\n';
        const said = (words) => { document.getElementById('codes-said').textContent = words; };
        const does = {
            copy: async (button) => { await navigator.clipboard.writeText(all()); button.lastChild.textContent = 'Copied'; said('Copied'); },
            download: () => {
                const link = document.createElement('a');
                link.href = URL.createObjectURL(new Blob([`Gatehouse recovery codes of ${list.dataset.user}\n\n${all()}`], { type: 'text/plain' }));
                link.download = `gatehouse-recovery-codes-${list.dataset.user}.txt`;
                link.click();
                URL.revokeObjectURL(link.href);
            },
            print: () => window.print(),
        };
        for (const button of document.querySelectorAll('[data-codes]')) button.addEventListener('click', () => does[button.dataset.codes](button));
    }
})();

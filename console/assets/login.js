// The door: passkeys (WebAuthn), and keeping recovery codes. Everything else works without scripts.
(() => {
    const gh = window.gatehouse;
    const say = (form, words) => {
        let box = form.querySelector('.passkey-wrong');
        if (!box) {
            box = document.createElement('p');
            box.className = 'passkey-wrong alert alert-danger';
            box.setAttribute('role', 'alert');
            form.prepend(box);
        }
        box.textContent = words;
    };
    for (const button of document.querySelectorAll('[data-passkey-get]')) {
        if (!window.PublicKeyCredential) continue;
        button.hidden = false;
        if (button.nextElementSibling?.classList.contains('login-or')) button.nextElementSibling.hidden = false;
        button.addEventListener('click', async () => {
            try {
                button.form.elements.passkey.value = await gh.passkeyAnswer(button.dataset.passkeyGet);
                button.form.submit();
            } catch (error) {
                say(button.form, gh.passkeyFault(error));
            }
        });
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

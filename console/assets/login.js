// The door: passkeys (WebAuthn), and keeping recovery codes. Everything else works without scripts.
(() => {
    const gh = window.gatehouse;
    const say = (form, text) => {
        const box =
            form.querySelector('.passkey-wrong') ||
            gh.el('p', { class: 'passkey-wrong alert alert-danger', role: 'alert' });
        box.textContent = text;
        form.prepend(box);
    };
    for (const button of document.querySelectorAll('[data-passkey-get]')) {
        if (!gh.hasPasskeys) continue;
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

    const list = gh.byId('codes');
    const codes = () => `${[...list.children].map((item) => item.textContent).join('\n')}\n`;
    const does = {
        copy: async (button) => {
            await navigator.clipboard.writeText(codes());
            button.lastChild.textContent = 'Copied';
            gh.setText(gh.byId('codes-said'), 'Copied');
        },
        download: () => {
            const { user } = list.dataset;
            gh.textFile(`gatehouse-recovery-codes-${user}.txt`, `Gatehouse recovery codes of ${user}\n\n${codes()}`);
        },
        print: () => window.print()
    };
    for (const button of document.querySelectorAll('[data-codes]'))
        button.addEventListener('click', () => does[button.dataset.codes](button));
})();

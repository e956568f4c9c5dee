// The door: passkeys (WebAuthn), and keeping recovery codes. Everything else works without scripts.
for (const button of document.querySelectorAll('[data-passkey-get]')) {
    if (!gh.hasPasskeys) continue;
    button.hidden = false;
    if (button.nextElementSibling?.classList.contains('login-or')) button.nextElementSibling.hidden = false;
    button.addEventListener('click', async () => {
        try {
            button.form.elements.passkey.value = await gh.passkeyAnswer(button.dataset.passkeyGet);
            button.form.submit();
        } catch (error) {
            button.form.querySelector('.passkey-wrong')?.remove();
            const looks = { class: 'passkey-wrong alert alert-danger', role: 'alert' };
            button.form.prepend(gh.el('p', looks, gh.passkeyFault(error)));
        }
    });
}
// From another site's link: on to the same address from here, so that the cookies of this site come along. One with a
// fragment goes by the log-in page, as it would only scroll this one.
const onward = document.querySelector('[data-pass-on]');
if (onward) {
    const to = onward.getAttribute('href');
    const { passOn } = onward.dataset;
    location.replace(location.hash ? `${passOn}?next=${encodeURIComponent(to + location.hash)}` : to);
}
// The log-in page keeps the fragment of the address, and sends on whoever has a session, also one of another tab.
const door = document.querySelector('[data-next]');
if (door) {
    const next = door.dataset.next + (door.dataset.next.includes('#') ? '' : location.hash);
    const provider = document.getElementById('provider');
    for (const [node, name] of [[door, 'action'], ...(provider ? [[provider, 'href']] : [])]) {
        if (!location.hash) continue;
        const to = new URL(node.getAttribute(name), location.href);
        to.searchParams.set('next', next);
        node.setAttribute(name, to.pathname + to.search);
    }
    const pass = async () => {
        if (document.hidden) return;
        const answer = await fetch(door.dataset.session, { cache: 'no-store' }).catch(() => null);
        if (answer?.ok && (await answer.json()).user) location.replace(next);
    };
    document.addEventListener('visibilitychange', pass);
    pass();
}

gh.notify = (text) => gh.setText(gh.byId('codes-said'), text);

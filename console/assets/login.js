// The door: the way on, with the fragment of the address, which the server does not see; and keeping recovery codes.
// Everything but passkeys works without scripts.

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
    for (const way of location.hash ? document.querySelectorAll('[data-next], #provider') : []) {
        const name = way === door ? 'action' : 'href';
        const to = new URL(way[name]);
        to.searchParams.set('next', next);
        way[name] = to;
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

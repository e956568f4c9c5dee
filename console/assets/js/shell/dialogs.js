// The dialogs (console/dialogs.py): they ask before a change, ask for a second factor, show a secret once, and choose a range.
const LONGEST = 90 * 86400000;
const SECONDS = { '15m': 900, '1h': 3600, '6h': 21600, '24h': 86400, '7d': 604800 };

// Opens a dialog with these texts in its places. `does` gets what was typed when it is confirmed, and returns what is wrong,
// which the dialog says, or what to do once that is closed.
function open(box, texts, does) {
    const form = box.querySelector('form');
    gh.put(box, { wrong: '', ...texts });
    if (form) {
        form.reset();
        form.onsubmit = async (event) => {
            event.preventDefault();
            const next = await does(Object.fromEntries(new FormData(form)));
            if (typeof next === 'string') return gh.put(box, { wrong: next });
            box.close();
            return next();
        };
    }
    box.showModal();
    gh.lay();
    return box;
}
gh.on('click', 'dialog', (box, { target }) => {
    if (target === box || target.matches('[data-cancel]')) box.close();
});

gh.confirm = (words, text, tone, does) => {
    const box = open(gh.byId('ask'), { title: `${words}?`, words: text, yes: words }, () => does);
    box.querySelector('[value=yes]').className = `btn btn-sm btn-${tone || 'primary'}`;
};
// A dialog that an answer brought along; it goes when it is closed.
gh.showDialog = (html, does) => {
    document.body.insertAdjacentHTML('beforeend', html);
    const box = document.body.lastElementChild;
    box.addEventListener('close', () => box.remove());
    return open(box, {}, does);
};
// A second factor: `send` takes its fields.
gh.askFactor = (html, send) => {
    const box = gh.showDialog(html, (fields) => () => send(fields));
    const key = box.querySelector('[data-passkey]');
    if (!key?.dataset.passkey || !gh.hasPasskeys) return;
    key.hidden = false;
    key.onclick = async () => {
        try {
            const passkey = await gh.passkeyAnswer(key.dataset.passkey);
            box.close();
            send({ passkey });
        } catch (error) {
            box.querySelector('[data-text=detail]').className = 'wrong';
            gh.put(box, { detail: gh.passkeyFault(error) });
        }
    };
};
// A new passkey: its name, then the browser's own ceremony; `send` takes the fields.
gh.makePasskey = (options, send) =>
    open(gh.byId('passkey'), {}, async ({ name }) => {
        try {
            const credential = await gh.passkeyCreate(options);
            return () => send({ credential, name });
        } catch (error) {
            return gh.passkeyFault(error);
        }
    });
gh.showCustom = () => {
    const now = gh.now();
    const { from, to, range } = gh.state;
    open(gh.byId('span-dialog'), {}, ({ from: typed, to: until }) => {
        const [start, end] = [typed, until].map((at) => Date.parse(`${at}Z`));
        const isLong = end - start > LONGEST;
        if (start < end && !isLong) return () => gh.setSpan(start, end);
        gh.byId(isLong ? 'span-from' : 'span-to').focus();
        return isLong ? 'The range can be at most 90 days.' : '“To” must be later than “from”.';
    });
    const shown = from ? [Date.parse(from), Date.parse(to)] : [now - SECONDS[range] * 1000, now];
    for (const [n, id] of ['span-from', 'span-to'].entries())
        gh.byId(id).value = new Date(shown[n]).toISOString().slice(0, 19);
};
gh.showKeys = () => {
    const pages = [...document.querySelectorAll('.pages a[data-go]')].flatMap((link) => [
        gh.el('dt', {}, gh.el('kbd', {}, `g then ${link.dataset.go}`)),
        gh.el('dd', {}, `go to ${link.textContent}`)
    ]);
    gh.byId('keys-of-pages').replaceChildren(...pages);
    open(gh.byId('keys'), {});
};

// The dialogs (console/dialogs.py): they ask before a change, ask for a second factor, show a secret once, and choose a range.
const LONGEST = 90 * 86400000;

// Opens a dialog with these texts in its places; `does` gets what was typed when it is confirmed.
function open(box, texts, does) {
    const form = box.querySelector('form');
    gh.put(box, texts);
    form?.reset();
    box.returnValue = '';
    box.onclose = () => box.returnValue === 'yes' && does(Object.fromEntries(new FormData(form)));
    box.showModal();
    gh.lay();
}
gh.on('click', 'dialog', (box, { target }) => {
    if (target === box || target.matches('[data-cancel]')) box.close();
});

gh.confirm = (words, text, tone, does) => {
    gh.byId('ask').querySelector('[value=yes]').className = `btn btn-sm btn-${tone || 'primary'}`;
    open(gh.byId('ask'), { title: `${words}?`, words: text, yes: words }, does);
};
// A dialog that an answer brought along, as for a second factor; it goes when it is closed.
gh.showDialog = (html, does) => {
    document.body.insertAdjacentHTML('beforeend', html);
    const box = document.body.lastElementChild;
    box.addEventListener('close', () => box.remove());
    gh.offerPasskeys(box);
    open(box, {}, does);
};
// A new passkey: its name, then the browser's own ceremony; `send` takes the fields.
gh.makePasskey = (options, send, wrong = '') =>
    open(gh.byId('passkey'), { wrong }, async ({ name }) => {
        try {
            send({ credential: await gh.passkeyCreate(options), name });
        } catch (error) {
            gh.makePasskey(options, send, gh.passkeyFault(error));
        }
    });
// The range begins as the one that shows. Its end is later than its start, by 90 days at most: the browser says so.
const [from, to] = ['span-from', 'span-to'].map(gh.byId);
function bound() {
    const [min, max] = [1000, LONGEST].map((more) => new Date(Date.parse(`${from.value}Z`) + more));
    if (from.value) Object.assign(to, { min: min.toISOString().slice(0, 19), max: max.toISOString().slice(0, 19) });
}
gh.on('click', '#custom', () => {
    open(gh.byId('span-dialog'), {}, (typed) => gh.setSpan(`${typed.from}Z`, `${typed.to}Z`));
    [from.value, to.value] = [gh.meta.range?.from, gh.meta.range?.to].map((at) => at?.slice(0, 19) || '');
    bound();
});
gh.on('input', '#span-from', bound);
gh.on('click', '#help', () => open(gh.byId('keys'), {}));

// The dialogs (console/dialogs.py): they ask before a change, ask for a second factor, show a secret once, and choose a range.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const LONGEST = 90 * 86400000;
    const SECONDS = { '15m': 900, '1h': 3600, '6h': 21600, '24h': 86400 };

    // Opens a dialog with these texts in its places; `does` is called with what was typed when it is confirmed.
    function open(id, texts, does) {
        const box = gh.byId(id);
        for (const [name, text] of Object.entries(texts)) gh.setText(box.querySelector(`[data-text=${name}]`), text);
        box.querySelector('form')?.reset();
        box.returnValue = '';
        box.onclose = () => {
            const form = box.querySelector('form');
            if (box.returnValue === 'yes') does(form ? Object.fromEntries(new FormData(form)) : {});
        };
        box.showModal();
        return box;
    }
    document.addEventListener('click', (event) => {
        if (event.target.matches('dialog, dialog [data-cancel]')) event.target.closest('dialog').close();
    });

    gh.confirm = (words, text, tone, does) => {
        const box = open('ask', { title: `${words}?`, words: text, yes: words }, does);
        box.querySelector('[value=yes]').className = `btn btn-sm btn-${tone || 'primary'}`;
    };
    // What is shown once: copied, and where it has a name for a file, downloaded or printed.
    gh.showSecret = ({ secret_title: title, secret, note, file }) => {
        const box = open('secret', { title, note, secret });
        const [place, copy] = [box.querySelector('.secret'), box.querySelector('[data-copy-text]')];
        place.id = 'link';
        place.classList.toggle('many', Boolean(file));
        copy.dataset.copyText = secret;
        const forget = () => {
            place.removeAttribute('id');
            place.textContent = copy.dataset.copyText = '';
        };
        box.addEventListener('close', forget, { once: true });
        for (const button of box.querySelectorAll('[data-of-file]')) button.hidden = !file;
        box.querySelector('[data-print]').onclick = () => window.print();
        box.querySelector('[data-download]').onclick = () => gh.textFile(file, `${title}\n\n${secret}\n`);
    };
    // A second factor: `send` takes its fields.
    gh.askFactor = ({ title, detail, wrong, again, passkey }, send) => {
        const box = open('factor', { title, detail }, send);
        box.querySelector('[data-text=detail]').className = wrong ? 'wrong' : '';
        const [way, key] = [box.querySelector('[data-again]'), box.querySelector('[data-passkey]')];
        for (const part of box.querySelectorAll('[data-typed]')) part.hidden = Boolean(again);
        Object.assign(way, { hidden: !again, href: again || '' });
        key.hidden = again || !passkey || !gh.hasPasskeys;
        key.onclick = async () => {
            try {
                const answer = await gh.passkeyAnswer(passkey);
                box.close();
                send({ passkey: answer });
            } catch (error) {
                box.querySelector('[data-text=detail]').className = 'wrong';
                gh.setText(box.querySelector('[data-text=detail]'), gh.passkeyFault(error));
            }
        };
    };
    // A new passkey: its name, then the browser's own ceremony; `send` takes the fields.
    gh.makePasskey = (options, send) => {
        const box = open('passkey', { wrong: '' });
        box.querySelector('form').onsubmit = async (event) => {
            event.preventDefault();
            try {
                const credential = await gh.passkeyCreate(options);
                box.close();
                send({ credential, name: gh.byId('passkey-name').value });
            } catch (error) {
                gh.setText(box.querySelector('[data-text=wrong]'), gh.passkeyFault(error));
            }
        };
    };
    gh.showCustom = () => {
        const box = open('span-dialog', { wrong: '' });
        const fields = ['span-from', 'span-to'].map(gh.byId);
        const now = gh.now();
        const [from, to] = gh.state.from
            ? [Date.parse(gh.state.from), Date.parse(gh.state.to)]
            : [now - SECONDS[gh.state.range] * 1000, now];
        [from, to].forEach((at, n) => {
            fields[n].value = new Date(at).toISOString().slice(0, 19);
        });
        box.querySelector('form').onsubmit = (event) => {
            event.preventDefault();
            const [start, end] = fields.map((field) => Date.parse(`${field.value}Z`));
            const isLong = end - start > LONGEST;
            if (start < end && !isLong) {
                box.close();
                gh.setSpan(start, end);
                return;
            }
            const text = isLong ? 'The range can be at most 90 days.' : '“To” must be later than “from”.';
            gh.setText(box.querySelector('[data-text=wrong]'), text);
            fields[isLong ? 0 : 1].focus();
        };
    };
    gh.showKeys = () => {
        const list = document.querySelector('#keys dl');
        for (const old of list.querySelectorAll('[data-page]')) old.remove();
        for (const link of document.querySelectorAll('.pages a[data-go]')) {
            const key = document.createElement('dt');
            const what = document.createElement('dd');
            key.dataset.page = what.dataset.page = link.dataset.go;
            key.innerHTML = '<kbd></kbd>';
            key.firstChild.textContent = `g then ${link.dataset.go}`;
            what.textContent = `go to ${link.textContent}`;
            list.append(key, what);
        }
        open('keys', {});
    };
})();

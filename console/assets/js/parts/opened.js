// One opened transaction, wherever it is shown: beside a list, in the drawer, on its own page. It comes from the address of
// its page; labels are sent from it by button or key, and come back as they are stored.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const SLOW = 8000;
    let asked = 0,
        last = null,
        going = -Infinity;

    const html = (type, props, ...children) => ({
        namespace: 'dash_html_components',
        type,
        props: { ...props, children }
    });
    // What stands in its place while it loads, and when it cannot be had.
    const instead = (text, bad) => [
        html(
            'Article',
            { className: 'one' },
            html(
                'Header',
                { className: 'one-head' },
                html('H2', {}, 'Transaction'),
                html(
                    'Button',
                    {
                        className: 'tool close',
                        type: 'button',
                        'data-close': '',
                        title: 'Close (Escape)',
                        'aria-label': 'Close'
                    },
                    html('Span', { className: 'i i-x-lg' })
                )
            ),
            html('P', bad ? { className: 'said bad', role: 'alert' } : { className: 'quiet' }, text)
        )
    ];
    async function fetched(id) {
        try {
            const answer = await fetch(`${gh.transaction(id)}&fragment=1&alone=1`, {
                cache: 'no-store',
                signal: AbortSignal.timeout(SLOW),
                headers: { Accept: 'application/json' }
            });
            const found = await answer.json();
            if (answer.status === 401) return null; // the notice over the page says so
            if (found.content) return found.content;
        } catch {
            /* said below */
        }
        return instead('The console did not respond. Select the transaction again to retry.', true);
    }
    // True when it is shown; false when another was asked for meanwhile, or the session is over.
    gh.showTransaction = async (place, id) => {
        const mine = ++asked;
        const box = gh.byId(place);
        if (box.querySelector('article')) box.setAttribute('aria-busy', 'true');
        else gh.fill(place, instead('Loading…'));
        const content = await fetched(id);
        if (mine !== asked) return false;
        box.removeAttribute('aria-busy');
        if (!content || !(await gh.fill(place, content))) return false;
        box.scrollTop = 0;
        return true;
    };
    gh.forgetTransaction = (place) => {
        asked += 1;
        gh.unfill(place);
    };

    gh.post = async (path, fields) => {
        let answer;
        try {
            answer = await fetch(`${gh.prefix}transactions/${path}`, {
                method: 'POST',
                headers: { Accept: 'application/json', 'X-CSRF-Token': gh.csrf() },
                body: new URLSearchParams(fields)
            });
        } catch {
            throw new Error('The console cannot be reached. Nothing was saved.');
        }
        if (answer.status === 401) throw new Error('You are logged out. Nothing was saved.');
        const body = await answer.json().catch(() => ({}));
        if (!answer.ok) throw new Error(body.detail || `The console responded with status ${answer.status}.`);
        return body;
    };
    const verdict = () => gh.byId('verdict');
    async function stored(answer) {
        if (verdict()?.dataset.id === answer.transaction_id) await gh.fill('verdict-place', answer.content);
        gh.labelled?.(answer);
    }
    function told(text, change) {
        const undo = html(
            'Button',
            { type: 'button', className: 'btn btn-sm btn-secondary', 'data-undo-change': String(change) },
            'Undo (z)'
        );
        gh.notify(change ? [html('Span', {}, text), undo] : text);
        gh.say(text);
    }
    gh.noteLast = (text) => told(text, last);
    async function label(word) {
        const place = verdict();
        const form = place?.querySelector('form[data-say]');
        const buttons = [...(form?.querySelectorAll('button') || [])];
        if (!form || buttons.some((button) => button.disabled)) return;
        const id = place.dataset.id;
        const wrong = form.querySelector('[data-said]');
        wrong.textContent = '';
        for (const button of buttons) button.disabled = true;
        try {
            const answer = await gh.post('label', { id, label: word, comment: form.elements.comment.value });
            last = answer.change;
            await stored(answer);
            const outranked =
                answer.after !== 'unsure' && answer.counts !== answer.after
                    ? `, but ${answer.counts} counts because it comes from a higher-ranked source`
                    : '';
            told(
                answer.result === 'unchanged' ? `${id} is already ${word}` : `${id}: ${word}${outranked}`,
                answer.change
            );
            gh.goOn?.();
        } catch (error) {
            for (const button of buttons) button.disabled = false;
            wrong.textContent = error.message;
        }
    }
    async function undo(change) {
        if (!change) return;
        try {
            const answer = await gh.post('undo', { change });
            last = null;
            await stored(answer);
            told(
                `${answer.transaction_id}: label removed, ${answer.counts ? `${answer.counts} counts` : 'no label counts'} now`
            );
            gh.goBackTo?.(answer.transaction_id);
        } catch (error) {
            gh.notify(error.message, true);
        }
    }
    document.addEventListener('submit', (event) => {
        if (!('say' in event.target.dataset)) return;
        event.preventDefault();
        if (event.submitter) label(event.submitter.value);
    });
    document.addEventListener('click', (event) => {
        const button = event.target.closest('[data-copy-text], [data-undo-change]');
        if (button?.dataset.undoChange) undo(button.dataset.undoChange);
        else if (button) navigator.clipboard?.writeText(button.dataset.copyText).then(() => gh.toast('Copied'));
    });
    gh.labelKeys = [
        ['f', 'fraud'],
        ['l', 'legit'],
        ['u', 'unsure'],
        ['c', 'comment'],
        ['z', 'undo the last label']
    ];
    const does = {
        f: () => label('fraud'),
        l: () => label('legit'),
        u: () => label('unsure'),
        z: () => undo(verdict()?.dataset.undo || last),
        c: () => gh.byId('say-comment')?.focus()
    };
    // Before the keys of pages (parts/keys.js): where one is open, these letters are for it.
    document.addEventListener(
        'keydown',
        (event) => {
            if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea'))
                return;
            if (document.querySelector('dialog[open], .modal.show')) return;
            const leaving = performance.now() - going < 1500; // `g` and a letter go to another page
            going = event.key === 'g' ? performance.now() : -Infinity;
            const act = leaving ? null : gh.listKeys?.()[event.key] || (verdict() || last ? does[event.key] : null);
            if (!act) return;
            event.preventDefault();
            event.stopPropagation();
            act();
        },
        true
    );
})();

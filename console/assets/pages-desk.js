// Transactions: open one beside the list, label it by button or key, see what is stored, take it back. The address follows.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const desk = document.querySelector('.desk');
    if (!desk) return;
    const { prefix, csrf } = desk.dataset;
    const side = document.getElementById('side');
    const isQueue = 'queue' in desk.dataset;
    const rows = () => [...document.querySelectorAll('#rows tr[data-row]')];
    const row = (id) => rows().find((one) => one.dataset.row === id);
    const hint = side.querySelector('[data-one]') ? '' : side.innerHTML;
    gh.keys = [
        ['j', 'next'],
        ['k', 'back'],
        ['f', 'fraud'],
        ['l', 'legit'],
        ['u', 'unsure'],
        ['c', 'comment'],
        ['z', 'take the last label back']
    ];
    let asked = 0,
        back = null,
        last = null,
        going = -Infinity;

    const two = (n) => String(n).padStart(2, '0');
    function times(root) {
        for (const node of root.querySelectorAll('time[data-ms]')) {
            const at = new Date(Number(node.dataset.ms));
            if (Number.isNaN(at.getTime())) continue;
            node.textContent = `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
            node.title = `${at.toLocaleString()} local`;
            node.dateTime = at.toISOString();
        }
    }
    const say = (text) => {
        document.getElementById('announce').textContent = text;
    };
    function toast(text, change) {
        document.querySelector('.toast')?.remove();
        const box = document.createElement('div');
        box.className = 'toast';
        box.append(text);
        if (change) {
            const button = document.createElement('button');
            button.type = 'button';
            button.className = 'button small';
            button.textContent = 'Undo (z)';
            button.addEventListener('click', () => undo(change));
            box.append(button);
        }
        document.body.append(box);
        say(text);
        setTimeout(() => box.remove(), change ? 12000 : 5000);
    }
    async function post(path, fields) {
        let answer;
        try {
            answer = await fetch(`${prefix}transactions/${path}`, {
                method: 'POST',
                headers: { 'X-CSRF-Token': csrf },
                body: new URLSearchParams(fields)
            });
        } catch {
            throw new Error('The console cannot be reached; nothing was stored.');
        }
        if (answer.status === 401) throw new Error('You are signed out; nothing was stored.');
        const body = await answer.json().catch(() => ({}));
        if (!answer.ok) throw new Error(body.detail || `The console answered ${answer.status}.`);
        return body;
    }
    // Opening the first one is a step that the back button undoes; going from one to the next is not a step each.
    function address(id) {
        if (desk.classList.contains('alone')) return;
        const isOpen = new URLSearchParams(location.search).has('open');
        const query = new URLSearchParams(location.search);
        if (id) query.set('open', id);
        else query.delete('open');
        const text = query.toString();
        const place = location.pathname + (text ? `?${text}` : '');
        if (id && !isOpen) history.pushState({ opened: true }, '', place);
        else history.replaceState(history.state, '', place);
    }
    function chosen(id) {
        for (const one of rows()) {
            if (one.dataset.row === id) {
                one.setAttribute('aria-selected', 'true');
                one.scrollIntoView({ block: 'nearest' });
            } else one.removeAttribute('aria-selected');
        }
    }
    async function open(id, addressed = false) {
        const mine = ++asked;
        if (!side.contains(document.activeElement)) back = document.activeElement;
        chosen(id);
        side.classList.remove('empty');
        side.classList.add('open');
        side.setAttribute('aria-busy', 'true');
        if (!addressed) address(id);
        if (isQueue && !row(id)?.dataset.done)
            post('queue/claim', { id })
                .then((answer) => hand(id, answer))
                .catch(() => {});
        let text;
        try {
            const answer = await fetch(`${prefix}transactions/one?fragment=1&id=${encodeURIComponent(id)}`);
            if (answer.status === 401) {
                side.removeAttribute('aria-busy');
                return;
            }
            text = await answer.text();
            if (!text.includes('data-one')) throw new Error();
        } catch {
            text = '';
        }
        if (mine !== asked) return;
        side.removeAttribute('aria-busy');
        if (text) side.innerHTML = text;
        else {
            const p = document.createElement('p');
            p.className = 'said bad';
            p.textContent = 'The console did not answer. Choose it again to retry.';
            side.replaceChildren(p);
        }
        side.scrollTop = 0;
        ready();
        if (getComputedStyle(side).position === 'fixed') side.querySelector('.close')?.focus();
    }
    function hand(id, answer) {
        const cell = row(id)?.querySelector('[data-label-cell]');
        if (!cell) return;
        for (const one of rows())
            if (one.dataset.row !== id && one.dataset.mine) {
                delete one.dataset.mine;
                one.querySelector('[data-label-cell]').textContent = '–';
            }
        const chip = document.createElement('span');
        chip.className = `chip ${answer.mine ? '' : 'review'}`;
        chip.textContent = answer.mine ? 'you' : answer.holder;
        cell.replaceChildren(chip);
        if (answer.mine) row(id).dataset.mine = '1';
        else {
            row(id).dataset.held = answer.holder;
            say(`${answer.holder} has this one in hand.`);
        }
    }
    // Going back takes effect later; what is shut already is not closed again by a second key, which would leave the page.
    function close() {
        shut();
        if (history.state?.opened) history.back();
        else address('');
    }
    window.addEventListener('popstate', () => {
        const id = new URLSearchParams(location.search).get('open');
        if (id) open(id, true);
        else if (side.classList.contains('open')) shut();
    });
    function shut() {
        asked += 1;
        side.classList.remove('open');
        side.classList.add('empty');
        const id = side.querySelector('[data-one]')?.dataset.one;
        if (isQueue && id && !row(id)?.dataset.done) post('queue/release', { id }).catch(() => {});
        side.innerHTML = hint;
        chosen('');
        if (back && document.contains(back)) back.focus();
    }
    function ready() {
        times(side);
        gh.drawCharts(side);
    }
    function shown(answer) {
        const place = document.getElementById('verdict');
        if (place && place.dataset.id === answer.transaction_id) place.outerHTML = answer.html;
        const line = row(answer.transaction_id);
        const cell = line?.querySelector('[data-label-cell]');
        if (cell) {
            const word = answer.after || answer.counts;
            const chip = document.createElement('span');
            chip.className = `chip ${{ fraud: 'blocked', legit: 'good', unsure: 'review' }[word] || ''}`;
            chip.textContent = word || '–';
            cell.replaceChildren(chip);
            delete line.dataset.mine;
            if (isQueue) {
                const was = Boolean(line.dataset.done);
                if (answer.after) line.dataset.done = '1';
                else delete line.dataset.done;
                if (was !== Boolean(answer.after)) {
                    const less = answer.after ? -1 : 1;
                    count('waiting', less);
                    count('mine', -less);
                    if (line.dataset.decision === 'BLOCKED') count('blocked', less);
                    count('risk', less * Number(line.dataset.risk), money);
                }
            }
        }
    }
    const money = (n) =>
        `$${n.toLocaleString('en-US', n < 100 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumFractionDigits: 0 })}`;
    function count(id, step, words = (n) => n.toLocaleString('en-US')) {
        const node = document.getElementById(id);
        if (!node) return;
        node.dataset.n = Math.max(0, Number(node.dataset.n) + step);
        node.textContent = words(Number(node.dataset.n));
    }
    async function label(word) {
        const place = document.getElementById('verdict');
        const form = place?.querySelector('form[data-say]');
        if (!form || form.querySelector(`[value="${word}"]`).disabled) return;
        const id = place.dataset.id;
        const wrong = form.querySelector('[data-said]');
        wrong.textContent = '';
        for (const button of form.querySelectorAll('button')) button.disabled = true;
        try {
            const answer = await post('label', { id, label: word, comment: form.elements.comment.value });
            shown(answer);
            last = answer.change;
            const outranked =
                answer.after !== 'unsure' && answer.counts !== answer.after
                    ? `, but ${answer.counts} counts: a higher source said so`
                    : '';
            toast(
                answer.result === 'unchanged' ? `${id} is ${word} already` : `${id}: ${word}${outranked}`,
                answer.change
            );
            if (isQueue) step(1, true);
        } catch (error) {
            for (const button of form.querySelectorAll('button')) button.disabled = false;
            wrong.textContent = error.message;
        }
    }
    async function undo(change) {
        if (!change) return;
        try {
            const answer = await post('undo', { change });
            last = null;
            shown(answer);
            toast(
                `${answer.transaction_id}: taken back, ${answer.counts ? `${answer.counts} counts` : 'nothing counts'} now`
            );
            if (isQueue && side.querySelector('[data-one]')?.dataset.one !== answer.transaction_id)
                open(answer.transaction_id);
        } catch (error) {
            toast(error.message);
        }
    }
    function step(way, waiting) {
        const list = rows();
        if (!list.length) return;
        const current = list.findIndex((one) => one.getAttribute('aria-selected') === 'true');
        let at = current + way;
        while (waiting && list[at] && (list[at].dataset.done || list[at].dataset.held)) at += way;
        if (list[at]) open(list[at].dataset.row);
        else if (waiting) {
            toast('That was the last one of this list; load it again for more.', last);
        }
    }
    document.addEventListener('click', (event) => {
        const target = event.target.closest('a, button, tr[data-row], summary, input, select, form');
        if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
        if (target.dataset.openId && !desk.classList.contains('alone')) {
            event.preventDefault();
            open(target.dataset.openId);
        } else if ('close' in target.dataset) {
            if (desk.classList.contains('alone')) location.assign(`${prefix}transactions`);
            else close();
        } else if (target.dataset.copyText) {
            navigator.clipboard.writeText(target.dataset.copyText).then(() => toast('Copied'));
        } else if (target.dataset.undoChange) undo(target.dataset.undoChange);
        else if (target.matches('tr[data-row]')) {
            if (!String(getSelection())) open(target.dataset.row);
        }
    });
    document.addEventListener('submit', (event) => {
        if (!('say' in event.target.dataset)) return;
        event.preventDefault();
        if (event.submitter) label(event.submitter.value);
    });
    document.addEventListener('keydown', (event) => {
        const typing = event.target.closest('input, select, textarea');
        if (event.key === 'Escape') {
            if (typing) typing.blur();
            else if (side.classList.contains('open')) close();
            return;
        }
        if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
        // `g` and a letter go to another page (pages.js); that letter must not label.
        const leaving = performance.now() - going < 1500;
        going = event.key === 'g' ? performance.now() : -Infinity;
        if (leaving) return;
        const act = {
            j: () => step(1),
            k: () => step(-1),
            ArrowDown: () => step(1),
            ArrowUp: () => step(-1),
            f: () => label('fraud'),
            l: () => label('legit'),
            u: () => label('unsure'),
            z: () => undo(document.getElementById('verdict')?.dataset.undo || last),
            c: () => document.getElementById('say-comment')?.focus()
        }[event.key];
        if (!act || (event.key.startsWith('Arrow') && !rows().some((one) => one.getAttribute('aria-selected')))) return;
        event.preventDefault();
        act();
    });
    // An empty field asks for nothing, so it does not go into the address.
    document.getElementById('filter')?.addEventListener('submit', (event) => {
        for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true;
    });
    window.addEventListener('pageshow', () => {
        for (const field of document.getElementById('filter')?.elements || []) field.disabled = false;
    });
    document.addEventListener('DOMContentLoaded', () => {
        times(document);
        if (side.querySelector('[data-one]')) side.classList.add('open');
        if (isQueue && !new URLSearchParams(location.search).get('open')) return;
        const wanted = new URLSearchParams(location.search).get('open');
        if (isQueue && wanted) open(wanted);
    });
})();

// The strip on top: what fires, worst first, in one line with the number of the rest. Acknowledging an incident does so for everybody,
// and more than one only after a question; what is no incident can be hidden in this browser until it changes. Only changes of this list
// are announced to screen readers, a few names and a number at the most.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { el, icon } = gh;
    const [NAMED, BRIEF] = [3, 26];
    const hidden = new Map();
    const asked = new Set();
    let told = null,
        open = false;

    const mark = (item) => `${item.id}|${item.severity}`;
    const inHand = (item) => Boolean(item.acknowledged_by || item.silenced_by || asked.has(item.id));
    const page = (item) => `${gh.prefix}alerts/incidents/${encodeURIComponent(item.incident)}`;
    function announce(loud) {
        const now = new Map(loud.map((item) => [item.id, item.title]));
        if (told) {
            const some = (titles) =>
                titles.length > NAMED
                    ? `${titles.slice(0, NAMED).join(', ')} and ${titles.length - NAMED} more`
                    : titles.join(', ');
            const fresh = [...now].filter(([id]) => !told.has(id)).map(([, title]) => title);
            const over = [...told].filter(([id]) => !now.has(id)).map(([, title]) => title);
            const words = [
                fresh.length ? `Needs attention: ${some(fresh)}` : '',
                over.length ? `No longer: ${some(over)}` : ''
            ].filter(Boolean);
            if (words.length) gh.say(words.join('. '));
        }
        told = now;
    }
    async function acknowledge(items) {
        const csrf = gh.byId('logout-csrf').value;
        for (const item of items.filter((one) => one.incident)) {
            const answer = await fetch(`${page(item)}/acknowledge`, {
                method: 'POST',
                headers: { 'X-CSRF-Token': csrf, Accept: 'application/json' }
            }).catch(() => null);
            if (answer?.ok) asked.add(item.id);
            else
                gh.toast(
                    answer?.status === 403
                        ? 'You do not have permission to do this.'
                        : 'Could not acknowledge the incident. Try again.'
                );
        }
        items.filter((one) => !one.incident).forEach((item) => hidden.set(item.id, mark(item)));
    }
    const where = (item) =>
        item.incident
            ? el('a', { class: 'tool', href: page(item) }, 'Open')
            : el('button', { class: 'tool', type: 'button', onclick: () => gh.goTo(item.target) }, 'Show');
    const since = (item) =>
        item.since ? el('span', { class: 'note', title: gh.full(item.since) }, ` since ${gh.clock(item.since)}`) : null;
    const held = (item) =>
        item.silenced_by
            ? `silenced by ${item.silenced_by}`
            : item.acknowledged_by
              ? `acknowledged by ${item.acknowledged_by}`
              : asked.has(item.id)
                ? 'acknowledged by you'
                : '';
    const row = (item) =>
        el(
            'li',
            {},
            gh.look(inHand(item) ? (item.silenced_by ? 'silenced' : 'acknowledged') : item.severity),
            el(
                'span',
                { class: 'strip-text' },
                el('b', {}, item.title),
                ' ',
                item.detail,
                since(item),
                held(item) ? el('span', { class: 'note' }, ` · ${held(item)}`) : null
            ),
            where(item)
        );

    function confirmed(items, left, act) {
        if (items.length === 1) return act();
        const box = el('dialog', { 'aria-label': 'Acknowledge' });
        const others = left ? ` ${gh.int(left)} more firing alerts are not listed here and stay unchanged.` : '';
        const close = () => box.close();
        box.append(
            el('p', {}, `Acknowledge these ${items.length} incidents? This stops their escalation.${others}`),
            el(
                'div',
                { class: 'buttons' },
                el('button', { class: 'button', type: 'button', onclick: close }, 'Cancel'),
                el(
                    'button',
                    {
                        class: 'button main',
                        type: 'button',
                        onclick: () => {
                            close();
                            act();
                        }
                    },
                    `Acknowledge ${items.length}`
                )
            )
        );
        box.addEventListener('close', () => box.remove());
        document.body.append(box);
        box.showModal();
        return undefined;
    }

    gh.renderers.strip = (slot, { items, counts, more: rest = { all: 0, unhandled: 0 } }) => {
        for (const id of asked) if (!items.some((item) => item.id === id && !item.acknowledged_by)) asked.delete(id);
        const shown = items.filter((item) => hidden.get(item.id) !== mark(item));
        const loud = shown.filter((item) => !inHand(item));
        const worst = loud[0]?.severity;
        const state = !loud.length ? 'calm' : worst === 'critical' || worst === 'high' ? 'trouble' : 'warning';
        announce(loud);
        const again = () => gh.renderers.strip(slot, { items, counts, more: rest });
        const number = loud.length + rest.unhandled;
        const quiet = counts ? `${counts.firing} firing · ${counts.pending} pending · ${counts.inactive} quiet` : '';
        const calm = items.length
            ? `Nothing new: ${gh.int(items.length + rest.all)} acknowledged, silenced or hidden`
            : counts?.pending
              ? `No alerts firing; ${counts.pending} pending`
              : 'Nothing needs attention';
        const named = loud
            .slice(0, NAMED)
            .map((item) => (item.title.length > BRIEF ? `${item.title.slice(0, BRIEF)}…` : item.title))
            .join(' · ');
        const more = shown.length > 1 || (shown.length > 0 && !loud.length);
        const does = gh.boot.operates ? loud : loud.filter((item) => !item.incident);
        const people = does.filter((item) => item.incident);
        const words = !people.length ? 'Hide' : people.length === 1 ? 'Acknowledge' : `Acknowledge ${people.length}`;
        const run = async (button) => {
            button.disabled = true;
            await acknowledge(does);
            again();
        };
        const line = el(
            'div',
            { class: 'strip-line' },
            loud.length ? gh.look(worst) : icon('check-circle-fill'),
            el(
                'span',
                {
                    class: 'strip-text',
                    title:
                        loud
                            .slice(0, 10)
                            .map((item) => `${item.title}: ${item.detail}`)
                            .join('\n') || null
                },
                loud.length ? el('b', {}, number === 1 ? loud[0].title : `${gh.int(number)} need attention`) : calm,
                ' ',
                number === 1 ? loud[0].detail : named,
                number === 1 ? since(loud[0]) : null,
                number > NAMED ? ` and ${gh.int(number - NAMED)} more` : null
            ),
            quiet ? el('a', { class: 'strip-counts', href: `${gh.prefix}alerts` }, quiet) : null,
            more
                ? el(
                      'button',
                      {
                          class: 'tool',
                          type: 'button',
                          'aria-expanded': String(open),
                          onclick: () => {
                              open = !open;
                              again();
                          }
                      },
                      open ? 'Hide details' : 'Details'
                  )
                : loud.length
                  ? where(loud[0])
                  : null,
            shown.length < items.length
                ? el(
                      'button',
                      {
                          class: 'tool',
                          type: 'button',
                          onclick: () => {
                              hidden.clear();
                              again();
                          }
                      },
                      'Show again'
                  )
                : null,
            does.length
                ? el(
                      'button',
                      {
                          class: 'tool',
                          type: 'button',
                          title: people.length
                              ? 'Stops escalation; everyone sees that you acknowledged it'
                              : 'Hides it in this browser until it changes',
                          onclick: (event) =>
                              people.length
                                  ? confirmed(people, rest.unhandled, () => run(event.target))
                                  : run(event.target)
                      },
                      words
                  )
                : null
        );
        const beyond = rest.all
            ? el('li', {}, el('a', { href: `${gh.prefix}alerts` }, `and ${gh.int(rest.all)} more on the Alerts page`))
            : null;
        const list = open && more ? el('ul', { class: 'strip-list' }, ...shown.map(row), beyond) : null;
        const key = JSON.stringify([shown, items.length, rest, counts, open, [...asked]]);
        if (slot.dataset.was === key) return;
        slot.dataset.was = key;
        const focus = slot.contains(document.activeElement) ? document.activeElement.textContent : '';
        slot.replaceChildren(el('div', { class: `strip ${state}` }, line, list));
        if (focus)
            (
                [...slot.querySelectorAll('button, a')].find((b) => b.textContent === focus) ||
                slot.querySelector('button, a')
            )?.focus();
    };
})();

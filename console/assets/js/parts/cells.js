// Cells of pages' tables that hold more than a text: each kind fills its cell, says its text (for CSV and hover) and its order.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { el } = gh;
    const first = (value) => value[0];

    gh.cells = {
        // a number that was written already
        right: { text: String, order: (value) => Number(String(value).replace(/[^\d.eE+-]/g, '')) || -Infinity },
        // [[role, icon, word], …]
        chips: {
            text: (value) => value.map((one) => one[2]).join(', '),
            fill: (td, value) => td.replaceChildren(...value.map((one) => gh.chip(...one)))
        },
        // [text, small text below it, address under the prefix]
        two: {
            text: (value) => value.slice(0, 2).filter(Boolean).join(', '),
            order: first,
            fill: (td, [text, small, to]) =>
                td.replaceChildren(
                    to ? el('a', { class: 'link fw-semibold', href: gh.prefix + to, tabindex: '-1' }, text) : text,
                    small ? el('small', {}, small) : ''
                )
        },
        // [title, address under the prefix, series or nothing, small text below it, the cell's id]
        what: {
            text: ([title, , series]) => [title, series].filter(Boolean).join(' · '),
            order: first,
            fill: (td, [title, to, series, small, id]) => {
                if (id) td.id = id;
                td.replaceChildren(
                    to ? el('a', { class: 'link fw-semibold', href: gh.prefix + to }, title) : el('b', {}, title),
                    ...(series
                        ? [' ', el('span', { class: 'badge border fw-normal text-body-secondary mono' }, series)]
                        : []),
                    small ? el('small', {}, small) : ''
                );
            }
        },
        // [word, …]
        tags: {
            text: (value) => value.join(', '),
            fill: (td, value) =>
                td.replaceChildren(
                    ...value.flatMap((word) => [
                        el('span', { class: 'badge border fw-normal text-body-secondary mono' }, word),
                        ' '
                    ])
                )
        },
        // [[words, address under the prefix, title], …]
        links: {
            text: () => '',
            fill: (td, value) =>
                td.replaceChildren(
                    ...value.flatMap(([words, to, title]) => [
                        el('a', { class: 'btn btn-sm btn-secondary', href: gh.prefix + to, title }, words),
                        ' '
                    ])
                )
        },
        // [epoch ms, 'since' or 'until']: how long ago it was, or how long it is until then
        counted: {
            text: ([at]) => gh.minute(at),
            order: first,
            fill: (td, [at, kind]) => {
                const known = { class: 'ago', datetime: new Date(at).toISOString(), title: gh.full(at) };
                td.replaceChildren(el('time', { ...known, [`data-${kind}`]: at }));
            }
        },
        // [text, whether it stands out]
        figure: {
            text: first,
            fill: (td, [text, strong]) => td.replaceChildren(strong ? el('b', {}, text) : text)
        },
        // [text, better, worse or nothing]
        better: {
            text: (value) => value.filter(Boolean).join(' '),
            fill: (td, [text, way]) =>
                td.replaceChildren(
                    way
                        ? el(
                              'span',
                              { class: way === 'better' ? 'text-success-emphasis' : 'text-danger-emphasis' },
                              `${text} ${way}`
                          )
                        : text
                )
        },
        // [text, share 0..1, how it looks]
        meter: {
            text: first,
            order: (value) => value[1] ?? -1,
            fill: (td, [text, share, look]) =>
                td.replaceChildren(
                    share === undefined
                        ? ''
                        : el(
                              'span',
                              {
                                  class: `progress d-inline-flex w-25 me-2 align-middle ${look || ''}`,
                                  'aria-hidden': 'true'
                              },
                              el('i', { class: 'progress-bar', style: `width:${(100 * share).toFixed(1)}%` })
                          ),
                    el('span', { class: share === undefined ? 'text-body-secondary small' : 'mono' }, text)
                )
        },
        // [name, label, chosen, [value, words], …]: a choice that the form around the table sends
        choose: {
            text: (value) => value.slice(3).find(([key]) => key === value[2])?.[1] || '',
            fill: (td, [name, label, chosen, ...options]) =>
                td.replaceChildren(
                    el(
                        'select',
                        { name, class: 'form-select form-select-sm w-auto', 'aria-label': label },
                        ...options.map(([key, words]) => el('option', { value: key, selected: key === chosen }, words))
                    )
                )
        }
    };
})();

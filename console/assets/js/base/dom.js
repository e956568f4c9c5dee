// Elements, and how times and lengths read. Text is always set as text, never as markup.
window.gh ||= {};
gh.byId = (id) => document.getElementById(id);
gh.el = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) if (value) node.setAttribute(name, value);
    node.append(...children);
    return node;
};
// What an event on an element like this does, also on one that comes later: `does(element, event)`.
gh.on = (kind, what, does) =>
    document.addEventListener(kind, (event) => {
        const at = event.target.closest?.(what);
        if (at) does(at, event);
    });
gh.tool = (words, known) => gh.el('button', { class: 'btn btn-sm btn-secondary', type: 'button', ...known }, words);
gh.setText = (node, text) => {
    if (node && node.textContent !== text) node.textContent = text;
};
// Texts in their places: `data-text` names each.
gh.put = (root, texts) => {
    for (const [name, text] of Object.entries(texts))
        for (const place of root.querySelectorAll(`[data-text=${name}]`)) gh.setText(place, text ?? '');
};
// What the server has laid down to be shown when it is needed (console/dialogs.py).
gh.made = (id) => gh.byId(id).content.firstElementChild.cloneNode(true);
gh.second = (millis) => new Date(millis).toISOString().slice(0, 19).replace('T', ' ');
gh.full = (millis) => `${gh.second(millis)} UTC · ${new Date(millis).toLocaleString()} local`;
gh.lasted = (seconds) => {
    const s = Math.max(0, Math.round(seconds));
    const minutes = Math.round(s / 60);
    if (s < 90 || minutes < 60) return s < 90 ? `${s} s` : `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    const isShort = minutes < 2880;
    const rest = isShort ? minutes % 60 : hours % 24;
    const more = rest ? ` ${rest} ${isShort ? 'min' : 'h'}` : '';
    return (isShort ? `${hours} h` : `${Math.floor(hours / 24)} d`) + more;
};
// Times that count on, and the local time of any on hover; what is cut off shows whole on hover.
gh.tick = () => {
    for (const node of document.querySelectorAll('#main time:is([data-since], [data-until], [data-ago])')) {
        const { since, until, ago } = node.dataset;
        const left = (Number(since || until || ago) - gh.now()) / 1000;
        const words = until && left <= 0 ? 'now' : gh.lasted(Math.abs(left));
        gh.setText(node, ago ? `${words} ago` : words);
    }
};
setInterval(gh.tick, 1000);
gh.on('mouseover', 'time[datetime], td:not(.act, .links)', (at) => {
    if (!at.title) at.title = at.dateTime ? gh.full(Date.parse(at.dateTime)) : at.textContent;
});

gh.say = (text) => gh.setText(gh.byId('announce'), text);
gh.copy = (text) => navigator.clipboard?.writeText(text).then(() => gh.notify('Copied'));
gh.on('click', '[data-copy-text]', (button) => gh.copy(button.dataset.copyText));
gh.on('click', '[data-print]', () => window.print());

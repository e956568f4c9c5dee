// Elements, icons and how values read in the browser. Text is always set as text, never as markup.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const SVG = 'http://www.w3.org/2000/svg';

    gh.el = (tag, attributes, ...children) => {
        const node = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes || {})) {
            if (value === null || value === undefined || value === false) continue;
            if (name === 'class') node.className = value;
            else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
            else node.setAttribute(name, value === true ? '' : value);
        }
        for (const child of children) if (child !== null && child !== undefined) node.append(child);
        return node;
    };
    gh.svg = (tag, attributes, ...children) => {
        const node = document.createElementNS(SVG, tag);
        for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
        node.append(...children);
        return node;
    };
    gh.icon = (name) => gh.el('span', { class: `i i-${name}`, 'aria-hidden': 'true' });
    gh.chip = (role, icon, text) => gh.el('span', { class: `chip badge ${role}` }, icon && gh.icon(icon), text);
    gh.byId = (id) => document.getElementById(id);
    gh.setText = (node, text) => {
        if (node && node.textContent !== text) node.textContent = text;
    };

    const two = (n) => String(n).padStart(2, '0');
    gh.NONE = '–';
    gh.millis = (value) => (typeof value === 'number' ? value : value ? Date.parse(value) : NaN);
    gh.clock = (value) => {
        const ms = gh.millis(value);
        if (Number.isNaN(ms)) return gh.NONE;
        const d = new Date(ms);
        const time = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
        return Math.abs(gh.now() - ms) < 43200000
            ? time
            : `${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())} ${time.slice(0, 5)}`;
    };
    gh.minute = (value) => {
        const ms = gh.millis(value);
        return Number.isNaN(ms) ? gh.NONE : new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
    };
    gh.second = (value) => {
        const ms = gh.millis(value);
        return Number.isNaN(ms) ? gh.NONE : new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
    };
    gh.full = (value) => {
        const ms = gh.millis(value);
        if (Number.isNaN(ms)) return '';
        return `${new Date(ms).toISOString().replace('T', ' ').slice(0, 19)} UTC · ${new Date(ms).toLocaleString()} local`;
    };
    gh.span = (seconds) => {
        if (!Number.isFinite(seconds)) return gh.NONE;
        const s = Math.max(0, Math.round(seconds));
        if (s < 90) return `${s} s`;
        if (s < 5400) return `${Math.round(s / 60)} min`;
        return s < 172800 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86400)} d`;
    };
    gh.lasted = (seconds) => {
        const s = Math.max(0, Math.round(seconds));
        if (s < 90) return `${s} s`;
        const minutes = Math.round(s / 60);
        if (minutes < 60) return `${minutes} min`;
        const [whole, rest, more, less] =
            minutes < 2880 ? [60, minutes % 60, 'h', 'min'] : [1440, Math.floor((minutes % 1440) / 60), 'd', 'h'];
        return `${Math.floor(minutes / whole)} ${more}${rest ? ` ${rest} ${less}` : ''}`;
    };
    gh.ago = (value) => `${gh.span((gh.now() - gh.millis(value)) / 1000)} ago`;
    const integer = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
    const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
    const good = (value) => value !== null && value !== undefined && value !== '' && Number.isFinite(Number(value));
    gh.int = (value) => (good(value) ? integer.format(value) : gh.NONE);
    gh.usd = (value) => (good(value) ? dollars.format(value) : gh.NONE);
    gh.fixed = (value, digits) => (good(value) ? Number(value).toFixed(digits) : gh.NONE);
    gh.say = (text) => {
        gh.setText(gh.byId('announce'), text);
    };
    gh.toast = (text) => {
        const box = gh.el('div', { class: 'remark card p-2 px-3', role: 'status' }, text);
        document.body.append(box);
        setTimeout(() => box.remove(), 1600);
    };
    gh.SAYS =
        'says d-flex flex-column align-items-center justify-content-center gap-2 flex-fill m-auto p-4 text-center text-body-secondary';
    gh.says = (icon, title, text) =>
        gh.el('div', { class: gh.SAYS }, gh.icon(icon), title && gh.el('b', {}, title), gh.el('span', {}, text));
})();

// Light or dark: the system's wish unless the operator chose; charts get the mode's tokens for their role names.
window.gh ||= {};
const KEY = 'gatehouse-mode';
const SIGNS = { '&lt;': '<', '&amp;': '&', '&#64;': '@' };
const root = document.documentElement;
const wish = window.matchMedia('(prefers-color-scheme: light)');
let tokens = {};

gh.remembered = (key, value) => {
    try {
        if (value !== undefined) localStorage.setItem(key, value);
        return localStorage.getItem(key);
    } catch {
        return null; // private window: it holds for this visit
    }
};
// Ours and Bootstrap's switch are one.
function show(mode) {
    Object.assign(root.dataset, { mode, bsTheme: mode });
    tokens = {};
    gh.repaint?.();
}
const wished = () => gh.remembered(KEY) || (wish.matches ? 'light' : 'dark');
gh.on('click', '#mode', () => {
    const next = root.dataset.mode === 'light' ? 'dark' : 'light';
    gh.remembered(KEY, next);
    show(next);
});
wish.addEventListener('change', () => show(wished()));
show(wished());

function paint(text) {
    const [role, alpha] = text.slice(1).split('/');
    tokens[role] ||= getComputedStyle(root).getPropertyValue(`--${role}`).trim() || '#888';
    if (!alpha) return tokens[role];
    const hex = tokens[role].length === 4 ? tokens[role].replace(/[^#]/g, '$&$&') : tokens[role];
    return `rgba(${[1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16))},${alpha})`;
}
// A copy of a figure with every "@role" and "@role/alpha" replaced. Long arrays of numbers are shared, not walked.
gh.painted = (value) => {
    if (typeof value === 'string') return value.startsWith('@') ? paint(value) : value;
    if (Array.isArray(value)) {
        const isNumbers = Array.isArray(value[0]) || !['string', 'object'].includes(typeof value[0]);
        return value.length > 8 && isNumbers ? value : value.map(gh.painted);
    }
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, gh.painted(one)]));
};
// A text of a figure as it was before the server made it plain for Plotly.
gh.plainText = (value) => String(value).replace(/&(?:lt|amp|#64);/g, (sign) => SIGNS[sign]);

// A menu of the bar closes when something else is used, and on Escape.
function shut(event) {
    const used = event.type === 'click' && event.target.closest('.nav-more');
    for (const menu of document.querySelectorAll('.nav-more[open]')) if (menu !== used) menu.open = false;
}
document.addEventListener('click', shut);
document.addEventListener('keydown', (event) => event.key === 'Escape' && shut(event));

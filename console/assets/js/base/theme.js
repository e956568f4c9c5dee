// Light or dark: the system's wish unless the operator chose; charts get the mode's tokens for their role names.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const KEY = 'gatehouse-mode';
    const wish = window.matchMedia('(prefers-color-scheme: light)');
    const read = () => {
        try {
            return localStorage.getItem(KEY);
        } catch {
            return null;
        }
    };
    let tokens = {};

    // Ours and Bootstrap's switch are one.
    function show(mode) {
        Object.assign(document.documentElement.dataset, { mode, bsTheme: mode });
        tokens = {};
    }
    function apply() {
        show(read() || (wish.matches ? 'light' : 'dark'));
    }
    function token(role) {
        if (!(role in tokens))
            tokens[role] = getComputedStyle(document.documentElement).getPropertyValue(`--${role}`).trim() || '#888';
        return tokens[role];
    }
    function paint(text) {
        const [role, alpha] = text.slice(1).split('/');
        const colour = token(role);
        if (!alpha) return colour;
        const hex = colour.length === 4 ? colour.replace(/[^#]/g, '$&$&') : colour;
        const part = (at) => parseInt(hex.slice(at, at + 2), 16);
        return `rgba(${part(1)},${part(3)},${part(5)},${alpha})`;
    }
    // A copy of a figure with every "@role" and "@role/alpha" replaced. Arrays of numbers are shared, not walked.
    gh.painted = (value) => {
        if (typeof value === 'string') return value.charCodeAt(0) === 64 ? paint(value) : value;
        if (Array.isArray(value))
            return value.length > 8 && typeof value[0] !== 'string' && typeof value[0] !== 'object'
                ? value
                : value.length > 8 && Array.isArray(value[0])
                  ? value
                  : value.map(gh.painted);
        if (value === null || typeof value !== 'object') return value;
        const copy = {};
        for (const key in value) copy[key] = gh.painted(value[key]);
        return copy;
    };
    // A text of a figure as it was before the server made it plain for Plotly.
    const SIGNS = { '&lt;': '<', '&amp;': '&', '&#64;': '@' };
    gh.plainText = (value) => String(value).replace(/&(?:lt|amp|#64);/g, (sign) => SIGNS[sign]);
    gh.toggleMode = () => {
        const next = document.documentElement.dataset.mode === 'light' ? 'dark' : 'light';
        try {
            localStorage.setItem(KEY, next);
        } catch {
            /* private window: the choice lasts for this page */
        }
        show(next);
        gh.repaint();
    };
    wish.addEventListener('change', () => {
        if (!read()) {
            apply();
            gh.repaint();
        }
    });
    apply();
    // A menu of the bar closes when something else is used, and on Escape.
    const shut = (but) =>
        document.querySelectorAll('.nav-more[open]').forEach((menu) => {
            if (menu !== but) menu.open = false;
        });
    document.addEventListener('click', (event) => shut(event.target.closest('.nav-more')));
    document.addEventListener('keydown', (event) => {
        if (event.key === 'Escape') shut(null);
    });
})();

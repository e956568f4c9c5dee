// Drafts: what was typed, kept for this tab over a log-in. Secrets and files are not.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { user: me } = document.documentElement.dataset;
    const DRAFT = 'gatehouse-draft:';
    const WAIT = 20000; // for the fields of what is opened beside a list
    const SECRET = /^(csrf|password|old|new|again|code|recovery|passkey|token|secret)$/;
    const UNKEPT = ['password', 'hidden', 'file', 'submit', 'button', 'reset'];
    const isTick = (field) => ['checkbox', 'radio'].includes(field.type);

    // The fields that are kept, by their form, their name and their number among those of that name.
    function keyed() {
        const seen = {};
        const fields = [...document.querySelectorAll('main :is(input, textarea, select)')].filter(
            (field) =>
                (field.name || field.id) &&
                !UNKEPT.includes(field.type) &&
                !SECRET.test(field.name) &&
                !/password|one-time/.test(field.autocomplete || '')
        );
        return fields.map((field) => {
            const of = [field.form?.getAttribute('action'), field.name || field.id, isTick(field) && field.value];
            const key = of.join('|');
            seen[key] = (seen[key] || 0) + 1;
            return [`${key}|${seen[key]}`, field];
        });
    }
    gh.keepDraft = () => {
        const typed = keyed().filter(([, field]) => gh.isTouched(field));
        const values = typed.map(([key, field]) => [key, isTick(field) ? field.checked : field.value]);
        const text = JSON.stringify({ me, typed: values });
        if (typed.length) sessionStorage.setItem(DRAFT + location.pathname + location.search, text);
    };
    gh.forgetDrafts = () => {
        for (const key of Object.keys(sessionStorage)) if (key.startsWith(DRAFT)) sessionStorage.removeItem(key);
    };
    const key = DRAFT + location.pathname + location.search;
    const draft = JSON.parse(sessionStorage.getItem(key));
    sessionStorage.removeItem(key);
    if (draft?.me !== me) return;
    const waiting = new Map(draft.typed);
    // As the person's own typing would.
    function fill() {
        const found = keyed().filter(([name]) => waiting.has(name));
        for (const [name, field] of found) {
            if (isTick(field)) field.checked = waiting.get(name);
            else field.value = waiting.get(name);
            waiting.delete(name);
            for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));
        }
        if (found.length) gh.remark('Your input was restored.');
    }
    document.addEventListener('filled', fill);
    setTimeout(() => document.removeEventListener('filled', fill), WAIT);
})();

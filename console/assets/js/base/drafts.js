// Drafts: what was typed, kept for this tab over a log-in. Secrets and files are not.
const { user: me } = document.documentElement.dataset;
const DRAFT = 'gatehouse-draft:';
const WAIT = 20000; // for the fields of what is opened beside a list
const SECRET = /^(csrf|password|old|new|again|code|recovery|passkey|token|secret)$/;
const UNKEPT = /password|one-time|hidden|file|submit|button|reset/; // by what a field is, or is filled in with
const isTick = (field) => ['checkbox', 'radio'].includes(field.type);

gh.isTouched = (field) => {
    if (isTick(field)) return field.checked !== field.defaultChecked;
    if (!field.options) return field.value !== field.defaultValue;
    const usual = [...field.options].findIndex((one) => one.defaultSelected);
    return field.selectedIndex !== Math.max(usual, 0);
};
// The fields that are kept, by their form, their name and their number among those of that name.
function keyed() {
    const seen = {};
    return [...document.querySelectorAll('main :is(input, textarea, select):is([name], [id])')]
        .filter((field) => !UNKEPT.test(`${field.type} ${field.autocomplete}`) && !SECRET.test(field.name))
        .map((field) => {
            const of = [field.form?.getAttribute('action'), field.name || field.id, isTick(field) && field.value];
            const key = of.join('|');
            seen[key] = (seen[key] || 0) + 1;
            return [`${key}|${seen[key]}`, field];
        });
}
const place = () => DRAFT + location.pathname + location.search;
gh.keepDraft = () => {
    const typed = keyed().filter(([, field]) => gh.isTouched(field));
    const values = typed.map(([key, field]) => [key, isTick(field) ? field.checked : field.value]);
    if (typed.length) sessionStorage.setItem(place(), JSON.stringify({ me, typed: values }));
};
gh.forgetDrafts = () => {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(DRAFT)) sessionStorage.removeItem(key);
};
const draft = JSON.parse(sessionStorage.getItem(place()));
sessionStorage.removeItem(place());
const waiting = new Map(draft?.me === me ? draft.typed : []);
// As the person's own typing would.
function fill() {
    const found = keyed().filter(([name]) => waiting.has(name));
    for (const [name, field] of found) {
        field[isTick(field) ? 'checked' : 'value'] = waiting.get(name);
        waiting.delete(name);
        for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));
    }
    if (found.length) gh.remark('Your input was restored.');
}
document.addEventListener('filled', fill);
setTimeout(() => document.removeEventListener('filled', fill), WAIT);

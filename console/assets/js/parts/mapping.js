// The mapping of a training file: a column that has a role (label, time …) is not learnt from; its own choice says so.
const ROLES = ['label', 'time', 'id', 'entity'];
function mark() {
    const taken = new Map(ROLES.map((role) => [gh.byId(`f-${role}`)?.value, role]));
    for (const use of document.querySelectorAll('.mapping [name^="use-"]')) {
        const role = taken.get(use.name.slice(4)) || '';
        use.disabled = Boolean(role);
        use.closest('td').dataset.part = role;
    }
}
gh.on('change', '.mapping', mark);
document.addEventListener('filled', mark);

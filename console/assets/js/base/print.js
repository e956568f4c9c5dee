// What a printed page says about itself: its address, when it was printed, and the range that it shows.
window.addEventListener('beforeprint', () => {
    const note = document.querySelector('.on-paper') || gh.el('p', { class: 'on-paper' });
    const { from, to } = gh.meta?.range || {};
    const range = from ? ` · range ${from} – ${to}` : '';
    note.textContent = `Gatehouse · ${location.href} · printed ${gh.second(gh.now())} UTC${range}`;
    document.querySelector('main')?.prepend(note);
});

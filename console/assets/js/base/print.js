// What a printed page says about itself: its address, when it was printed, and the range that it shows.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    window.addEventListener('beforeprint', () => {
        const note = document.querySelector('.on-paper') || document.createElement('p');
        const { from, to } = gh.meta?.range || {};
        const now = new Date(gh.now()).toISOString().replace('T', ' ').slice(0, 19);
        note.className = 'on-paper';
        note.textContent = `Gatehouse · ${location.href} · printed ${now} UTC${from ? ` · range ${from} – ${to}` : ''}`;
        document.querySelector('main')?.prepend(note);
    });
})();

// What a printed page says about itself: its address, when it was printed, and the range that it shows.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    window.addEventListener('beforeprint', () => {
        const main = document.querySelector('main');
        if (!main) return;
        let note = document.querySelector('.on-paper');
        if (!note) {
            note = document.createElement('p');
            note.className = 'on-paper';
            main.prepend(note);
        }
        const range = gh.meta?.range;
        const now = new Date(gh.now()).toISOString().replace('T', ' ').slice(0, 19);
        const span = range?.from ? ` · range ${range.from} – ${range.to}` : '';
        note.textContent = `Gatehouse · ${location.href} · printed ${now} UTC${span}`;
    });
})();

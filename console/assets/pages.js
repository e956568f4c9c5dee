// The page of a problem, which the server renders whole: colour mode and the keyboard.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    gh.repaint = () => {};
    document.getElementById('mode')?.addEventListener('click', gh.toggleMode);

    document.getElementById('help')?.addEventListener('click', () => showKeys());
    const KEYS = [
        ['?', 'show keyboard shortcuts'],
        ['m', 'switch light/dark mode'],
        ['Escape', 'close']
    ];
    const pages = () => [...document.querySelectorAll('.pages a[data-go]')];
    let going = -Infinity;
    function showKeys() {
        const box = document.createElement('dialog');
        box.id = 'keys';
        box.setAttribute('aria-label', 'Keyboard shortcuts');
        const title = document.createElement('h2');
        title.textContent = 'Keyboard shortcuts';
        const list = document.createElement('dl');
        list.className = 'keys';
        for (const [key, what] of [
            ...KEYS,
            ...pages().map((link) => [`g then ${link.dataset.go}`, `go to ${link.textContent}`])
        ]) {
            const [term, says, cap] = [
                document.createElement('dt'),
                document.createElement('dd'),
                document.createElement('kbd')
            ];
            cap.textContent = key;
            says.textContent = what;
            term.append(cap);
            list.append(term, says);
        }
        const buttons = document.createElement('div');
        buttons.className = 'buttons';
        const close = document.createElement('button');
        close.type = 'button';
        close.className = 'button';
        close.textContent = 'Close';
        close.addEventListener('click', () => box.close());
        buttons.append(close);
        box.append(title, list, buttons);
        box.addEventListener('close', () => box.remove());
        document.body.append(box);
        box.showModal();
    }
    document.addEventListener('keydown', (event) => {
        if (
            event.target.closest('input, textarea, select') ||
            event.ctrlKey ||
            event.metaKey ||
            event.altKey ||
            document.querySelector('dialog[open]')
        )
            return;
        const page = performance.now() - going < 1500 && pages().find((link) => link.dataset.go === event.key);
        going = event.key === 'g' ? performance.now() : -Infinity;
        if (page) {
            location.assign(page.href);
            return;
        }
        const does = {
            '?': showKeys,
            m: gh.toggleMode
        }[event.key];
        if (does) {
            event.preventDefault();
            does();
        }
    });
})();

// Pages that the server renders whole: colour mode, questions before dangerous buttons, copying.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    gh.repaint = () => {};
    document.getElementById('mode')?.addEventListener('click', gh.toggleMode);

    function ask(form) {
        const box = document.createElement('dialog');
        box.setAttribute('aria-label', 'Please confirm');
        const words = document.createElement('p');
        words.textContent = form.dataset.ask;
        const buttons = document.createElement('div');
        buttons.className = 'buttons';
        const make = (label, kind, does) => {
            const button = document.createElement('button');
            button.type = 'button'; button.className = `button ${kind}`; button.textContent = label;
            button.addEventListener('click', does);
            buttons.append(button);
        };
        make('Leave it', '', () => box.close());
        make(form.dataset.yes || 'Do it', 'main', () => { box.close(); form.submit(); });
        box.append(words, buttons);
        box.addEventListener('close', () => box.remove());
        document.body.append(box);
        box.showModal();
    }
    for (const form of document.querySelectorAll('form[data-ask]')) form.addEventListener('submit', (event) => { event.preventDefault(); ask(form); });
    for (const button of document.querySelectorAll('[data-copy]')) button.addEventListener('click', async () => {
        await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent);
        button.lastChild.textContent = 'Copied';
    });
})();

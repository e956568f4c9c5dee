// Training from a file: refused here when it is too large, sent with a bar that moves; and its mapping step.
(() => {
    // A column that has a part (label, time …) is not learnt from: its own choice says so and waits.
    function parts() {
        const taken = new Map(
            ['label', 'time', 'id', 'entity'].map((part) => [document.getElementById(`f-${part}`)?.value, part])
        );
        for (const use of document.querySelectorAll('.mapping [name^="use-"]')) {
            const part = taken.get(use.name.slice(4));
            use.disabled = Boolean(part);
            const box = use.parentElement;
            box.dataset.part = part || '';
        }
    }
    document.addEventListener('change', (event) => {
        if (event.target.closest('.mapping')) parts();
    });
    const live = document.getElementById('live');
    if (live) new MutationObserver(parts).observe(live, { childList: true });
    parts();

    const form = document.querySelector('form[data-upload]');
    if (!form) return;
    const input = form.querySelector('input[type=file]');
    const bar = form.querySelector('progress');
    const wrong = document.getElementById('w-file');
    const box = form.querySelector('.drop');
    const button = form.querySelector('button[type=submit]');
    const most = Number(form.dataset.most);

    function say(text) {
        wrong.textContent = text;
        wrong.hidden = !text;
        if (text) input.setAttribute('aria-invalid', 'true');
        else input.removeAttribute('aria-invalid');
    }
    function fits() {
        const file = input.files[0];
        const words = !file
            ? ''
            : file.size > most
              ? `${file.name} is larger than ${form.dataset.mostWords}; use the command line instead.`
              : file.size === 0
                ? `${file.name} is empty.`
                : '';
        say(words);
        return !words;
    }
    input.addEventListener('change', fits);
    for (const [kind, on] of [
        ['dragover', true],
        ['dragleave', false],
        ['drop', false]
    ])
        box.addEventListener(kind, (event) => {
            event.preventDefault();
            box.classList.toggle('over', on);
            if (kind === 'drop' && event.dataTransfer.files.length) {
                input.files = event.dataTransfer.files;
                fits();
            }
        });
    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        if (!fits() || !(await window.gatehouse.mayLeave())) return;
        const sent = new XMLHttpRequest();
        sent.open('POST', form.action);
        sent.upload.addEventListener('progress', (now) => {
            if (now.lengthComputable) bar.value = now.loaded / now.total;
        });
        const fail = (text) => {
            say(text);
            bar.hidden = true;
            button.disabled = false;
        };
        sent.addEventListener('error', () =>
            fail('The file was not sent: the console did not answer. Please try again.')
        );
        sent.addEventListener('load', () => {
            if (sent.status < 300 && sent.responseURL) {
                location.assign(sent.responseURL);
                return;
            }
            if (sent.status === 401) {
                fail('You are signed out. Log in again in a new tab, then send the file: it is still chosen.');
                return;
            }
            const page =
                (sent.getResponseHeader('Content-Type') || '').startsWith('text/html') &&
                new DOMParser().parseFromString(sent.responseText, 'text/html');
            let detail = page?.getElementById('w-file')?.textContent.trim();
            if (!detail)
                try {
                    detail = JSON.parse(sent.responseText).detail;
                } catch {
                    detail = '';
                }
            fail(detail || `The console answered ${sent.status}.`);
        });
        bar.hidden = false;
        bar.value = 0;
        button.disabled = true;
        sent.send(new FormData(form));
    });
})();

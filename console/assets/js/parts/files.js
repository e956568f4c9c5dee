// File fields of forms (console/forms.py): chosen or dropped, refused here when too large or empty, sent with a bar.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { el } = gh;

    function wrong(input, { most, words }) {
        const file = input.files[0];
        if (!file) return '';
        if (file.size > most) return `${file.name} is larger than ${words}.`;
        return file.size === 0 ? `${file.name} is empty.` : '';
    }
    function say(input, text) {
        gh.setText(gh.byId(`w-${input.name}`), text);
        if (text) input.setAttribute('aria-invalid', 'true');
        else input.removeAttribute('aria-invalid');
    }
    gh.fillFiles = (root) => {
        for (const place of root.querySelectorAll('[data-file]:empty')) {
            const spec = JSON.parse(place.dataset.file);
            const input = el('input', {
                type: 'file',
                id: `f-${spec.name}`,
                name: spec.name,
                accept: spec.accept,
                class: 'form-control',
                'aria-describedby': `w-${spec.name}`
            });
            const bar = el('progress', { max: '1', value: '0', hidden: true, 'aria-label': 'Upload progress' });
            const check = () => say(input, wrong(input, spec));
            input.addEventListener('change', check);
            for (const [kind, on] of [
                ['dragover', true],
                ['dragleave', false],
                ['drop', false]
            ])
                place.addEventListener(kind, (event) => {
                    event.preventDefault();
                    place.classList.toggle('over', on);
                    if (kind === 'drop' && event.dataTransfer.files.length) {
                        input.files = event.dataTransfer.files;
                        check();
                    }
                });
            place.append(input, bar);
        }
    };
    const chosen = (form) => [...(form?.querySelectorAll('input[type=file]') || [])];
    // What keeps a form from being sent: the first file that is wrong.
    gh.wrongFile = (form) =>
        chosen(form).find((input) => {
            const text = wrong(input, JSON.parse(input.parentElement.dataset.file));
            if (text) say(input, text);
            return text;
        });
    gh.withFiles = (form, values) => {
        const files = chosen(form).filter((input) => input.files.length);
        if (!files.length) return new URLSearchParams(values);
        const body = new FormData();
        for (const [name, value] of values) body.append(name, value);
        for (const input of files) body.append(input.name, input.files[0]);
        return body;
    };
    // As fetch answers, and the bar moves meanwhile: fetch does not say how much has gone.
    gh.sendFiles = (address, { body, headers }, form) =>
        new Promise((resolve, reject) => {
            const bars = [...form.querySelectorAll('progress')];
            const show = (hidden, value) => bars.forEach((bar) => Object.assign(bar, { hidden, value }));
            const sent = new XMLHttpRequest();
            sent.open('POST', address);
            for (const [name, value] of Object.entries(headers)) sent.setRequestHeader(name, value);
            sent.upload.addEventListener('progress', (now) => {
                if (now.lengthComputable) show(false, now.loaded / now.total);
            });
            sent.addEventListener('loadend', () => show(true, 0));
            sent.addEventListener('error', reject);
            sent.addEventListener('load', () =>
                resolve(new Response(sent.responseText, { status: sent.status || 500 }))
            );
            show(false, 0);
            sent.send(body);
        });
})();

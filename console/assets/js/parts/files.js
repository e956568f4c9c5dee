// File fields of forms (console/forms.py): chosen or dropped, refused here when too large or empty, sent with a bar.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});

    // What is wrong with the chosen file, said below its field.
    function wrong(input) {
        const file = input.files[0];
        const { most, words } = input.dataset;
        const isLarge = file?.size > Number(most);
        const text = isLarge
            ? `${file.name} is larger than ${words}.`
            : file?.size === 0
              ? `${file.name} is empty.`
              : '';
        gh.setText(gh.byId(`w-${input.name}`), text);
        if (text) input.setAttribute('aria-invalid', 'true');
        else input.removeAttribute('aria-invalid');
        return text;
    }
    document.addEventListener('change', (event) => event.target.type === 'file' && wrong(event.target));
    for (const kind of ['dragover', 'dragleave', 'drop'])
        document.addEventListener(kind, (event) => {
            const place = event.target.closest?.('.file');
            if (!place) return;
            event.preventDefault();
            place.classList.toggle('over', kind === 'dragover');
            if (kind !== 'drop' || !event.dataTransfer.files.length) return;
            const input = place.querySelector('input');
            input.files = event.dataTransfer.files;
            wrong(input);
        });
    // What keeps a form from being sent: the first file that is wrong.
    gh.wrongFile = (form) => [...(form?.querySelectorAll('input[type=file]') || [])].find(wrong);
    // As fetch answers, and the bar moves meanwhile: fetch does not say how much has gone.
    gh.sendFiles = (address, { body, headers }, form) =>
        new Promise((resolve, reject) => {
            const show = (hidden, value) => Object.assign(form.querySelector('progress'), { hidden, value });
            const sent = new XMLHttpRequest();
            sent.open('POST', address);
            for (const [name, value] of Object.entries(headers)) sent.setRequestHeader(name, value);
            sent.upload.onprogress = (now) => now.lengthComputable && show(false, now.loaded / now.total);
            sent.onloadend = () => show(true, 0);
            sent.onerror = reject;
            sent.onload = () => resolve(new Response(sent.responseText, { status: sent.status || 500 }));
            show(false, 0);
            sent.send(body);
        });
})();

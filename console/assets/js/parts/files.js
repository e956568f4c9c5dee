// File fields of forms (console/forms.py): chosen or dropped, refused here when too large or empty, sent with a bar.

// What is wrong with the chosen file, said below its field; the browser does not send a form with it.
function check(input) {
    const file = input.files[0];
    const { most, words } = input.dataset;
    const isLarge = file?.size > Number(most);
    const text = isLarge ? `${file.name} is larger than ${words}.` : file?.size === 0 ? `${file.name} is empty.` : '';
    gh.setText(gh.byId(`w-${input.name}`), text);
    input.ariaInvalid = text ? 'true' : null;
    input.setCustomValidity(text);
}
gh.on('change', 'input[type=file]', check);
// The field itself takes what is dropped on it.
for (const kind of ['dragover', 'dragleave', 'drop'])
    gh.on(kind, '.file', (place) => place.classList.toggle('over', kind === 'dragover'));
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

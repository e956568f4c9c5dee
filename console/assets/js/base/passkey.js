// Passkeys (WebAuthn): the browser answers or makes one; options and answers are JSON, as the console sends and takes them.
const { PublicKeyCredential: Keys } = window;

// Where an answer may stand instead of a code: in the log-in, and in the dialog that asks for a second factor.
gh.offerPasskeys = (root) => {
    for (const place of root.querySelectorAll('[data-passkeys]')) place.hidden = !Keys?.parseRequestOptionsFromJSON;
};
gh.offerPasskeys(document);
gh.on('click', '[data-passkey-get]', async ({ form, dataset }) => {
    try {
        const publicKey = Keys.parseRequestOptionsFromJSON(JSON.parse(dataset.passkeyGet));
        form.elements.passkey.value = JSON.stringify(await navigator.credentials.get({ publicKey }));
        form.requestSubmit(form.querySelector('[value=yes]'));
    } catch (error) {
        gh.put(form, { passkey: gh.passkeyFault(error) });
    }
});
gh.passkeyCreate = async (given) => {
    const publicKey = Keys.parseCreationOptionsFromJSON(JSON.parse(given));
    return JSON.stringify(await navigator.credentials.create({ publicKey }));
};
gh.passkeyFault = (error) =>
    error.name === 'InvalidStateError'
        ? 'This passkey is already registered.'
        : 'The passkey was not used. Try again or enter a code.';

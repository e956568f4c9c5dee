// Passkeys (WebAuthn): the browser answers or makes one; options and answers are JSON, as the console sends and takes them.
const { PublicKeyCredential: Keys } = window;

gh.hasPasskeys = Boolean(Keys?.parseRequestOptionsFromJSON);
gh.passkeyAnswer = async (given) => {
    const publicKey = Keys.parseRequestOptionsFromJSON(JSON.parse(given));
    return JSON.stringify(await navigator.credentials.get({ publicKey }));
};
gh.passkeyCreate = async (given) => {
    const publicKey = Keys.parseCreationOptionsFromJSON(JSON.parse(given));
    return JSON.stringify(await navigator.credentials.create({ publicKey }));
};
gh.passkeyFault = (error) =>
    error.name === 'InvalidStateError'
        ? 'This passkey is already registered.'
        : 'The passkey was not used. Try again or enter a code.';

// Passkeys (WebAuthn): the browser answers or makes one; options and answers are JSON, as the console sends and takes them.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    const text = (buffer) =>
        btoa(String.fromCharCode(...new Uint8Array(buffer)))
            .replace(/\+/g, '-')
            .replace(/\//g, '_')
            .replace(/=+$/, '');
    const ids = (list) => (list || []).map((item) => ({ ...item, id: bytes(item.id) }));
    const document_ = (found, response) =>
        JSON.stringify({
            id: found.id,
            rawId: text(found.rawId),
            type: found.type,
            clientExtensionResults: {},
            response: { clientDataJSON: text(found.response.clientDataJSON), ...response }
        });

    gh.passkeyAnswer = async (given) => {
        const options = JSON.parse(given);
        const found = await navigator.credentials.get({
            publicKey: {
                ...options,
                challenge: bytes(options.challenge),
                allowCredentials: ids(options.allowCredentials)
            }
        });
        const { authenticatorData, signature, userHandle } = found.response;
        return document_(found, {
            authenticatorData: text(authenticatorData),
            signature: text(signature),
            userHandle: userHandle ? text(userHandle) : null
        });
    };
    gh.passkeyCreate = async (given) => {
        const options = JSON.parse(given);
        const made = await navigator.credentials.create({
            publicKey: {
                ...options,
                challenge: bytes(options.challenge),
                user: { ...options.user, id: bytes(options.user.id) },
                excludeCredentials: ids(options.excludeCredentials)
            }
        });
        return document_(made, { attestationObject: text(made.response.attestationObject) });
    };
    gh.passkeyFault = (error) =>
        error.name === 'InvalidStateError'
            ? 'This passkey is already registered.'
            : 'The passkey was not used. Try again or enter a code.';
})();

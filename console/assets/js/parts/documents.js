// Documents that the server made whole and escaped, such as a drift report: `data-document` of an empty element.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    gh.fillDocuments = (root) => {
        for (const place of root.querySelectorAll('[data-document]:empty')) {
            const made = new DOMParser().parseFromString(place.dataset.document, 'text/html');
            place.append(...made.head.children, ...made.body.childNodes);
        }
    };
})();

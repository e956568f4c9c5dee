// Starts the page: the first answer is asked for while Dash still boots; everything is wired once Dash has laid it out.
gh.prefix = document.documentElement.dataset.prefix;
gh.ready = new Promise((resolve) => {
    const look = () => (gh.byId('region') ? resolve() : setTimeout(look, 16));
    look();
});
gh.startPolling();
await gh.ready;
gh.boot = JSON.parse(gh.byId('page').dataset.boot);
gh.onState((before) => {
    gh.showControls();
    if (before.span !== gh.spanKey()) gh.askNow();
});
gh.showFirst();

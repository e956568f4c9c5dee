// Starts the page: the first answer is asked for while Dash still boots; everything is wired once Dash has laid it out.
gh.prefix = document.documentElement.dataset.prefix;

const { take } = gh;
const early = [];
gh.take = (...args) => early.push(args);
function start() {
    gh.boot = JSON.parse(gh.byId('page').dataset.boot);
    gh.onState((before) => {
        gh.showControls();
        if (before.span !== gh.spanKey()) gh.askNow();
    });
    gh.showControls();
    gh.showFirst();
    gh.take = take;
    for (const args of early) take(...args);
}
gh.startPolling();
const wait = () => (gh.byId('region') ? start() : setTimeout(wait, 16));
wait();

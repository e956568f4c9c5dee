// Starts the page: the first answer is asked for while Dash still boots; everything is wired once Dash has laid it out.
gh.prefix = document.documentElement.dataset.prefix;
// dcc.Graph loads plotly from here: our strict bundle, not the stock one.
const bundle = document.querySelector('meta[name=plotly]').content;
Object.defineProperty(window, '_dashPlotlyJSURL', { get: () => bundle, set: () => {} });

const { take } = gh;
const early = [];
gh.take = (...args) => early.push(args);
async function start() {
    gh.boot = JSON.parse(gh.byId('page').dataset.boot);
    gh.onState((before) => {
        gh.showControls();
        if (before.span !== gh.spanKey()) gh.askNow();
    });
    gh.showControls();
    gh.startDrawer();
    await gh.showFirst();
    gh.take = take;
    for (const args of early) take(...args);
}
gh.startPolling();
const wait = () => (gh.byId('region') && window.dash_clientside?.set_props ? start() : setTimeout(wait, 16));
wait();

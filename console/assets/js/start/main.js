// Starts the page: the first answer is asked for while Dash still boots; everything is wired once Dash has laid it out.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    gh.prefix = new URL('../../../', document.currentScript.src).pathname;
    // dcc.Graph loads plotly from here: our strict bundle, not the stock one.
    const bundle = document.querySelector('meta[name=plotly]').content;
    Object.defineProperty(window, '_dashPlotlyJSURL', { get: () => bundle, set: () => {} });

    const take = gh.take;
    let early = [];
    gh.take = (...args) => early.push(args);
    async function start() {
        gh.boot = JSON.parse(gh.byId('page').dataset.boot);
        gh.onState((before) => {
            gh.showControls();
            if (before.span !== gh.spanKey()) gh.askNow();
        });
        gh.onShow(() => {
            gh.badge();
            gh.askNow();
        });
        gh.showControls();
        gh.startDrawer();
        await gh.showFirst();
        gh.take = take;
        for (const args of early) take(...args);
        early = [];
    }
    gh.startPolling();
    const wait = () => (gh.byId('region') && window.dash_clientside?.set_props ? start() : setTimeout(wait, 16));
    wait();
})();

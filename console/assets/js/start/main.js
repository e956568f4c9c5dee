// Starts the page: the first answer is asked for while Dash still boots; everything is wired once Dash has laid it out.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const script = document.currentScript.src;
    gh.prefix = new URL('../../../', script).pathname;
    // dcc.Graph loads plotly from here: our strict bundle, not the stock one.
    const bundle = document.querySelector('meta[name=plotly]').content;
    Object.defineProperty(window, '_dashPlotlyJSURL', { get: () => bundle, set: () => {} });

    const ready = () => gh.byId('region') && window.dash_clientside?.set_props && gh.byId('drawer-body');
    const take = (() => {
        const real = gh.take;
        let early = [];
        let open = false;
        gh.take = (...args) => {
            if (open) real(...args);
            else early.push(args);
        };
        return () => {
            open = true;
            early.forEach((args) => real(...args));
            early = [];
        };
    })();
    async function start() {
        gh.boot = JSON.parse(gh.byId('page').dataset.boot);
        for (const button of document.querySelectorAll('[data-range]'))
            button.addEventListener('click', () => gh.setRange(button.dataset.range));
        gh.byId('custom').addEventListener('click', gh.showCustom);
        gh.byId('pause').addEventListener('click', gh.togglePause);
        gh.byId('mode').addEventListener('click', gh.toggleMode);
        gh.byId('help').addEventListener('click', gh.showKeys);
        gh.byId('foot').textContent = 'All times are UTC; hover for local time. Press ? for keyboard shortcuts.';
        gh.onState((before) => {
            gh.showControls();
            if (before.span !== gh.spanKey()) {
                gh.badge();
                gh.askNow();
            }
        });
        gh.showControls();
        await gh.showFirst();
        take();
        gh.onShow((isNew) => {
            if (isNew && gh.isLive()) gh.watchPanels();
            gh.noteFields();
            if (gh.isLive()) {
                gh.badge();
                gh.askNow();
            }
        });
        gh.watchPanels();
        gh.noteFields();
        gh.startBadge();
        gh.startDrawer();
    }
    gh.startPolling();
    const wait = () => (ready() ? start() : setTimeout(wait, 16));
    wait();
})();

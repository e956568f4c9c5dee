// The sliders of the threshold simulator: the address follows them, and the page shows what the server counts for it.
const PAUSE = 60; // milliseconds in which a slider that is dragged asks once
let waiting = 0;

function show(t) {
    history.replaceState(history.state, '', gh.withQuery({ t }));
    for (const button of document.querySelectorAll('.sim-do button')) button.disabled = true; // until it is counted
    clearTimeout(waiting);
    waiting = setTimeout(gh.refresh, PAUSE);
}
const sliders = () => ['review_from', 'fraud_threshold', 'block_margin'].map((name) => gh.byId(`s-${name}`));
gh.on('input', '.slider', () => {
    const [review, fraud, margin] = sliders().map((one) => Number(one.value));
    const block = Math.min(1, fraud + margin);
    show([Math.min(review, block), fraud, block].map((value) => Number(value.toFixed(3))).join(','));
});
gh.on('click', '[data-preset]', (preset) => {
    for (const one of sliders()) one.value = one.defaultValue; // the page sets what nobody moved
    show(preset.dataset.preset);
});

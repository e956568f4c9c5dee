// The sliders of the threshold simulator: the address follows them, and the page shows what the server counts for it.
const PAUSE = 60; // milliseconds in which a slider that is dragged asks once
let waiting = 0;

const sliders = () => [...document.querySelectorAll('.slider input')];
function show(t) {
    history.replaceState(history.state, '', gh.withQuery({ t }));
    for (const button of document.querySelectorAll('.sim-do button')) button.disabled = true; // until it is counted
    clearTimeout(waiting);
    waiting = setTimeout(gh.refresh, PAUSE);
}
gh.on('input', '.slider', () => show(['sliders', ...sliders().map((one) => one.value)].join()));
gh.on('click', '[data-preset]', (preset) => {
    for (const one of sliders()) one.value = one.defaultValue; // the page sets what nobody moved
    show(preset.dataset.preset);
});

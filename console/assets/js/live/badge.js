// LIVE, STALE (older than 15 s), PAUSED or DOWN, with the age of the data, and "Last updated".
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const STALE = 15;
    const NAMES = { postgres: 'PostgreSQL', redis: 'Redis' };
    let last = '';

    const age = () => gh.link.age + (performance.now() - gh.link.at) / 1000;
    function judge() {
        const names = gh.link.down.map((name) => NAMES[name] || name).join(', ');
        if (gh.isOut()) return ['PAUSED', 'signed out'];
        if (gh.state.paused) return ['PAUSED', gh.link.at ? `${gh.span(age())} old` : ''];
        if (gh.link.failures > 1) return ['DOWN', 'the console cannot be reached'];
        if (names) return ['DOWN', `${names} unavailable`]; // not there, or there and refusing: Services says which
        if (gh.isAbsolute()) return ['PAUSED', 'fixed range'];
        if (!gh.link.at || Number.isNaN(gh.link.age)) return ['WAIT', 'connecting'];
        if (gh.link.age < 0) return ['WAIT', 'waiting for data'];
        return age() > STALE ? ['STALE', `${gh.span(age())} old`] : ['LIVE', `${gh.span(age())} ago`];
    }
    gh.badge = () => {
        const box = gh.byId('badge');
        if (!box) return;
        if (!gh.isLive()) {
            document.documentElement.classList.remove('is-stale');
            return;
        }
        const [word, text] = judge();
        if (box.dataset.state !== word) box.dataset.state = word;
        gh.setText(gh.byId('badge-word'), word === 'WAIT' ? '…' : word);
        gh.setText(gh.byId('badge-age'), text);
        if (box.title !== text) box.title = text;
        const at = gh.link.asOf;
        const shown = at && at.slice(0, 10) === gh.day() ? at.slice(11, 19) : at?.replace('T', ' ').slice(0, 19); // the day only when it is another one
        gh.setText(gh.byId('updated'), shown ? `Last updated: ${shown} UTC` : 'Last updated: –');
        if (at && gh.byId('updated').title !== gh.full(at)) gh.byId('updated').title = gh.full(at);
        document.documentElement.classList.toggle('is-stale', word === 'STALE' || word === 'DOWN');
        if (last && last !== word && (word === 'DOWN' || word === 'STALE' || last === 'DOWN'))
            gh.say(word === 'DOWN' ? text : `Data is ${word.toLowerCase()}`);
        if (word !== 'WAIT') last = word;
    };
    gh.startBadge = () =>
        setInterval(() => {
            if (!document.hidden) gh.badge();
        }, 1000);
})();

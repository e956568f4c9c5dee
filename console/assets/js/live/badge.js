// LIVE, STALE (older than 15 s), PAUSED or DOWN, with the age of the data, and "Last updated".
const STALE = 15;
gh.names = { postgres: 'PostgreSQL', redis: 'Redis', http: 'The monitoring API' };

function judge() {
    const { link, state } = gh;
    const age = link.age + (performance.now() - link.at) / 1000;
    const names = link.down.map((name) => gh.names[name] || name).join(', ');
    if (gh.isOut()) return ['PAUSED', 'signed out'];
    if (state.paused) return ['PAUSED', link.at ? `${gh.lasted(age)} old` : ''];
    if (link.failures > 1) return ['DOWN', `${gh.names[link.lacks] ?? 'the console'} cannot be reached`];
    if (names) return ['DOWN', `${names} unavailable`]; // not there, or there and refusing: Services says which
    if (gh.isAbsolute()) return ['PAUSED', 'fixed range'];
    if (!link.at || Number.isNaN(age)) return ['WAIT', 'connecting'];
    if (link.age < 0) return ['WAIT', 'waiting for data'];
    return age > STALE ? ['STALE', `${gh.lasted(age)} old`] : ['LIVE', `${gh.lasted(age)} ago`];
}
gh.badge = () => {
    const box = gh.byId('badge');
    if (!gh.isLive() || !box) return;
    const [word, text] = judge();
    const isOld = ['STALE', 'DOWN'].includes(word);
    document.documentElement.classList.toggle('is-stale', isOld);
    box.dataset.state = word;
    box.title = text;
    gh.setText(gh.byId('badge-word'), word === 'WAIT' ? '…' : word);
    gh.setText(gh.byId('badge-age'), text);
    const at = gh.link.asOf.replace('T', ' ').slice(0, 19);
    const isToday = at.slice(0, 10) === gh.second(gh.now()).slice(0, 10); // the day only when it is another one
    gh.setText(gh.byId('updated'), `Last updated: ${at ? `${isToday ? at.slice(11) : at} UTC` : '–'}`);
    if (at) gh.byId('updated').title = gh.full(Date.parse(gh.link.asOf));
};
setInterval(() => !document.hidden && gh.boot && gh.badge(), 1000);

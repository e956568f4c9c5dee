// The page of a problem, which the server renders whole, without the shell: what the keyboard's script takes from that.
Object.assign(gh, {
    boot: {},
    state: {},
    isLive: () => false,
    ranges: () => [],
    transactionKey: () => null,
    goPage: (href) => location.assign(href)
});

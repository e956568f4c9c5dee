// The drawer: the opened transaction over any page. The address keeps it, and focus goes back to where it was.
(() => {
    const gh = (window.gatehouse = window.gatehouse || {});
    const { byId } = gh;
    let back = null;

    async function open() {
        if (byId('drawer-back').hidden) {
            back = document.activeElement;
            byId('drawer-back').hidden = false;
            byId('drawer').focus({ preventScroll: true });
            document.body.style.overflow = 'hidden';
        }
        await gh.showTransaction('drawer-body', gh.state.txn);
        byId('drawer').scrollTop = 0;
    }
    function close() {
        byId('drawer-back').hidden = true;
        document.body.style.overflow = '';
        gh.forgetTransaction('drawer-body');
        const to = back && document.contains(back) ? back : byId('fraud_feed')?.querySelector('tr[tabindex="0"]');
        back = null;
        to?.focus({ preventScroll: true });
    }
    // Beside the list that shows it; from its own page to that of another; else in the drawer.
    gh.openTransaction = (id) => {
        if (!id || gh.state.txn === id || gh.openBeside(id)) return;
        if (document.documentElement.dataset.page === 'transaction') gh.goPage(gh.transaction(id));
        else gh.change({ txn: id });
    };
    gh.closeTransaction = () => {
        if (gh.state.txn) gh.change({ txn: '' });
    };
    gh.startDrawer = () => {
        gh.onState((before) => {
            if (before.txn !== gh.state.txn) (gh.state.txn ? open : close)();
        });
        byId('drawer-back').addEventListener('click', (event) => {
            if (event.target.id === 'drawer-back' || event.target.closest('[data-close]')) gh.closeTransaction();
        });
        byId('drawer').addEventListener('keydown', (event) => {
            if (event.key !== 'Tab') return;
            const all = [...byId('drawer').querySelectorAll('button, a[href], input, summary')].filter(
                (node) => node.offsetParent
            );
            const [first, last] = [all[0], all[all.length - 1]];
            if (event.shiftKey && (document.activeElement === first || document.activeElement === byId('drawer'))) {
                last.focus();
                event.preventDefault();
            } else if (!event.shiftKey && document.activeElement === last) {
                first.focus();
                event.preventDefault();
            }
        });
        if (gh.state.txn) open();
    };
})();

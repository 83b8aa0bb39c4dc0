// A part of the page that does not come, because the network changed or the controller just restarts, would leave an
// empty window. Until the dashboard shows itself such a failure loads the page again, once the controller answers.
(() => {
  const root = document.getElementById('root');
  const wasTried = performance.getEntriesByType('navigation')[0]?.type === 'reload';
  // What is told here cannot come with the other texts, which are a part of the page; the language is chosen as they are.
  const isChinese = (localStorage.getItem('cumulet.language') ?? navigator.language).startsWith('zh');
  const text = isChinese ? '无法加载 Cumulet，正在重试……' : 'Cumulet could not be loaded. Trying again…';
  let isDue = false;

  async function loadAgain() {
    if (isDue || root.childElementCount > 0) return;
    isDue = true;
    const said = Object.assign(document.createElement('p'), { textContent: text, role: 'status' });
    Object.assign(said.style, { padding: '40vh 32px 0', textAlign: 'center', font: '16px system-ui, sans-serif' });
    root.replaceChildren(said);
    for (let pause = wasTried ? 4000 : 500; ; pause = 4000) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      const answer = await fetch('/', { cache: 'no-store' }).catch(() => undefined);
      if (answer?.ok) return location.reload();
    }
  }

  // Of an element too, which does not bubble.
  addEventListener('error', loadAgain, true);
  addEventListener('unhandledrejection', loadAgain);
})();

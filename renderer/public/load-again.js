// A part of the page that does not come, because the network changed or the controller just restarts, would leave an
// empty window. Until the dashboard shows itself such a failure loads the page again, once the controller answers.
(() => {
  const root = document.getElementById('root');
  const wasTried = performance.getEntriesByType('navigation')[0]?.type === 'reload';
  const texts = navigator.language.startsWith('zh')
    ? '无法加载 Cumulet，正在重试……'
    : 'Cumulet could not be loaded. Trying again…';
  let isDue = false;

  async function loadAgain() {
    if (isDue || root.childElementCount > 0) return;
    isDue = true;
    root.textContent = texts;
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

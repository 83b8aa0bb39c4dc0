import './design/styles.css';
import { createRoot } from 'react-dom/client';
import { followSession } from './api/event-stream.ts';
import { restoreSession } from './api/session.ts';
import { followFocus } from './design/focus-return.ts';
import { giveEscapeToMenus } from './design/menu-escape.ts';
import { startI18n } from './i18n/i18n.ts';
import { followDesktop } from './kernel/desktop-commands.ts';
import { App } from './shell/App.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

await Promise.all([startI18n(), restoreSession()]);
followSession();
followDesktop();
followFocus();
giveEscapeToMenus();
createRoot(root).render(<App />);

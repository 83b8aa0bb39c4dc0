// Required into Electron's main process before the desktop: keeps what Electron itself gives no way to look at.
const { Notification, shell, Tray } = require('electron');

const records = { trayMenu: null, notifications: [], openedExternally: [] };
globalThis.desktopRecords = records;

const { setContextMenu } = Tray.prototype;
Tray.prototype.setContextMenu = function (menu) {
  records.trayMenu = menu;
  return setContextMenu.call(this, menu);
};

const { show } = Notification.prototype;
Notification.prototype.show = function () {
  records.notifications.push(this);
  return show.call(this);
};

shell.openExternal = async (url) => {
  records.openedExternally.push(url);
};

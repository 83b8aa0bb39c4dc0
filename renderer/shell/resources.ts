/** Every resource there is defines itself when its file is loaded. */
const files = import.meta.glob('../resources/*/*.resource.tsx', { eager: true });

export const RESOURCE_FILES = Object.keys(files);

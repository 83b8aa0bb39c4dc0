/** Where a console stands decides what its toolbar offers. */
export type ConsolePlace = 'page' | 'dock' | 'window';

import { configureGlobal } from 'fast-check';

/** Loaded before every test in CI: property tests try the same examples each time. Elsewhere every run tries new ones. */
configureGlobal({ seed: 20_261_121 });
